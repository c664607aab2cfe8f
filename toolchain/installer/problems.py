"""What can go wrong during setup, told in two lines: what is the matter, and what to do."""

from dataclasses import dataclass
from pathlib import Path


class SetupError(Exception):
    """Setup cannot go on.

    Attributes:
        message: one sentence that names the subject.
        remedy: one sentence that says what to do.
    """

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  remedy: {self.remedy}"


class CommandFailedError(SetupError):
    """A command that setup ran ended badly; its last lines are part of the message."""

    def __init__(self, command: str, *, code: int, log: Path, tail: str) -> None:
        super().__init__(
            f"`{command}` ended with exit code {code}; it said last:\n{tail}",
            remedy=f"the whole output is in {log}; run setup again when its cause is gone",
        )


class Interrupted(BaseException):
    """SIGTERM arrived. Like KeyboardInterrupt, it is no Exception: nothing may swallow it."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A prerequisite that the machine lacks.

    Attributes:
        what: what is missing, and what was found instead.
        remedy: how to get it.
    """

    what: str
    remedy: str
