"""github.Repository, and the settings of a repository that are resources of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import from_rest, refuse, to_rest

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github

_DEFAULTS: Properties = {
    "hasIssues": False,
    "hasDiscussions": False,
    "hasProjects": False,
    "hasDownloads": False,
    "hasWiki": False,
    "isTemplate": False,
    "allowMergeCommit": True,
    "allowSquashMerge": True,
    "allowRebaseMerge": True,
    "allowAutoMerge": False,
    "allowUpdateBranch": False,
    "deleteBranchOnMerge": False,
    "webCommitSignoffRequired": False,
    "squashMergeCommitTitle": "COMMIT_OR_PR_TITLE",
    "squashMergeCommitMessage": "COMMIT_MESSAGES",
    "mergeCommitTitle": "MERGE_MESSAGE",
    "mergeCommitMessage": "PR_TITLE",
}
"""What the real provider sends when the program says nothing: it switches issues and wiki off."""

_UNSUPPORTED = ("template", "fork", "pages")
_URLS = {
    "htmlUrl": "html_url",
    "sshCloneUrl": "ssh_url",
    "svnUrl": "svn_url",
    "gitCloneUrl": "git_url",
    "httpCloneUrl": "clone_url",
}


class Repository(GithubType):
    """A repository; its id is its name, which may change in place."""

    replace_on = frozenset({"template"})
    autoname = "name"

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Create it, then set what the creating call does not take."""
        refuse("Repository", inputs, _UNSUPPORTED)
        api = github(session)
        first = {
            key: inputs[key] for key in ("autoInit", "gitignoreTemplate", "licenseTemplate") if key in inputs
        }
        wanted = _settings(inputs) | to_rest(first) | {"name": inputs.get("name", name)}
        made = api.request("POST", api.organization("repos"), json=wanted)
        _extras(api, made["name"], {}, inputs)
        _late(api, made["name"], inputs, is_new=True)
        return State(id=made["name"], outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """By the program's name: GitHub leads from a former name to the present one."""
        api = github(session)
        found = api.find_tagged(api.repository(inputs.get("name", id_)))
        if found is None:
            return None
        repository, etag = found
        alerts = api.exists(api.repository(repository["name"], "vulnerability-alerts"))
        outputs = settings_outputs(repository) | {"vulnerabilityAlerts": alerts, "etag": etag}
        return State(id=repository["name"], outputs=outputs)

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """One PATCH for the settings, then topics and alerts."""
        refuse("Repository", new, _UNSUPPORTED)
        api = github(session)
        path = api.repository(old.get("name", id_))
        if old.get("archived") and not new.get("archived"):
            api.request("PATCH", path, json={"archived": False})
        wanted = _settings(new) | {"name": new.get("name", id_)}
        renamed = api.request("PATCH", path, json=wanted)["name"]
        _extras(api, renamed, old, new)
        _late(api, renamed, new, is_new=False)

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete it, or archive it where the program asks for that."""
        api = github(session)
        path = api.repository(inputs.get("name", id_))
        if not inputs.get("archiveOnDestroy"):
            api.remove(path)
        elif (found := api.find(path)) is not None and not found["archived"]:
            api.request("PATCH", path, json={"archived": True})


def _settings(inputs: Properties) -> Properties:
    """The program's settings over the provider's defaults, as GitHub spells them."""
    body: Properties = to_rest({name: inputs.get(name, default) for name, default in _DEFAULTS.items()})
    body |= {"description": inputs.get("description") or "", "homepage": inputs.get("homepageUrl") or ""}
    if inputs.get("allowForking") is not None:
        body["allow_forking"] = inputs["allowForking"]
    if inputs.get("securityAndAnalysis"):
        body["security_and_analysis"] = to_rest(inputs["securityAndAnalysis"])
    return body | {"visibility": _visibility(inputs)}


def _visibility(inputs: Properties) -> str:
    return str(inputs.get("visibility") or ("private" if inputs.get("private") else "public"))


def _extras(api: Github, name: str, old: Properties, new: Properties) -> None:
    """Topics and vulnerability alerts have routes of their own."""
    if (old.get("topics") or []) != (new.get("topics") or []):
        api.request("PUT", api.repository(name, "topics"), json={"names": new.get("topics") or []})
    if bool(old.get("vulnerabilityAlerts")) is not bool(new.get("vulnerabilityAlerts")):
        method = "PUT" if new.get("vulnerabilityAlerts") else "DELETE"
        api.request(method, api.repository(name, "vulnerability-alerts"))


def _late(api: Github, name: str, inputs: Properties, *, is_new: bool) -> None:
    """What needs the repository as it will be: the default branch must exist, the archive takes no change."""
    branch = inputs.get("defaultBranch")
    if branch and not (is_new and branch == "main"):
        api.request("PATCH", api.repository(name), json={"default_branch": branch})
    if inputs.get("archived"):
        api.request("PATCH", api.repository(name), json={"archived": True})


def settings_outputs(repository: Any) -> Properties:
    """What a repository says about itself, by Pulumi's names."""
    same = [*_DEFAULTS, "allowForking", "archived", "defaultBranch", "description", "fullName", "name"]
    given = from_rest(repository)
    return {
        **{name: given.get(name) for name in (*same, "nodeId", "private", "topics", "visibility")},
        **{output: repository[field] for output, field in _URLS.items()},
        "homepageUrl": repository["homepage"],
        "repoId": repository["id"],
        "primaryLanguage": repository["language"] or "",
        "securityAndAnalysis": given["securityAndAnalysis"],
        "fork": "false",
        "sourceOwner": "",
        "sourceRepo": "",
    }


class RepositoryTopics(GithubType):
    """The topics of a repository as a whole; the id is the repository's name."""

    replace_on = frozenset({"repository"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Replace the topics."""
        del name
        self.update(session, inputs["repository"], {}, inputs)
        return State(id=inputs["repository"], outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As they are."""
        del inputs
        api = github(session)
        found = api.find(api.repository(id_, "topics"))
        return found and State(id=id_, outputs={"repository": id_, "topics": found["names"]})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Replace the topics."""
        del old
        api = github(session)
        api.request("PUT", api.repository(id_, "topics"), json={"names": new["topics"]})

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Leave the repository without topics."""
        del inputs
        api = github(session)
        if api.exists(api.repository(id_)):
            api.request("PUT", api.repository(id_, "topics"), json={"names": []})
