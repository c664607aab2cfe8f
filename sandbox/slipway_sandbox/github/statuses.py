"""Commit statuses: report one, list them, and the combined state of a commit.

Source: docs.github.com, REST API, "Commit statuses".
"""

from slipway_sandbox.github.accounts import simple_user
from slipway_sandbox.github.errors import invalid, unprocessable
from slipway_sandbox.github.identity import NodeType, Permission, node_id, now
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.reports import newest_statuses
from slipway_sandbox.github.repositories import repository_shape
from slipway_sandbox.github.rest import CREATED, REPOSITORY, Answer, Call, reads, writes

_STATES = ("error", "failure", "pending", "success")
_DEFAULT_CONTEXT = "default"
_LONGEST_DESCRIPTION = 140
_MOST = 1000


def commit_of(call: Call, name: str) -> str:
    """The sha of a commit that a path or body names by sha, branch or tag.

    Raises:
        GithubError: 422, there is none.
    """
    sha = call.forge.git(call.repository).resolve(name)
    if sha is None:
        raise unprocessable(f"No commit found for SHA: {name}")
    return sha


def _create(call: Call) -> Answer:
    body, sha = call.body(), commit_of(call, call.names["sha"])
    description = body.text("description") or None
    if description and len(description) > _LONGEST_DESCRIPTION:
        message = f"description is too long (maximum is {_LONGEST_DESCRIPTION} characters)"
        raise invalid("Status", "description", "custom", message)
    moment = now()
    status: Document = {
        "state": body.choice("state", _STATES, ""),
        "description": description,
        "target_url": body.text("target_url") or None,
        "context": body.text("context", _DEFAULT_CONTEXT),
        "creator": call.actor,
        "created_at": moment,
        "updated_at": moment,
    }
    with call.forge.records.transaction():
        _check_number(call, sha, status["context"])
        status |= {"id": call.forge.records.next_id()}
        call.forge.records.put(Kind.STATUS, call.repository["id"], sha, status["id"], body=status)
    return Answer(payload=_shape(call, sha, status), status=CREATED)


def _check_number(call: Call, sha: str, context: str | None) -> None:
    every = call.forge.records.every(Kind.STATUS, call.repository["id"], sha)
    if sum(each["context"] == context for each in every) >= _MOST:
        message = "This SHA and context has reached the maximum number of statuses."
        raise invalid("Status", "base", "custom", message)


def _shape(call: Call, sha: str, status: Document) -> Document:
    return _short_shape(call, sha, status) | {"creator": simple_user(call, status["creator"])}


def _short_shape(call: Call, sha: str, status: Document) -> Document:
    own = ("state", "description", "target_url", "context", "created_at", "updated_at", "id")
    return {
        **{name: status[name] for name in own},
        "url": call.repository_url("statuses", sha),
        "avatar_url": "",
        "node_id": node_id(NodeType.STATUS, call.repository["id"], status["id"]),
    }


def _list(call: Call) -> Answer:
    sha = commit_of(call, call.names["ref"])
    every = call.forge.records.every(Kind.STATUS, call.repository["id"], sha)
    return call.page(list(reversed(every)), lambda status: _shape(call, sha, status))


def _combined(call: Call) -> Answer:
    sha = commit_of(call, call.names["ref"])
    newest = newest_statuses(call.forge.records, call.repository["id"], sha)
    page = call.page(newest, lambda status: _short_shape(call, sha, status), under="statuses")
    shape = {
        "state": _state(newest),
        "sha": sha,
        "repository": repository_shape(call, call.repository),
        "commit_url": call.repository_url("commits", sha),
        "url": call.repository_url("commits", sha, "status"),
    }
    return Answer(payload=page.payload | shape, headers=page.headers)


def _state(statuses: list[Document]) -> str:
    """Failure if one failed, pending if one is or there is none, else success."""
    states = {status["state"] for status in statuses}
    if states & {"error", "failure"}:
        return "failure"
    return "success" if states == {"success"} else "pending"


ROUTES = (
    writes("POST", f"{REPOSITORY}/statuses/<sha>", _create, Permission.WRITE),
    reads(f"{REPOSITORY}/commits/<path:ref>/statuses", _list),
    reads(f"{REPOSITORY}/statuses/<path:ref>", _list),  # the older address, which clients still use
    reads(f"{REPOSITORY}/commits/<path:ref>/status", _combined),
)
