"""Check suites: the check runs of one app on one commit, taken together.

Source: docs.github.com, REST API, "Check suites". A suite comes with the first check run of its app, or is
made before it.
"""

from slipway_sandbox.github.apps import acting_app, app_by_id, app_shape
from slipway_sandbox.github.commits import commit_shape
from slipway_sandbox.github.errors import not_found
from slipway_sandbox.github.identity import NodeType, Permission, node_id, now
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.reports import PASSING
from slipway_sandbox.github.repositories import repository_shape
from slipway_sandbox.github.rest import CREATED, REPOSITORY, Answer, Call, reads, writes
from slipway_sandbox.github.statuses import commit_of

_SUITES = f"{REPOSITORY}/check-suites"
_WORST_FIRST = ("failure", "timed_out", "action_required", "cancelled", "stale")


def suite_for(call: Call, app: Document, sha: str) -> Document:
    """The suite of an app on a commit, made when it is missing; a transaction is open."""
    found = _suites(call, sha, app["id"])
    return found[0] if found else _new_suite(call, app, sha)


def _suites(call: Call, sha: str, app_id: int) -> list[Document]:
    every = call.forge.records.every(Kind.CHECK_SUITE, call.repository["id"])
    return [suite for suite in every if (suite["head_sha"], suite["app_id"]) == (sha, app_id)]


def _new_suite(call: Call, app: Document, sha: str) -> Document:
    moment = now()
    id_ = call.forge.records.next_id()
    body = {"id": id_, "head_sha": sha, "app_id": app["id"], "created_at": moment, "updated_at": moment}
    return call.forge.records.put(Kind.CHECK_SUITE, call.repository["id"], id_, body=body)


def touch_suite(call: Call, id_: int) -> None:
    """Note that a run of the suite changed."""
    suite = call.forge.records.find(Kind.CHECK_SUITE, call.repository["id"], id_)
    if suite is not None:
        body = suite | {"updated_at": now()}
        call.forge.records.put(Kind.CHECK_SUITE, call.repository["id"], id_, body=body)


def _shape(call: Call, suite: Document) -> Document:
    runs = [
        run
        for run in call.forge.records.every(Kind.CHECK_RUN, call.repository["id"])
        if run["suite_id"] == suite["id"]
    ]
    git, address = call.forge.git(call.repository), call.repository_url("check-suites", suite["id"])
    own = ("id", "head_sha", "created_at", "updated_at")
    return {
        **{name: suite[name] for name in own},
        "node_id": node_id(NodeType.CHECK_SUITE, call.repository["id"], suite["id"]),
        "head_branch": None,
        "status": _status(runs),
        "conclusion": _conclusion(runs),
        "url": address,
        "before": None,
        "after": suite["head_sha"],
        "pull_requests": [],
        "app": app_shape(call, app_by_id(call, suite["app_id"])),
        "repository": repository_shape(call, call.repository),
        "head_commit": commit_shape(call, git.commit(suite["head_sha"]))["commit"],
        "latest_check_runs_count": len({run["name"] for run in runs}),
        "check_runs_url": f"{address}/check-runs",
    }


def _status(runs: list[Document]) -> str:
    statuses = {run["status"] for run in runs}
    if statuses == {"completed"}:
        return "completed"
    return "queued" if statuses <= {"queued"} else "in_progress"


def _conclusion(runs: list[Document]) -> str | None:
    """The worst of the runs, once all of them have one."""
    if _status(runs) != "completed":
        return None
    conclusions = {run["conclusion"] for run in runs}
    worst = next((word for word in _WORST_FIRST if word in conclusions), None)
    return worst or ("success" if "success" in conclusions else next(iter(conclusions & PASSING)))


def _create(call: Call) -> Answer:
    app, sha = acting_app(call), commit_of(call, call.body().required("head_sha"))
    with call.forge.records.transaction():
        is_new = not _suites(call, sha, app["id"])
        suite = suite_for(call, app, sha)
    shape = _shape(call, suite)
    return Answer(payload=shape, status=CREATED) if is_new else Answer(payload=shape)


def _get(call: Call) -> Answer:
    found = call.forge.records.find(Kind.CHECK_SUITE, call.repository["id"], call.names["id"])
    if found is None:
        raise not_found()
    return Answer(payload=_shape(call, found))


def _of_commit(call: Call) -> Answer:
    sha = commit_of(call, call.names["ref"])
    every = call.forge.records.every(Kind.CHECK_SUITE, call.repository["id"])
    seen = [
        suite
        for suite in every
        if suite["head_sha"] == sha and call.query("app_id") in {"", str(suite["app_id"])}
    ]
    return call.page(seen, lambda suite: _shape(call, suite), under="check_suites")


ROUTES = (
    writes("POST", _SUITES, _create, Permission.WRITE),
    reads(f"{_SUITES}/<int:id>", _get),
    reads(f"{REPOSITORY}/commits/<path:ref>/check-suites", _of_commit),
)
