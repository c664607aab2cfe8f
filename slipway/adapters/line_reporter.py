"""The story as plain lines: for CI logs, pipes and files, where a spinner would be noise."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from slipway.ports.reporter import Reporter, Task


class LineReporter(Reporter):
    """Writes one line a message."""

    def __init__(self, stream: TextIO, *, verbose: bool) -> None:
        self._stream = stream
        self._verbose = verbose

    def step(self, message: str) -> None:
        """Write the message."""
        self._write(message)

    def warning(self, message: str) -> None:
        """Write the message, marked."""
        self._write(f"warning: {message}")

    def detail(self, message: str) -> None:
        """Write the message if details were asked for."""
        if self._verbose:
            self._write(f"  {message}")

    @contextmanager
    def task(self, title: str) -> Iterator[Task]:
        """Write when the task begins, what it says, and how long it took."""
        self._write(f"{title} ...")
        begun = time.monotonic()
        try:
            yield _LineTask(self, title)
        except BaseException:
            self._write(f"{title}: failed after {time.monotonic() - begun:.1f} s")
            raise
        self._write(f"{title}: done in {time.monotonic() - begun:.1f} s")

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()  # a log that is followed shows each line when it is said


class _LineTask:
    def __init__(self, reporter: LineReporter, title: str) -> None:
        self._reporter = reporter
        self._title = title

    def update(self, message: str) -> None:
        """Write the message under the task's title."""
        self._reporter.step(f"{self._title}: {message}")
