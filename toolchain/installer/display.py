"""Tells what setup is doing: one live line on a terminal, a plain line every 15 seconds elsewhere."""

import time
from collections.abc import Callable
from typing import TextIO

_PLAIN_INTERVAL = 15.0  # seconds between the lines of a log that nobody watches live
_LIVE_INTERVAL = 0.1  # seconds; a compiler names packages faster than anyone can read
_LINE_WIDTH = 110
_CLEAR_LINE = "\r\033[K"


class Display:
    """The story of a setup run."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._clock = clock
        self._step = ""
        self._status = ""
        self._began = self._shown = clock()

    def begin(self, step: str) -> None:
        """Start the clock of a step."""
        self._step, self._status = step, "starting"
        self._began = self._clock()
        self._shown = self._began
        if not self._live:
            self.say(f"{step}: starting")

    def status(self, text: str) -> None:
        """Take note of what the step is doing now; it is shown when it is due."""
        self._status = text
        self.tick()

    def tick(self) -> None:
        """Show the step's status and elapsed time if it is time to."""
        now = self._clock()
        if now - self._shown < (_LIVE_INTERVAL if self._live else _PLAIN_INTERVAL):
            return
        self._shown = now
        line = f"setup: {self._step}: {elapsed(now - self._began)}: {self._status}"[:_LINE_WIDTH]
        self._write(f"{_CLEAR_LINE}{line}" if self._live else f"{line}\n")

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self._write(f"{_CLEAR_LINE if self._live else ''}setup: {text}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def elapsed(seconds: float) -> str:
    """Write a duration as minutes and seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
