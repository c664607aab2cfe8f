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
from dataclasses import dataclass
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal the kernel sends to a process when its parent dies, however it dies."""

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


def spawn(command: Sequence[str], *, log: Path, cwd: Path, env: Mapping[str, str] | None = None) -> "Child":
    """Start a child in a process group of its own that dies with this process.

    To be called from the main thread: the kernel's parent-death signal follows the thread that forked.

    Args:
        command: program and arguments.
        log: file that receives its standard output and error.
        cwd: its working folder.
        env: its environment; this process's when absent.
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
            preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - the supervisor has one thread
        )


def _die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends; outside Linux `down` finds what is left."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
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


def _signal_group(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
