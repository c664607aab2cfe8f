"""Terraform states in files and on standard input."""

import json
from pathlib import Path
from typing import Any, BinaryIO

from slipway.ports.terraform_state import StateAbsent, StateFile, StateLocked, StateSource, StateStoreError

STANDARD_INPUT = "standard input"


class FileState(StateSource):
    """A state in a file, as Terraform's local backend keeps it.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> StateFile:
        """Read it, unless the lock of the local backend is beside it."""
        lock = self._path.with_name(f".{self._path.name}.lock.info")
        if lock.exists():
            raise StateLocked(
                f"{self._path} is locked{lock_holder(_content(lock))}", remedy=lock_remedy(_content(lock))
            )
        return StateFile(source=str(self._path), content=_content(self._path))


class StreamState(StateSource):
    """A state that another command writes: `terraform state pull | slipway adopt ... -`.

    Args:
        stream: from which it is read, once.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self) -> StateFile:
        """Read all that comes."""
        return StateFile(source=STANDARD_INPUT, content=self._stream.read())


def lock_holder(content: bytes) -> str:
    """Say who holds a lock, as far as it tells: ` by NAME since TIME (OPERATION)`.

    Args:
        content: what Terraform writes into a lock (internal/states/statemgr, LockInfo).
    """
    told = _told(content)
    parts = [
        f" by {told['Who']}" if told.get("Who") else "",
        f" since {told['Created']}" if told.get("Created") else "",
    ]
    operation = f" ({told['Operation']})" if told.get("Operation") else ""
    return "".join(parts) + operation


def lock_remedy(content: bytes) -> str:
    """Say what to do about a lock."""
    id_ = _told(content).get("ID") or "ID"
    return (
        "wait until that has ended; where nobody runs Terraform any more, "
        f"`terraform force-unlock {id_}` removes the lock"
    )


def _told(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        return {}  # a lock is one whatever is written in it
    return told if isinstance(told, dict) else {}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise StateAbsent(
            f"there is no file {path}", remedy="name a state file, or - and pipe one in"
        ) from error
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise StateStoreError(
            f"{path} cannot be read: {reason}", remedy="name a file that can be read"
        ) from error
