"""Reading what the servers said."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from slipway_sandbox.supervisor.faults import NotRunningError, UsageError
from slipway_sandbox.supervisor.home import Home

_POLL_SECONDS = 0.2


def log_file(home: Home, name: str) -> Path:
    """The log of one server.

    Raises:
        NotRunningError: no sandbox was ever started here.
        UsageError: there is no such log.
    """
    names = sorted(path.stem for path in home.logs.glob("*.log"))
    if not names:
        raise NotRunningError(f"{home.path} has no logs", remedy="start a sandbox with `slipway sandbox up`")
    if name not in names:
        raise UsageError(f"there is no log of {name!r}", remedy=f"one of: {', '.join(names)}")
    return home.logs / f"{name}.log"


def all_logs(home: Home) -> list[str]:
    """The names of the logs there are."""
    return sorted(path.stem for path in home.logs.glob("*.log"))


def tail(path: Path, count: int) -> list[str]:
    """The last lines of a log."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return [line.rstrip("\n") for line in deque(file, maxlen=count)]


def follow(path: Path, home: Home) -> Iterator[str]:
    """Lines as they are written, until the sandbox has ended."""
    with path.open(encoding="utf-8", errors="replace") as file:
        file.seek(0, 2)
        while True:
            line = file.readline()
            if line:
                yield line.rstrip("\n")
            elif home.is_held:
                time.sleep(_POLL_SECONDS)
            else:
                return
