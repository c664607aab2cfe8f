"""What goes wrong at the source control, each with the remedy that its reader can act on.

SourceControlError        exit 3: subject, HTTP status
+-- SourceControlLost     nothing answers, or the server fails; a read was tried again before
+-- TokenRefused          the token is unknown, expired or missing
+-- RightMissing          the token may not do this
+-- NotFound              repository, commit or pull request is not there, or the token may not see it
+-- RateLimited           too many requests; when it may go on
+-- RequestRefused        anything else that the server says no to
+-- AnswerNotUnderstood   what answers is no GitHub, or one of another shape
+-- TooManyCommits        a pull request whose authors cannot all be read
HistoriesDiffer           exit 1: what runs is not part of the history of what is to run
"""

from datetime import datetime
from typing import ClassVar

from slipway.model.errors import DependencyError, SlipwayError


class SourceControlError(DependencyError):
    """The source control, or the way to it, failed.

    Attributes:
        subject: what the request was about.
        status: the HTTP status; 0 when there was no answer.
    """

    default_remedy: ClassVar[str] = "read the server's message"

    def __init__(self, message: str, *, subject: str, remedy: str = "", status: int = 0) -> None:
        super().__init__(f"{subject}: {message}", remedy=remedy or self.default_remedy)
        self.subject = subject
        self.status = status


class SourceControlLost(SourceControlError):  # noqa: N818 - it says what happened
    """Nothing answers, or the server fails."""

    default_remedy = (
        "check that the server answers, then run the command again: a report made twice does no harm"
    )


class TokenRefused(SourceControlError):  # noqa: N818 - same
    """The token is unknown, expired or missing."""

    default_remedy = "set GITHUB_TOKEN to a token that has not expired"


class RightMissing(SourceControlError):  # noqa: N818 - same
    """The token may not do this."""

    default_remedy = "give the token's account, or its app, the right in the repository"


class NotFound(SourceControlError):  # noqa: N818 - same
    """It is not there, or the token may not see it."""

    default_remedy = "check owner and name, push the commit, and give the token access to the repository"


class RateLimited(SourceControlError):  # noqa: N818 - same
    """Too many requests.

    Attributes:
        resumes: from when requests are taken again; None where the server does not say.
    """

    def __init__(self, message: str, *, subject: str, resumes: datetime | None, status: int) -> None:
        when = f"after {resumes:%H:%M:%S} UTC" if resumes else "in a few minutes"
        super().__init__(message, subject=subject, remedy=f"run the command again {when}", status=status)
        self.resumes = resumes


class RequestRefused(SourceControlError):  # noqa: N818 - same
    """Anything else that the server says no to."""


class AnswerNotUnderstood(SourceControlError):  # noqa: N818 - same
    """What answers is no GitHub, or one of another shape."""

    default_remedy = (
        "check the endpoint: https://api.github.com, or https://HOST/api/v3 of an Enterprise Server"
    )


class TooManyCommits(SourceControlError):  # noqa: N818 - same
    """A pull request whose authors cannot all be read."""


class HistoriesDiffer(SlipwayError):  # noqa: N818 - same
    """What runs is not part of the history of what is to run."""
