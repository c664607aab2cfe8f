"""The versions of stacks' states in a bucket, where Pulumi's self-managed backend keeps them.

A stack's state is one object, `.pulumi/stacks/<project>/<stack>.json`, with `.gz` or `.zst` behind it where
it is compressed (Pulumi's pkg/backend/diy, stackPath). Each checkpoint of an update writes it anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, code_of
from slipway.adapters.aws.sessions import client, own_session
from slipway.model.environment import StackName
from slipway.ports.stack_engine import StackEngineError, StackVersion, StackVersions, VersionsNotKept

_ENDINGS: Final = (".json", ".json.gz", ".json.zst")
_NOT_VERSIONED: Final = "null"
"""The version of what was written while the bucket kept none (S3 user guide, "Using versioning")."""

_ABSENT: Final = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True, kw_only=True)
class StateBucket:
    """Where a backend's URL leads.

    Attributes:
        name: of the bucket.
        prefix: what every key begins with; it ends with a slash, or is empty.
        options: of the URL.
    """

    name: str
    prefix: str
    options: Mapping[str, str]

    @classmethod
    def of(cls, url: str) -> "StateBucket | None":
        """Read PULUMI_BACKEND_URL; None: it is no bucket of S3."""
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            return None
        folder = parts.path.strip("/")
        return cls(
            name=parts.netloc, prefix=f"{folder}/" if folder else "", options=dict(parse_qsl(parts.query))
        )

    def client(self, region: str, session: Any | None = None) -> Any:
        """S3, with the credentials that Pulumi uses.

        Args:
            region: of the bucket, where the URL names none.
            session: whose they are; None: this process's.
        """
        if session is None:
            session = own_session(self.options.get("region", region), profile=self.options.get("profile"))
        return client(session, "s3", endpoint=self.options.get("endpoint"))


class S3StackVersions(StackVersions):
    """The stacks of one project.

    Args:
        client: of S3.
        bucket: where states are.
        project: name of the Pulumi project.
    """

    def __init__(self, client: Any, bucket: StateBucket, project: str) -> None:
        self._client = client
        self._bucket = bucket
        self._folder = f"{bucket.prefix}.pulumi/stacks/{project}/"

    def __str__(self) -> str:
        return self._url(self._folder)

    def newest(self, stack: StackName) -> str | None:
        """Look at the object itself: who may read it may do this, and needs no right to list versions."""
        found = [answer for key in self._keys(stack) if (answer := self._head(key)) is not None]
        newest = max(found, key=lambda each: each["LastModified"], default=None)
        version = None if newest is None else newest.get("VersionId")
        return None if version is None or version == _NOT_VERSIONED else str(version)

    def versions(self, stack: StackName) -> tuple[StackVersion, ...]:
        """List them; those of another compression are in their place by time."""
        by_key = [list(self._of_key(key)) for key in self._keys(stack)]
        found = tuple(merge(*by_key, key=lambda each: each.at))
        if any(each.id == _NOT_VERSIONED for each in found):
            raise not_kept(f"s3://{self._bucket.name}, which is not versioned")
        return found

    def _keys(self, stack: StackName) -> Iterator[str]:
        return (f"{self._folder}{stack}{ending}" for ending in _ENDINGS)

    def _head(self, key: str) -> Mapping[str, Any] | None:
        with asking(StackEngineError, self._url(key)):
            try:
                answer: Mapping[str, Any] = self._client.head_object(Bucket=self._bucket.name, Key=key)
            except ClientError as error:
                if code_of(error) in _ABSENT:
                    return None
                raise
            return answer

    def _of_key(self, key: str) -> Iterator[StackVersion]:
        """Oldest first; S3 lists the versions of a key from the newest to the oldest, removals apart."""
        written: list[StackVersion] = []
        removed: list[StackVersion] = []
        with asking(StackEngineError, self._url(key)):
            pages = self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket.name, Prefix=key
            )
            for page in pages:
                written += [_written(item) for item in page.get("Versions", ()) if item["Key"] == key]
                removed += [_removed(item) for item in page.get("DeleteMarkers", ()) if item["Key"] == key]
                if _is_past(page, key):
                    break
        return merge(reversed(written), reversed(removed), key=lambda each: each.at)

    def _url(self, key: str) -> str:
        return f"s3://{self._bucket.name}/{key}"


class UnversionedStates(StackVersions):
    """A backend that keeps the newest state of each stack, such as a folder.

    Args:
        url: of the backend.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def newest(self, stack: StackName) -> str | None:  # noqa: ARG002 - the port's signature
        """Nothing is known of it."""
        return None

    def versions(self, stack: StackName) -> tuple[StackVersion, ...]:  # noqa: ARG002 - same
        """Nobody can tell."""
        raise not_kept(self._url)


def not_kept(where: str) -> VersionsNotKept:
    """Say that a backend cannot be judged."""
    return VersionsNotKept(
        f"earlier states of the stacks are not kept in {where}: nobody can tell which updates there were",
        remedy="keep Pulumi's state in a versioned bucket of S3, as slipway bootstrap makes one, and name it "
        "in PULUMI_BACKEND_URL",
    )


def _written(item: Mapping[str, Any]) -> StackVersion:
    return StackVersion(id=item["VersionId"], at=item["LastModified"], size=item["Size"])


def _removed(item: Mapping[str, Any]) -> StackVersion:
    return StackVersion(id=item["VersionId"], at=item["LastModified"], size=0, removed=True)


def _is_past(page: Mapping[str, Any], key: str) -> bool:
    """Whether the next page begins with another key: copies of earlier states have longer names."""
    return bool(page.get("NextKeyMarker", key) != key)
