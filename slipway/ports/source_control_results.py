"""What is asked of the source control and what it answers: carried changes, statuses, check reports."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import NewType

from slipway.model.release import MergedPullRequest

CheckRunId = NewType("CheckRunId", int)
"""A check run that was reported, to be reported on again."""


@dataclass(frozen=True, kw_only=True)
class DirectCommit:
    """A commit on the default branch that came with no pull request: nobody reviewed it.

    Attributes:
        sha: its id.
        title: the first line of its message.
        author: login, or the e-mail address where none is known.
        committed_at: with a time zone.
    """

    sha: str
    title: str
    author: str
    committed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What lies between two commits of the default branch.

    Attributes:
        pull_requests: those that were merged in between, sorted by number.
        direct: what came past them, the oldest first.
    """

    pull_requests: tuple[MergedPullRequest, ...] = ()
    direct: tuple[DirectCommit, ...] = ()


@unique
class StatusState(StrEnum):
    """What a commit status says."""

    SUCCESS = "success"
    PENDING = "pending"
    FAILURE = "failure"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class CommitStatus:
    """One word about a commit.

    Attributes:
        context: who says it, such as `slipway/check`.
        state: the word.
        description: a line for people; what is beyond 140 characters is cut.
        url: where more is said; empty for nowhere.
    """

    context: str
    state: StatusState
    description: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class CombinedStatus:
    """The newest status of each context.

    Attributes:
        state: FAILURE if one failed or erred, PENDING if one is pending or there is none, else SUCCESS.
        statuses: each of them.
    """

    state: StatusState
    statuses: tuple[CommitStatus, ...]


@unique
class Conclusion(StrEnum):
    """How a check ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"
    ACTION_REQUIRED = "action_required"


@unique
class AnnotationLevel(StrEnum):
    """How bad a finding is."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """A finding at its place in a file.

    Attributes:
        path: from the root of the repository.
        line: the first line, from 1.
        last_line: the last one; the first when None.
        level: how bad it is.
        title: a few words.
        message: what is wrong, and what to do.
    """

    path: str
    line: int
    last_line: int | None = None
    level: AnnotationLevel
    title: str = ""
    message: str


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What a check has to say of a commit.

    Attributes:
        name: by which rules require it.
        title: one line.
        summary: Markdown; what is beyond 65,535 characters is cut.
        conclusion: how it ended; None while it runs.
        annotations: the findings; reporting again adds to those that were reported.
        url: where more is said; empty for nowhere.
        reference: the reporter's own id of the run; empty for none.
    """

    name: str
    title: str
    summary: str
    conclusion: Conclusion | None = None
    annotations: tuple[Annotation, ...] = ()
    url: str = ""
    reference: str = ""
