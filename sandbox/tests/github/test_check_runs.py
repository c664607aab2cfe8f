"""Check runs and suites: an app's to write, everybody's to read."""

from typing import Any

import pytest

from tests.github.conftest import OWNER, Server

NOTE = {
    "path": "dbt/models/fx.sql",
    "start_line": 3,
    "end_line": 3,
    "annotation_level": "failure",
    "message": "Unknown column",
}


@pytest.fixture(scope="module")
def app(server: Server) -> str:
    """The token of an app that is installed in the organisation."""
    return str(server.ok("POST", f"/_slipway/orgs/{OWNER}/apps/slipway-ci/tokens")["token"])


@pytest.fixture
def sha(server: Server, repository: str) -> str:
    """The only commit."""
    return str(server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"])


def test_only_an_app_writes_check_runs(server: Server, repository: str, sha: str) -> None:
    """403 with GitHub's words for a person; nobody becomes an app but by an owner."""
    answer = server.call("POST", f"{repository}/check-runs", name="x", head_sha=sha)
    assert (answer.status_code, answer.json()["message"]) == (403, "You must authenticate via a GitHub App.")
    bot = server.token_of("stranger[bot]")
    assert (
        server.call("POST", f"{repository}/check-runs", token=bot, name="x", head_sha=sha).status_code == 403
    )
    person = server.token_of("ana")
    path = f"/_slipway/orgs/{OWNER}/apps/slipway-ci/tokens"
    assert server.call("POST", path, token=person).status_code == 403


def test_the_life_of_a_run(server: Server, repository: str, sha: str, app: str) -> None:
    """Queued, started, completed, with what it found."""
    path = f"{repository}/check-runs"
    run = server.ok("POST", path, token=app, name="slipway/check", head_sha=sha, external_id="42")
    assert (run["status"], run["conclusion"], run["started_at"]) == ("queued", None, None)
    assert (run["app"]["slug"], run["external_id"], run["check_suite"]["id"]) == (
        "slipway-ci",
        "42",
        run["check_suite"]["id"],
    )
    started = server.ok("PATCH", f"{path}/{run['id']}", token=app, status="in_progress")
    assert (started["status"], bool(started["started_at"])) == ("in_progress", True)
    output = {"title": "1 finding", "summary": "A column is unknown", "annotations": [NOTE]}
    done = server.ok("PATCH", f"{path}/{run['id']}", token=app, conclusion="failure", output=output)
    assert (done["status"], done["conclusion"], bool(done["completed_at"])) == ("completed", "failure", True)
    assert (done["output"]["title"], done["output"]["annotations_count"]) == ("1 finding", 1)
    shown = server.ok("GET", f"{path}/{run['id']}/annotations")
    assert shown[0]["message"] == "Unknown column"
    assert server.ok("GET", f"{path}/{run['id']}")["head_sha"] == sha


def test_annotations_are_added_by_fifty(server: Server, repository: str, sha: str, app: str) -> None:
    """51 at once are refused; an update adds to those that are there."""
    path = f"{repository}/check-runs"
    many = {"title": "t", "summary": "s", "annotations": [NOTE] * 51}
    answer = server.call("POST", path, token=app, name="x", head_sha=sha, output=many)
    assert (answer.status_code, answer.json()["message"]) == (422, "Validation Failed")
    fifty = many | {"annotations": [NOTE] * 50}
    run = server.ok("POST", path, token=app, name="x", head_sha=sha, output=fifty)
    more = server.ok("PATCH", f"{path}/{run['id']}", token=app, output=fifty)
    assert more["output"]["annotations_count"] == 100


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"status": "completed"}, '"conclusion" wasn\'t supplied'),
        ({"conclusion": "good"}, "is not one of"),
        ({"output": {"title": "t"}}, '"summary" wasn\'t supplied'),
        ({"output": {"summary": "s", "annotations": [{"path": "a"}]}}, '"start_line" wasn\'t supplied'),
        (
            {"output": {"summary": "s", "annotations": [NOTE | {"end_line": 4, "start_column": 1}]}},
            "Validation Failed",
        ),
    ],
)
def test_a_run_of_no_meaning(
    server: Server, repository: str, app: str, fields: dict[str, Any], message: str
) -> None:
    """422 that names what is wrong; no run is there afterwards."""
    path = f"{repository}/check-runs"
    answer = server.call("POST", path, token=app, name="x", head_sha="main", **fields)
    assert (answer.status_code, message in answer.json()["message"]) == (422, True)
    assert server.ok("GET", f"{repository}/commits/main/check-runs")["total_count"] == 0


def test_the_runs_of_a_commit(server: Server, repository: str, sha: str, app: str) -> None:
    """The newest of each name, or all; by name and status."""
    path = f"{repository}/check-runs"
    for name, conclusion in (("a", "failure"), ("a", "success"), ("b", "neutral")):
        server.ok("POST", path, token=app, name=name, head_sha=sha, conclusion=conclusion)
    server.ok("POST", path, token=app, name="c", head_sha=sha)

    def names(query: str) -> list[str]:
        return [
            each["name"]
            for each in server.ok("GET", f"{repository}/commits/main/check-runs{query}")["check_runs"]
        ]

    assert names("") == ["a", "b", "c"]
    assert names("?filter=all") == ["a", "a", "b", "c"]
    assert names("?check_name=a&filter=all") == ["a", "a"]
    assert names("?status=queued") == ["c"]


def test_a_suite_takes_the_runs_together(server: Server, repository: str, sha: str, app: str) -> None:
    """It comes with the first run; done when all are, and as bad as the worst."""
    runs = [
        server.ok("POST", f"{repository}/check-runs", token=app, name=name, head_sha=sha) for name in "ab"
    ]
    listed = server.ok("GET", f"{repository}/commits/{sha}/check-suites")
    assert (listed["total_count"], listed["check_suites"][0]["status"]) == (1, "queued")
    suite = f"{repository}/check-suites/{listed['check_suites'][0]['id']}"
    path = f"{repository}/check-runs"
    server.ok("PATCH", f"{path}/{runs[0]['id']}", token=app, conclusion="success")
    assert server.ok("GET", suite)["status"] == "in_progress"
    server.ok("PATCH", f"{path}/{runs[1]['id']}", token=app, conclusion="failure")
    shape = server.ok("GET", suite)
    assert (shape["status"], shape["conclusion"], shape["latest_check_runs_count"]) == (
        "completed",
        "failure",
        2,
    )
    assert server.ok("GET", f"{suite}/check-runs")["total_count"] == 2
    again = server.call("POST", f"{repository}/check-suites", token=app, head_sha=sha)
    assert (again.status_code, again.json()["id"]) == (200, shape["id"])


def test_another_app_changes_nothing(server: Server, repository: str, sha: str, app: str) -> None:
    """403: a run is its app's."""
    run = server.ok("POST", f"{repository}/check-runs", token=app, name="x", head_sha=sha)
    other = server.ok("POST", f"/_slipway/orgs/{OWNER}/apps/other-ci/tokens")["token"]
    answer = server.call("PATCH", f"{repository}/check-runs/{run['id']}", token=other, conclusion="success")
    assert (answer.status_code, "that created it" in answer.json()["message"]) == (403, True)
