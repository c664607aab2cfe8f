"""github.IssueLabel and github.IssueLabels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import parts_of

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github


class IssueLabel(GithubType):
    """One label; the id is ``repository:name``. A label that exists already is taken over."""

    replace_on = frozenset({"repository"})
    autoname = "name"

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Create it, or take over one of that name."""
        api, repository = github(session), inputs["repository"]
        label = inputs.get("name", name)
        _put(api, repository, label, inputs | {"name": label})
        return State(id=f"{repository}:{label}", outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """By the program's name."""
        api = github(session)
        repository, label = parts_of(id_, "repository", "name")
        found = api.find_tagged(api.repository(repository, "labels", inputs.get("name", label)))
        if found is None:
            return None
        shape, etag = found
        outputs = {name: shape[name] for name in ("name", "color", "description", "url")}
        id_ = f"{repository}:{shape['name']}"
        return State(id=id_, outputs=outputs | {"repository": repository, "etag": etag})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Change it; a new name keeps its issues."""
        del id_
        _put(github(session), new["repository"], old["name"], new)

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete it."""
        api = github(session)
        repository, label = parts_of(id_, "repository", "name")
        api.remove(api.repository(repository, "labels", inputs.get("name", label)))


def _put(api: Github, repository: str, name: str, wanted: Properties) -> None:
    body = {"color": wanted["color"], "description": wanted.get("description") or ""}
    path = api.repository(repository, "labels", name)
    if api.exists(path):
        api.request("PATCH", path, json=body | {"new_name": wanted["name"]})
    else:
        api.request("POST", api.repository(repository, "labels"), json=body | {"name": wanted["name"]})


class IssueLabels(GithubType):
    """All labels of a repository, and no others; the id is the repository's name."""

    replace_on = frozenset({"repository"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Make the labels those of the program."""
        del name
        _set(github(session), inputs["repository"], inputs.get("labels") or [])
        return State(id=inputs["repository"], outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """Every label that is there."""
        del inputs
        api = github(session)
        if not api.exists(api.repository(id_)):
            return None
        labels = [_shape(label) for label in api.list(api.repository(id_, "labels"))]
        return State(id=id_, outputs={"repository": id_, "labels": labels})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Make the labels those of the program."""
        del old
        _set(github(session), id_, new.get("labels") or [])

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Leave the repository without labels."""
        del inputs
        api = github(session)
        if api.exists(api.repository(id_)):
            _set(api, id_, [])


def _shape(label: Any) -> Properties:
    return {name: label[name] for name in ("name", "color", "url")} | {
        "description": label["description"] or ""
    }


def _set(api: Github, repository: str, labels: list[Properties]) -> None:
    wanted = {label["name"].lower() for label in labels}
    for label in api.list(api.repository(repository, "labels")):
        if label["name"].lower() not in wanted:
            api.remove(api.repository(repository, "labels", label["name"]))
    for label in labels:
        _put(api, repository, label["name"], label)
