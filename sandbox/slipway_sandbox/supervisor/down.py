"""Ending a world: its processes, found by id and start time, and its data."""

import psutil

from slipway_sandbox.supervisor.faults import NotRunningError
from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.supervisor.processes import end

_SUPERVISOR = "supervisor"
_EXIT_SECONDS = 20.0


def take_down(home: Home) -> bool:
    """End everything and remove the world's data.

    Returns:
        Whether there was anything to end or remove.

    Raises:
        NotRunningError: a start is under way whose processes are not known yet.
    """
    was_there = home.is_held or not home.is_empty
    if not was_there:
        return False
    end_leftovers(home)
    held = home.hold()
    if held is None:
        raise NotRunningError(
            f"another command is starting a sandbox in {home.path}", remedy="wait for it, then try again"
        )
    with held:
        home.wipe()
    return True


def end_leftovers(home: Home) -> list[int]:
    """End what the latest supervisor started and itself.

    The supervisor goes first: it ends its own children in order, and would report their end as a crash.

    Returns:
        The ids of the processes that still ran.
    """
    recorded = home.recorded_processes()
    supervisor = recorded.pop(_SUPERVISOR, None)
    ended: list[int] = []
    if supervisor is not None and (process := supervisor.process()) is not None:
        process.terminate()
        psutil.wait_procs([process], timeout=_EXIT_SECONDS)
        ended += [supervisor.pid, *end([supervisor])]
    return sorted({*ended, *end(list(recorded.values()))})
