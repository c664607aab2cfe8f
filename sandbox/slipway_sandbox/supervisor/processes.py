"""Child processes that cannot outlive their parent, and processes found again by identity.

A process is known by its id and its start time together: an id alone is reused by the kernel, and ending "the
process 4711" an hour later could end somebody else's. Nothing here looks a process up by name.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal the kernel sends to a process when its parent dies, however it dies."""

_PR_SET_CHILD_SUBREAPER = 36
"""prctl(2): orphans among a process's descendants become its children, not those of init."""

_GRACE_SECONDS = 5.0
_KILL_SECONDS = 5.0
_START_TOLERANCE = 0.05
"""Seconds: start times are read in clock ticks of a hundredth."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One process, for ever.

    Attributes:
        pid: its process id.
        started: when it started, epoch seconds.
    """

    pid: int
    started: float

    @staticmethod
    def of(pid: int) -> "Identity":
        """The identity of a process that runs now."""
        return Identity(pid=pid, started=psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """The process, if it still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _START_TOLERANCE
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process() is not None


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    at_death: signal.Signals = signal.SIGKILL,
) -> "Child":
    """Start a child in a process group of its own that dies with this process.

    To be called from the main thread: the kernel's parent-death signal follows the thread that forked.

    Args:
        command: program and arguments.
        log: file that receives its standard output and error.
        cwd: its working folder.
        env: its environment; this process's when absent.
        at_death: what the kernel sends it when this process dies; SIGTERM for one that has to end children of
            its own.
    """
    parent = os.getpid()
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=env,
            process_group=0,
            preexec_fn=lambda: _die_with(parent, at_death),  # noqa: PLW1509 - the supervisor has one thread
        )


def _die_with(parent: int, number: signal.Signals) -> None:
    """Ask the kernel to signal this process when its parent ends; outside Linux `down` finds what is left."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it died between fork and prctl: no signal will come
        os._exit(1)


Child = subprocess.Popen[bytes]
"""A process that was started here."""


def end(identities: Sequence[Identity]) -> list[int]:
    """End processes and what is in their groups: politely, then not.

    Returns:
        The ids of those that still ran when asked.
    """
    alive = [process for process in (identity.process() for identity in identities) if process is not None]
    for process in alive:
        _signal_group(process, signal.SIGTERM)
    _, stubborn = psutil.wait_procs(alive, timeout=_GRACE_SECONDS)
    for process in stubborn:
        _signal_group(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=_KILL_SECONDS)
    return [process.pid for process in alive]


def adopt_orphans() -> None:
    """Become the parent of every descendant that loses its own: none can leave this process's tree."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def reap_adopted(own: AbstractSet[int]) -> None:
    """Let adopted children go that have ended; those started here are left to their ``Child``.

    Args:
        own: the ids of the children that were started here.
    """
    with contextlib.suppress(ChildProcessError):  # there is no child
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
            if ended.si_pid in own:
                return
            os.waitpid(ended.si_pid, 0)


def end_descendants() -> list[int]:
    """Kill everything that descends from this process, until nothing is left.

    Complete where orphans are adopted: whoever escapes one round by forking is seen by the next.

    Returns:
        The ids of those that still ran.
    """
    killed: set[int] = set()
    own = psutil.Process()
    while alive := [one for one in own.children(recursive=True) if _runs(one)]:
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=_KILL_SECONDS)
        killed |= {process.pid for process in alive}
    return sorted(killed)


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def _signal_group(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
