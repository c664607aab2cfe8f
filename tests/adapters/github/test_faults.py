"""What GitHub refuses, in the port's errors: each says what to do."""

from datetime import UTC, datetime

import pytest
from requests.structures import CaseInsensitiveDict

from slipway.adapters.github.faults import fault
from slipway.ports.source_control_errors import (
    NotFound,
    RateLimited,
    RequestRefused,
    RightMissing,
    SourceControlError,
    SourceControlLost,
    TokenRefused,
)

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def refused(status: int, message: str = "No", **headers: str) -> SourceControlError:
    """An answer to a question about pull requests; headers come as the library has them."""
    given = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return fault(status, given, message, subject="pull requests of finedge/platform", now=NOW)


@pytest.mark.parametrize(
    ("status", "kind", "remedy"),
    [
        (401, TokenRefused, "set GITHUB_TOKEN"),
        (403, RightMissing, "the right in the repository"),
        (404, NotFound, "give the token access"),
        (409, RequestRefused, "read the server's message"),
        (422, RequestRefused, "read the server's message"),
        (500, SourceControlLost, "run the command again"),
        (503, SourceControlLost, "run the command again"),
    ],
)
def test_each_refusal_has_its_error(status: int, kind: type[SourceControlError], remedy: str) -> None:
    """The message names the subject and keeps GitHub's words."""
    error = refused(status, "No such thing")
    assert type(error) is kind
    assert (error.status, "No such thing" in error.message) == (status, True)
    assert error.message.startswith("pull requests of finedge/platform: ")
    assert remedy in error.remedy


def test_an_unknown_commit_is_not_found() -> None:
    """GitHub answers it as a request that makes no sense."""
    assert isinstance(refused(422, "No commit found for SHA: 1234"), NotFound)


def test_a_person_who_reports_a_check_is_told_of_apps() -> None:
    """The usual mistake, whose message alone helps nobody."""
    error = refused(403, "You must authenticate via a GitHub App.")
    assert isinstance(error, RightMissing)
    assert "or set a commit status" in error.remedy


@pytest.mark.parametrize(
    ("status", "headers", "remedy"),
    [
        (403, {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1795694400"}, "after 12:00:00 UTC"),
        (429, {"Retry_After": "90"}, "after 12:01:30 UTC"),
        (403, {"Retry_After": "60", "X_RateLimit_Remaining": "4999"}, "after 12:01:00 UTC"),
        (429, {"X_RateLimit_Remaining": "0"}, "in a few minutes"),
    ],
)
def test_a_limit_says_when_it_ends(status: int, headers: dict[str, str], remedy: str) -> None:
    """The primary limit has a counter and a moment, the secondary one a delay."""
    error = refused(status, "Slow down", **headers)
    assert isinstance(error, RateLimited)
    assert error.remedy == f"run the command again {remedy}"


def test_a_limit_by_its_words_alone() -> None:
    """The secondary one sometimes comes without a header."""
    error = refused(403, "You have exceeded a secondary rate limit.")
    assert isinstance(error, RateLimited)
