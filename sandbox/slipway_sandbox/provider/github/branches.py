"""github.Branch and github.BranchDefault."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import parts_of

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github


def tip_of(api: Github, repository: str, branch: str) -> str:
    """The commit that a branch points to.

    Raises:
        ProviderFault: there is no such branch.
    """
    found = api.find(api.path_of_ref(repository, branch))
    if found is None:
        raise ProviderFault(
            f"{repository} has no branch {branch}", remedy="create it first, or name another one"
        )
    return str(found["object"]["sha"])


class Branch(GithubType):
    """A branch; the id is ``repository:branch``. A new name renames it in place."""

    replace_on = frozenset({"repository", "sourceBranch", "sourceSha"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Point it to the source's commit."""
        del name
        api, repository, branch = github(session), inputs["repository"], inputs["branch"]
        sha = inputs.get("sourceSha") or tip_of(api, repository, inputs.get("sourceBranch", "main"))
        body = {"ref": f"refs/heads/{branch}", "sha": sha}
        api.request("POST", api.repository(repository, "git", "refs"), json=body)
        return State(id=f"{repository}:{branch}", outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """By the program's name; an imported one by its id, ``repository:branch[:source]``."""
        api = github(session)
        repository, branch = parts_of(id_, "repository", "branch")
        branch, _, source = branch.partition(":")
        branch = inputs.get("branch", branch)
        found = api.find_tagged(api.path_of_ref(repository, branch))
        if found is None:
            return None
        ref, etag = found
        source = inputs.get("sourceBranch") or source or "main"
        outputs = {"repository": repository, "branch": branch, "sourceBranch": source, "etag": etag}
        outputs |= {"ref": ref["ref"], "sha": ref["object"]["sha"]}
        outputs["sourceSha"] = inputs.get("sourceSha") or _fork_point(api, repository, source, branch)
        return State(id=f"{repository}:{branch}", outputs=outputs)

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Rename it."""
        del id_
        api = github(session)
        if old["branch"] != new["branch"]:
            path = api.repository(new["repository"], "branches", old["branch"], "rename")
            api.request("POST", path, json={"new_name": new["branch"]})

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete the ref."""
        api = github(session)
        repository, branch = parts_of(id_, "repository", "branch")
        branch = inputs.get("branch", branch)
        if api.exists(api.path_of_ref(repository, branch)):
            api.remove(api.repository(repository, "git", "refs", "heads", *branch.split("/")))


def _fork_point(api: Github, repository: str, source: str, branch: str) -> str | None:
    """Where the branch left its source; None when the source is gone."""
    ends = f"{quote(source)}...{quote(branch)}"
    found = api.find(f"{api.repository(repository, 'compare')}/{ends}")
    return found and str(found["merge_base_commit"]["sha"])


class BranchDefault(GithubType):
    """Which branch is the default one; the id is the repository's name."""

    replace_on = frozenset({"repository"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Take an existing branch, or rename the present default one."""
        del name
        self.update(session, inputs["repository"], {}, inputs)
        return State(id=inputs["repository"], outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        del inputs
        api = github(session)
        found = api.find_tagged(api.repository(id_))
        if found is None:
            return None
        repository, etag = found
        outputs = {"branch": repository["default_branch"], "repository": repository["name"]}
        return State(id=id_, outputs=outputs | {"repositoryId": repository["id"], "etag": etag})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Take another branch, or rename the present default one."""
        del old
        api = github(session)
        now = api.request("GET", api.repository(id_))["default_branch"]
        if now == new["branch"]:
            return
        if new.get("rename"):
            path = api.repository(id_, "branches", now, "rename")
            api.request("POST", path, json={"new_name": new["branch"]})
        else:
            api.request("PATCH", api.repository(id_), json={"default_branch": new["branch"]})

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """A repository always has a default branch: as in the real provider, it stays."""
