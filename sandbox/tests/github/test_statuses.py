"""Commit statuses: the newest of a context counts, and one word for all of them."""

from typing import Any

import pytest

from tests.github.conftest import ENGINEER, Server


@pytest.fixture
def sha(server: Server, repository: str) -> str:
    """The only commit."""
    return str(server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"])


def test_a_status_is_reported_and_listed(server: Server, repository: str, sha: str) -> None:
    """The newest first; by sha and by branch, with a slash too."""
    path = f"{repository}/statuses/{sha}"
    first = server.ok("POST", path, state="pending", context="slipway/check", description="Starting")
    assert (first["state"], first["creator"]["login"], first["target_url"]) == ("pending", ENGINEER, None)
    server.ok("POST", path, state="success", context="slipway/check", target_url="https://ci.example/1")
    server.ok("POST", f"{repository}/git/refs", ref="refs/heads/feature/x", sha=sha)
    for ref in (sha, "main", "feature/x"):
        listed = server.ok("GET", f"{repository}/commits/{ref}/statuses")
        assert [each["state"] for each in listed] == ["success", "pending"]


@pytest.mark.parametrize(
    ("states", "combined"),
    [
        ([], "pending"),
        ([("a", "success")], "success"),
        ([("a", "success"), ("b", "pending")], "pending"),
        ([("a", "success"), ("b", "pending"), ("c", "error")], "failure"),
        ([("a", "failure"), ("a", "success")], "success"),
    ],
)
def test_the_combined_state(
    server: Server, repository: str, sha: str, states: list[tuple[str, str]], combined: str
) -> None:
    """Of each context the newest."""
    for context, state in states:
        server.ok("POST", f"{repository}/statuses/{sha}", state=state, context=context)
    shape = server.ok("GET", f"{repository}/commits/main/status")
    assert (shape["state"], shape["sha"], shape["total_count"]) == (combined, sha, len(dict(states)))
    assert {each["context"]: each["state"] for each in shape["statuses"]} == dict(states)
    assert shape["repository"]["full_name"] == repository.removeprefix("/repos/")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"state": "green"}, "is not one of: error, failure, pending, success"),
        ({"state": "success", "description": "x" * 141}, "Validation Failed"),
    ],
)
def test_a_status_of_no_meaning(
    server: Server, repository: str, sha: str, fields: dict[str, Any], message: str
) -> None:
    """422, as for a commit that is not there."""
    answer = server.call("POST", f"{repository}/statuses/{sha}", **fields)
    assert answer.status_code == 422
    assert message in answer.json()["message"]
    unknown = server.call("POST", f"{repository}/statuses/{'1' * 40}", state="success")
    assert (unknown.status_code, unknown.json()["message"]) == (422, f"No commit found for SHA: {'1' * 40}")


def test_a_reader_reports_nothing(server: Server, repository: str, sha: str) -> None:
    """403."""
    token = server.token_of("reader")
    assert (
        server.call("POST", f"{repository}/statuses/{sha}", token=token, state="success").status_code == 403
    )
