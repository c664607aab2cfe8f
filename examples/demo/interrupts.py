"""Ctrl-C, SIGTERM and a closed terminal as one exception, raised once and only where nothing gets lost."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody wants the demo to end.

    Attributes:
        exit_code: 128 and the signal's number, as shells have it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Interrupts:
    """Turns the first signal into `Interrupted`; the ones after it are ignored, because the end has begun."""

    def __init__(self) -> None:
        self._noted: int | None = None
        self._held = False

    def install(self) -> None:
        """Listen from now on."""
        for number in _SIGNALS:
            signal.signal(number, self._note)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let the block finish first: an exception between a child's start and its record would lose it."""
        before = self._noted
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._noted is not None and before is None:
            raise Interrupted(self._noted)

    def _note(self, number: int, _: FrameType | None) -> None:
        if self._noted is not None:
            return
        self._noted = number
        if not self._held:
            raise Interrupted(number)
