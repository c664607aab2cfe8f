"""The sandbox's folder: what is in it, who holds it, how it is emptied.

Owned here: file names, the lock that says whether a supervisor lives, and the records that survive one (which
processes it started, how the world ended). Not owned: ``endpoints.json`` and ``founding.json`` (``world``).
"""

import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from slipway_sandbox.supervisor.processes import Identity
from slipway_sandbox.world import ENDPOINTS_FILE

DEFAULT_HOME = Path(".slipway/sandbox")
"""Relative to the project."""

_LOCK_FILE = "lock"
_PROCESSES_FILE = "supervisor.json"
_CRASH_FILE = "crash.json"
_SUPERVISOR = "supervisor"


@dataclass(frozen=True, kw_only=True)
class Crash:
    """How a world ended that nobody asked to end.

    Attributes:
        server: which server ended first.
        reason: how, in words.
        when: local time, ``2026-01-31 12:00:00``.
    """

    server: str
    reason: str
    when: str


@dataclass(frozen=True)
class Home:
    """The folder of one sandbox.

    Attributes:
        path: absolute.
    """

    path: Path

    @property
    def logs(self) -> Path:
        """One file a server."""
        return self.path / "logs"

    @property
    def state(self) -> Path:
        """Pulumi's file backend."""
        return self.path / "state"

    @property
    def project(self) -> Path:
        """The shadow project."""
        return self.path / "project"

    @property
    def databases(self) -> Path:
        """DynamoDB Local's files."""
        return self.path / "dynamodb"

    @property
    def pulumi_home(self) -> Path:
        """PULUMI_HOME, with the provider plugins."""
        return self.path / "pulumi-home"

    @property
    def endpoints(self) -> Path:
        """Present when the world is ready."""
        return self.path / ENDPOINTS_FILE

    @property
    def is_empty(self) -> bool:
        """Whether no world is or was in it."""
        return not self.path.is_dir() or not [
            entry for entry in self.path.iterdir() if entry.name != _LOCK_FILE
        ]

    @property
    def is_held(self) -> bool:
        """Whether a supervisor lives: the kernel releases its lock however it ends."""
        path = self.path / _LOCK_FILE
        if not path.exists():
            return False
        with path.open("rb") as file:
            return not _try_lock(file, fcntl.LOCK_SH)

    def hold(self) -> IO[bytes] | None:
        """Become the one that holds this folder, until the file is closed in every process that has it open.

        Returns:
            The lock file, or nothing when somebody else holds it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        file = (self.path / _LOCK_FILE).open("ab")
        if _try_lock(file, fcntl.LOCK_EX):
            return file
        file.close()
        return None

    def wipe(self) -> None:
        """Remove the world; the lock file stays, because somebody may hold it."""
        for entry in self.path.iterdir() if self.path.is_dir() else ():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != _LOCK_FILE:
                entry.unlink()

    def record_processes(self, processes: Mapping[str, Identity]) -> None:
        """Write down what was started, so that it can be ended by a later command."""
        document = {name: asdict(identity) for name, identity in processes.items()}
        _write(self.path / _PROCESSES_FILE, document)

    def recorded_processes(self) -> dict[str, Identity]:
        """What the latest supervisor started, itself included."""
        document = _read(self.path / _PROCESSES_FILE)
        return {name: Identity(**identity) for name, identity in document.items()}

    def recorded_supervisor(self) -> Identity | None:
        """The latest supervisor, living or not."""
        return self.recorded_processes().get(_SUPERVISOR)

    def record_crash(self, crash: Crash) -> None:
        """Write down how the world ended."""
        _write(self.path / _CRASH_FILE, asdict(crash))

    def recorded_crash(self) -> Crash | None:
        """How the world ended, if it crashed."""
        document = _read(self.path / _CRASH_FILE)
        return Crash(**document) if document else None


def _try_lock(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, document: Mapping[str, object]) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def _read(path: Path) -> dict[str, Any]:
    """The document of a record, or nothing: a record that is not there records nothing."""
    if not path.exists():
        return {}
    return dict(json.loads(path.read_text(encoding="utf-8")))


def own_identity() -> dict[str, Identity]:
    """This process, as the supervisor of a record."""
    return {_SUPERVISOR: Identity.of(os.getpid())}
