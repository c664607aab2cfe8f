"""The story on a terminal: colours, and a spinner for what takes a while."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status
from rich.text import Text

from slipway.ports.reporter import Reporter, Task


class RichReporter(Reporter):
    """Writes to a terminal through rich, which keeps spinner and lines from interleaving."""

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self._console = console
        self._verbose = verbose

    def step(self, message: str) -> None:
        """Print the message."""
        self._console.print(Text(message))

    def warning(self, message: str) -> None:
        """Print the message, marked."""
        self._console.print(Text.assemble(("warning: ", "bold yellow"), message))

    def detail(self, message: str) -> None:
        """Print the message dimmed if details were asked for."""
        if self._verbose:
            self._console.print(Text(f"  {message}", style="dim"))

    @contextmanager
    def task(self, title: str) -> Iterator[Task]:
        """Spin while the block runs, then print how it ended and how long it took."""
        begun = time.monotonic()
        mark, style, word = "x", "red", "failed after"
        try:
            with self._console.status(Text(title)) as status:
                yield _RichTask(status, title)
            mark, style, word = "+", "green", "done in"
        finally:
            ended = f"{title}: {word} {time.monotonic() - begun:.1f} s"
            self._console.print(Text.assemble((f"{mark} ", style), ended))


class _RichTask:
    def __init__(self, status: Status, title: str) -> None:
        self._status = status
        self._title = title

    def update(self, message: str) -> None:
        """Show the message beside the spinner."""
        self._status.update(Text(f"{self._title}: {message}"))
