"""github.RepositoryFile: one file, kept by commits."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.github.branches import tip_of
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import parts_of

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github

_COLON = "??"  # how the real provider writes a colon of the path in the id


class RepositoryFile(GithubType):
    """A file on a branch; the id is ``repository:path:branch``."""

    replace_on = frozenset({"repository", "file", "branch"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Commit the file; one that exists already only where the program says so."""
        del name
        api, repository, file = github(session), inputs["repository"], inputs["file"]
        branch = inputs.get("branch") or _default_branch(api, repository)
        if inputs.get("autocreateBranch"):
            _ensure_branch(api, repository, branch, inputs)
        present = _find(api, repository, file, branch)
        if present is not None and not inputs.get("overwriteOnCreate"):
            raise ProviderFault(
                f"refusing to overwrite {file} on {branch} of {repository}",
                remedy="set overwriteOnCreate to true, or import the file",
            )
        _write(api, inputs, branch, present and present["sha"], f"Add {file}")
        return State(id=f"{repository}:{file.replace(':', _COLON)}:{branch}", outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """The content, and the newest commit that touched it."""
        api = github(session)
        repository, file, branch = _place(api, id_)
        found = _find(api, repository, file, branch)
        if found is None:
            return None
        commit = _last_commit(api, repository, file, branch)
        outputs = {
            "repository": repository,
            "repositoryId": api.request("GET", api.repository(repository))["id"],
            "file": file,
            "branch": branch,
            "content": _text(found),
            "sha": found["sha"],
            "ref": branch,
            "autocreateBranchSourceSha": inputs.get("autocreateBranchSourceSha"),
            "commitSha": commit["sha"],
            "commitMessage": commit["commit"]["message"],
        }
        if inputs.get("commitAuthor"):
            person = commit["commit"]["committer"]
            outputs |= {"commitAuthor": person["name"], "commitEmail": person["email"]}
        return State(id=f"{repository}:{file.replace(':', _COLON)}:{branch}", outputs=outputs)

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Commit the new content; a change of nothing but the message makes no commit."""
        api = github(session)
        repository, file, branch = _place(api, id_)
        present = _find(api, repository, file, branch)
        if present is not None and old.get("content") == new["content"] == _text(present):
            return
        _write(api, new, branch, present and present["sha"], f"Update {file}")

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Commit the removal."""
        api = github(session)
        repository, file, branch = _place(api, id_)
        found = _find(api, repository, file, branch)
        if found is not None:
            body = _commit(inputs, branch, f"Delete {file}") | {"sha": found["sha"]}
            api.remove(_path(api, repository, file), json=body)


def _place(api: Github, id_: str) -> tuple[str, str, str]:
    """An id without a branch means the default one."""
    repository, rest = parts_of(id_, "repository", "path:branch")
    file, _, branch = rest.partition(":")
    return repository, file.replace(_COLON, ":"), branch or _default_branch(api, repository)


def _default_branch(api: Github, repository: str) -> str:
    found = api.find(api.repository(repository))
    return str(found["default_branch"]) if found else "main"


def _path(api: Github, repository: str, file: str) -> str:
    return api.repository(repository, "contents", *file.split("/"))


def _find(api: Github, repository: str, file: str, branch: str) -> Any | None:
    found = api.find(_path(api, repository, file), params={"ref": branch})
    if isinstance(found, list):
        raise ProviderFault(f"{file} is a folder of {repository}, not a file")
    return found


def _text(found: Any) -> str:
    return base64.b64decode(found["content"]).decode(errors="replace")


def _last_commit(api: Github, repository: str, file: str, branch: str) -> Any:
    params = {"sha": branch, "path": file, "per_page": "1"}
    return api.request("GET", api.repository(repository, "commits"), params=params)[0]


def _ensure_branch(api: Github, repository: str, branch: str, inputs: Properties) -> None:
    if api.exists(api.path_of_ref(repository, branch)):
        return
    source = inputs.get("autocreateBranchSourceBranch", "main")
    sha = inputs.get("autocreateBranchSourceSha") or tip_of(api, repository, source)
    body = {"ref": f"refs/heads/{branch}", "sha": sha}
    api.request("POST", api.repository(repository, "git", "refs"), json=body)


def _write(api: Github, inputs: Properties, branch: str, sha: str | None, message: str) -> None:
    content = base64.b64encode(inputs["content"].encode()).decode()
    body = _commit(inputs, branch, message) | {"content": content} | ({"sha": sha} if sha else {})
    api.request("PUT", _path(api, inputs["repository"], inputs["file"]), json=body)


def _commit(inputs: Properties, branch: str, message: str) -> Properties:
    """Message, branch and person of a commit.

    Raises:
        ProviderFault: half a person is given.
    """
    name, email = inputs.get("commitAuthor"), inputs.get("commitEmail")
    if bool(name) is not bool(email):
        raise ProviderFault("commitAuthor and commitEmail go together", remedy="set both, or none of them")
    person = {"author": {"name": name, "email": email}, "committer": {"name": name, "email": email}}
    return {"message": inputs.get("commitMessage") or message, "branch": branch} | (person if name else {})
