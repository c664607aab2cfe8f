"""A command that is stopped, by Ctrl-C or SIGTERM, ends what it has started before its process ends."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from slipway.model.errors import ExitCode, SlipwayError


class CommandStopped(SlipwayError):  # noqa: N818 - it says what happened
    """Somebody has stopped the command before it had begun anything that is to be continued."""

    exit_code = ExitCode.PARTIAL


@contextmanager
def interruptible() -> Iterator[None]:
    """Have SIGTERM raise what Ctrl-C raises, so that blocks end in order: tools, leases, sessions."""

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def stoppable() -> Iterator[None]:
    """Say so when a command is stopped, in place of a traceback.

    Raises:
        CommandStopped: it was.
    """
    with interruptible():
        try:
            yield
        except KeyboardInterrupt:
            raise CommandStopped(
                "the command was stopped; what it had started is ended", remedy="run the same command again"
            ) from None
