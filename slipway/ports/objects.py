"""Objects that are written once: artifacts, manifests, evidence, pointers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from slipway.model.errors import DependencyError, SlipwayError


class ObjectStoreError(DependencyError):
    """The store did not answer, or refused the credentials."""


class ObjectAbsent(SlipwayError):  # noqa: N818 - it says what is the case
    """There is no object of that key."""


class ObjectTaken(SlipwayError):  # noqa: N818 - same
    """The key has an object already, or another version of it than the one that was read."""


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object's content.

    Attributes:
        content: its bytes.
        version: what a later `replace` names, S3's ETag.
    """

    content: bytes
    version: str


class ObjectStore(Protocol):
    """One bucket, or a prefix of one."""

    def create(self, key: str, content: bytes, *, retain_until: datetime | None = None) -> bool:
        """Write an object once (If-None-Match).

        Args:
            key: its key.
            content: its bytes.
            retain_until: Object Lock's date; None: as the bucket's default says.

        Returns:
            Whether it was written; False when the same content is there already.

        Raises:
            ObjectTaken: the key has other content.
            ObjectStoreError: the store failed.
        """
        ...

    def replace(self, key: str, content: bytes, *, version: str | None) -> str:
        """Write an object if nobody else has, since it was read.

        Args:
            key: its key.
            content: its bytes.
            version: the version that was read; None when there was none.

        Returns:
            The new version.

        Raises:
            ObjectTaken: somebody wrote meanwhile.
        """
        ...

    def read(self, key: str) -> StoredObject:
        """Read an object.

        Raises:
            ObjectAbsent: there is none.
        """
        ...

    def keys(self, prefix: str) -> tuple[str, ...]:
        """List the keys below a prefix, sorted."""
        ...


class ErasableObjects(ObjectStore, Protocol):
    """One whose objects may go again: nothing that has to last is in it."""

    def written(self, prefix: str) -> Mapping[str, datetime]:
        """Tell when each object below a prefix was written last."""
        ...

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error."""
        ...
