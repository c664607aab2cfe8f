"""The ObjectStore port over a dictionary; a test may change, lose or lock away what is in it."""

from datetime import datetime

from slipway.attest import digest_of
from slipway.ports.objects import ObjectAbsent, ObjectStore, ObjectStoreError, ObjectTaken, StoredObject


class ObjectsInMemory(ObjectStore):
    """A bucket.

    Attributes:
        held: every object's content by key; a test may edit it.
        reachable: False: every call fails, as when the server is down.
        writes: keys in the order in which they were written.
    """

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.reachable = True
        self.writes: list[str] = []

    def create(self, key: str, content: bytes, *, retain_until: datetime | None = None) -> bool:  # noqa: ARG002
        """Write an object once."""
        self._answer()
        if key in self.held:
            if self.held[key] == content:
                return False
            raise ObjectTaken(f"{key} has other content", remedy="read it")
        self._put(key, content)
        return True

    def replace(self, key: str, content: bytes, *, version: str | None) -> str:
        """Write an object if nobody else has."""
        self._answer()
        found = digest_of(self.held[key]) if key in self.held else None
        if found != version:
            raise ObjectTaken(f"{key} was written meanwhile", remedy="read it again")
        self._put(key, content)
        return digest_of(content)

    def read(self, key: str) -> StoredObject:
        """Read an object."""
        self._answer()
        if key not in self.held:
            raise ObjectAbsent(f"there is no {key}", remedy="write it first")
        return StoredObject(content=self.held[key], version=digest_of(self.held[key]))

    def keys(self, prefix: str) -> tuple[str, ...]:
        """List the keys below a prefix."""
        self._answer()
        return tuple(sorted(key for key in self.held if key.startswith(prefix)))

    def _put(self, key: str, content: bytes) -> None:
        self.held[key] = content
        self.writes.append(key)

    def _answer(self) -> None:
        if not self.reachable:
            raise ObjectStoreError("the bucket does not answer", remedy="try again once it does")
