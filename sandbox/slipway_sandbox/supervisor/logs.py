"""Reading what the servers said."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from slipway_sandbox.supervisor.faults import NotRunningError, UsageError
from slipway_sandbox.supervisor.home import Home

_POLL_SECONDS = 0.2


def names(home: Home) -> list[str]:
    """The names of the logs there are.

    Raises:
        NotRunningError: no sandbox was ever started here.
    """
    found = sorted(path.stem for path in home.logs.glob("*.log"))
    if not found:
        raise NotRunningError(f"{home.path} has no logs", remedy="start a sandbox with `slipway sandbox up`")
    return found


def log_file(home: Home, name: str) -> Path:
    """The log of one server.

    Raises:
        NotRunningError: no sandbox was ever started here.
        UsageError: there is no such log.
    """
    known = names(home)
    if name not in known:
        raise UsageError(f"there is no log of {name!r}", remedy=f"name one of: {', '.join(known)}")
    return home.logs / f"{name}.log"


def tail(path: Path, count: int) -> tuple[list[str], int]:
    """The last lines of a log, and the position after them."""
    with path.open("rb") as file:
        lines = [_text(line) for line in deque(file, maxlen=count)]
        return lines, file.tell()


def follow(path: Path, home: Home, position: int) -> Iterator[str]:
    """Lines as they are written after ``position``, until the sandbox has ended."""
    with path.open("rb") as file:
        file.seek(position)
        while True:
            was_held = home.is_held
            for line in file:
                yield _text(line)
            if not was_held:
                return
            time.sleep(_POLL_SECONDS)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\n")
