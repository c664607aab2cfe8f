"""What can go wrong with the sandbox itself, as the person at the keyboard reads it.

    SandboxError
    +-- UsageError         the command cannot be right                                    exit 2
    +-- DefinitionError    a stack file of the project is wrong                           exit 1
    +-- DependencyError    a tool, a file or a port it needs is not to be had             exit 3
    +-- NotRunningError    there is no sandbox, or it has crashed                         exit 3

The exit codes are those of the platform's command (docs/reference/exit-codes.md).
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    ENVIRONMENT = 3
    INTERRUPTED = 130


class SandboxError(Exception):
    """Something the person at the keyboard can act on.

    Attributes:
        message: one sentence that names the subject.
        remedy: one sentence that says what to do.
        exit_code: what the command ends with.
    """

    exit_code = ExitCode.ENVIRONMENT

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(SandboxError):
    """The command was called with something that cannot be right."""

    exit_code = ExitCode.USAGE


class DefinitionError(SandboxError):
    """A stack file of the project is wrong."""

    exit_code = ExitCode.FINDINGS


class DependencyError(SandboxError):
    """A tool, a file or a port that is needed is not to be had."""


class NotRunningError(SandboxError):
    """There is no sandbox, or it has crashed."""
