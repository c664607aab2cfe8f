"""The error tree. Every error names its subject, and its remedy says what to do next.

    SlipwayError
    +-- UsageError          the command was called with something that cannot be right      exit 2
    +-- DefinitionError     the workspace or a stack setting is wrong                        exit 1
    +-- DependencyError     a tool, a server or an account is missing or does not answer     exit 3

Adapters translate the exceptions of other libraries into these; nothing else leaves an adapter.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees. Documented in docs/reference/exit-codes.md."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    ENVIRONMENT = 3
    PARTIAL = 4


class SlipwayError(Exception):
    """Something the person at the keyboard can act on.

    Attributes:
        message: one sentence that names the subject.
        remedy: one sentence that says what to do.
        exit_code: what the command ends with.
    """

    exit_code = ExitCode.FINDINGS

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  remedy: {self.remedy}"


class UsageError(SlipwayError):
    """The command was called with something that cannot be right."""

    exit_code = ExitCode.USAGE


class DefinitionError(SlipwayError):
    """The workspace or a stack setting is wrong."""

    exit_code = ExitCode.FINDINGS


class DependencyError(SlipwayError):
    """A tool, a server or an account that is needed is missing or does not answer."""

    exit_code = ExitCode.ENVIRONMENT
