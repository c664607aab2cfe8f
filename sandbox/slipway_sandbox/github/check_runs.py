"""Check runs: an app's report on a commit, with annotations of lines.

Source: docs.github.com, REST API, "Check runs". As there, only an app may write them (`apps`), and a request
brings 50 annotations at most: further ones are added by updating the run.
"""

from typing import Any

from slipway_sandbox.github.apps import acting_app, app_by_id, app_shape
from slipway_sandbox.github.check_suites import suite_for, touch_suite
from slipway_sandbox.github.errors import forbidden, invalid, not_found, unprocessable
from slipway_sandbox.github.identity import NodeType, Permission, node_id, now
from slipway_sandbox.github.pull_book import open_ones
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.reports import newest_runs, runs_of
from slipway_sandbox.github.rest import CREATED, REPOSITORY, Answer, Body, Call, reads, writes
from slipway_sandbox.github.statuses import commit_of

_STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
_CONCLUSIONS = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "stale",
    "timed_out",
)
_LEVELS = ("notice", "warning", "failure")
_MOST_ANNOTATIONS = 50
_RUNS = f"{REPOSITORY}/check-runs"
_RUN = f"{_RUNS}/<int:id>"


def run_shape(call: Call, run: Document) -> Document:
    """A check run as GitHub shows it."""
    address = call.repository_url("check-runs", run["id"])
    page = f"{call.web_url}/{call.repository['owner']}/{call.repository['name']}/runs/{run['id']}"
    own = ("id", "name", "head_sha", "external_id", "status", "conclusion", "started_at", "completed_at")
    return {
        **{name: run[name] for name in own},
        "node_id": node_id(NodeType.CHECK_RUN, call.repository["id"], run["id"]),
        "url": address,
        "html_url": page,
        "details_url": run["details_url"] or page,
        "output": run["output"]
        | {"annotations_count": len(run["annotations"]), "annotations_url": f"{address}/annotations"},
        "check_suite": {"id": run["suite_id"]},
        "app": app_shape(call, app_by_id(call, run["app_id"])),
        "pull_requests": _pulls(call, run["head_sha"]),
    }


def _pulls(call: Call, sha: str) -> list[Document]:
    """The open pull requests whose head is the commit, in short."""
    repository = {
        "id": call.repository["id"],
        "url": call.repository_url(),
        "name": call.repository["name"],
    }
    return [
        {
            "url": call.repository_url("pulls", pull["number"]),
            "id": pull["id"],
            "number": pull["number"],
            **{end: pull[end] | {"repo": repository} for end in ("head", "base")},
        }
        for pull in open_ones(call.forge, call.repository)
        if pull["head"]["sha"] == sha
    ]


def _create(call: Call) -> Answer:
    app, body = acting_app(call), call.body()
    name, sha = body.required("name"), commit_of(call, body.required("head_sha"))
    with call.forge.records.transaction():
        blank = {
            "id": call.forge.records.next_id(),
            "name": name,
            "head_sha": sha,
            "app_id": app["id"],
            "suite_id": suite_for(call, app, sha)["id"],
            "status": "queued",
            **dict.fromkeys(("conclusion", "started_at", "completed_at", "external_id", "details_url")),
            "output": dict.fromkeys(("title", "summary", "text")),
            "annotations": [],
        }
        run = _save(call, _changed(blank, body))
    return Answer(payload=run_shape(call, run), status=CREATED)


def _save(call: Call, run: Document) -> Document:
    call.forge.records.put(Kind.CHECK_RUN, call.repository["id"], run["id"], body=run)
    touch_suite(call, run["suite_id"])
    return run


def _changed(run: Document, body: Body) -> Document:
    """The run with what a request says; a conclusion completes it."""
    given = {name: body.text(name) for name in ("name", "external_id", "details_url") if body.text(name)}
    changed = run | given | {"status": body.choice("status", _STATUSES, run["status"])}
    if body.text("conclusion"):
        conclusion = body.choice("conclusion", _CONCLUSIONS, "")
        changed |= {"status": "completed", "conclusion": conclusion}
    if changed["status"] == "completed" and not changed["conclusion"]:
        raise unprocessable('Invalid request.\n\n"conclusion" wasn\'t supplied.')
    if changed["status"] != "queued":
        changed["started_at"] = body.text("started_at", run["started_at"] or now())
    if changed["status"] == "completed":
        changed["completed_at"] = body.text("completed_at", run["completed_at"] or now())
    return _with_output(changed, body.part("output"))


def _with_output(run: Document, output: Body | None) -> Document:
    """Texts take the place of what was there, annotations are added to it."""
    if output is None:
        return run
    output.required("summary")
    texts = {name: output.text(name) or None for name in ("title", "summary", "text")}
    added = output.rows("annotations")
    if len(added) > _MOST_ANNOTATIONS:
        message = f"No more than {_MOST_ANNOTATIONS} annotations can be added at once"
        raise invalid("CheckRun", "annotations", "custom", message)
    return run | {"output": texts, "annotations": [*run["annotations"], *map(_annotation, added)]}


def _annotation(fields: Document) -> Document:
    row = Body(fields)
    for name in ("start_line", "end_line"):
        if name not in row:
            raise unprocessable(f'Invalid request.\n\n"{name}" wasn\'t supplied.')
    columns: dict[str, Any] = {name: row.given(name) for name in ("start_column", "end_column")}
    if columns["start_column"] and row.number("start_line") != row.number("end_line"):
        raise invalid("CheckAnnotation", "start_column", "custom", "columns need one line, not several")
    return {
        "path": row.required("path"),
        "start_line": row.number("start_line"),
        "end_line": row.number("end_line"),
        **columns,
        "annotation_level": row.choice("annotation_level", _LEVELS, ""),
        "message": row.required("message"),
        "title": row.text("title") or None,
        "raw_details": row.text("raw_details") or None,
    }


def _the_run(call: Call) -> Document:
    found = call.forge.records.find(Kind.CHECK_RUN, call.repository["id"], call.names["id"])
    if found is None:
        raise not_found()
    return found


def _update(call: Call) -> Answer:
    app = acting_app(call)
    with call.forge.records.transaction():
        run = _the_run(call)
        if run["app_id"] != app["id"]:
            message = "check run can only be modified by the GitHub App that created it."
            raise forbidden(f"Invalid app_id `{app['id']}` - {message}")
        run = _save(call, _changed(run, call.body()))
    return Answer(payload=run_shape(call, run))


def _annotations(call: Call) -> Answer:
    run = _the_run(call)
    blob = call.repository_url("contents")
    return call.page(
        run["annotations"],
        lambda each: each | {"blob_href": f"{blob}/{each['path']}?ref={run['head_sha']}"},
    )


def _of_commit(call: Call) -> Answer:
    sha = commit_of(call, call.names["ref"])
    find = runs_of if call.query("filter", "latest") == "all" else newest_runs
    return _listing(call, find(call.forge.records, call.repository["id"], sha))


def _of_suite(call: Call) -> Answer:
    every = call.forge.records.every(Kind.CHECK_RUN, call.repository["id"])
    return _listing(call, [run for run in every if str(run["suite_id"]) == call.names["id"]])


def _listing(call: Call, runs: list[Document]) -> Answer:
    asked = {"name": call.query("check_name"), "status": call.query("status"), "app_id": call.query("app_id")}
    seen = [run for run in runs if all(value in {"", str(run[name])} for name, value in asked.items())]
    return call.page(seen, lambda run: run_shape(call, run), under="check_runs")


ROUTES = (
    writes("POST", _RUNS, _create, Permission.WRITE),
    reads(_RUN, lambda call: Answer(payload=run_shape(call, _the_run(call)))),
    writes("PATCH", _RUN, _update, Permission.WRITE),
    reads(f"{_RUN}/annotations", _annotations),
    reads(f"{REPOSITORY}/commits/<path:ref>/check-runs", _of_commit),
    reads(f"{REPOSITORY}/check-suites/<int:id>/check-runs", _of_suite),
)
