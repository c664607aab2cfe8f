"""The story of a command, told on stderr while it runs. Results go to stdout, past this port."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Task(Protocol):
    """Something that takes a while."""

    def update(self, message: str) -> None:
        """Say how far it is.

        Args:
            message: a few words, such as ``3 of 7 servers answer``.
        """
        ...


class Reporter(Protocol):
    """Tells a person what is going on; a null reporter costs nothing."""

    def step(self, message: str) -> None:
        """Say what was done.

        Args:
            message: one line.
        """
        ...

    def warning(self, message: str) -> None:
        """Say what is odd and yet no error.

        Args:
            message: one line.
        """
        ...

    def detail(self, message: str) -> None:
        """Say what only somebody who looks for a fault wants to read (``slipway -v``).

        Args:
            message: one line.
        """
        ...

    def task(self, title: str) -> AbstractContextManager[Task]:
        """Show something that takes a while, until the block ends; a failure inside is shown as one.

        Args:
            title: what is being done, such as ``starting the sandbox``.

        Returns:
            A context manager that yields the task.
        """
        ...


class SilentReporter(Reporter):
    """Says nothing: the default where nobody listens, and in tests."""

    def step(self, message: str) -> None:
        """Drop the message."""

    def warning(self, message: str) -> None:
        """Drop the message."""

    def detail(self, message: str) -> None:
        """Drop the message."""

    @contextmanager
    def task(self, title: str) -> Iterator[Task]:  # noqa: ARG002 - the port's signature
        """Show nothing."""
        yield _SilentTask()


class _SilentTask:
    def update(self, message: str) -> None:
        """Drop the message."""
