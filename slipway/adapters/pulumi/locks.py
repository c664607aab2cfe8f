"""Locks of stacks: whose they are, and whether the process that made them still lives.

Pulumi's own backends (a folder, a bucket) keep one file for each update that runs. One whose process was
killed leaves its file behind, and every later update is refused until somebody runs `pulumi cancel`.

Source: https://www.pulumi.com/docs/iac/cli/commands/pulumi_cancel/
"""

import os
import re
import socket
from dataclasses import dataclass
from typing import Final

_HOLDER: Final = re.compile(
    r"created by (?P<user>\S+)@(?P<host>\S+) \(pid (?P<process>\d+)\) at (?P<since>\S+)"
)


@dataclass(frozen=True, kw_only=True)
class StackLock:
    """One lock, as the engine tells of it.

    Attributes:
        user: who ran the update.
        host: on which machine.
        process: its process id there.
        since: when it began, as the engine writes it (RFC 3339).
    """

    user: str
    host: str
    process: int
    since: str

    def __str__(self) -> str:
        """Who holds it."""
        return f"{self.user}@{self.host} (pid {self.process}) since {self.since}"

    @property
    def is_left_behind(self) -> bool:
        """Whether its process has ended; False of another machine, whose processes nobody sees from here."""
        return self.host == socket.gethostname() and not _lives(self.process)


def locks_told(refusal: str) -> tuple[StackLock, ...]:
    """The locks that the engine names when it refuses to update.

    Args:
        refusal: what it printed.
    """
    return tuple(
        StackLock(user=each["user"], host=each["host"], process=int(each["process"]), since=each["since"])
        for each in _HOLDER.finditer(refusal)
    )


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
