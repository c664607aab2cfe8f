"""The DAG folder as a mirror of a prefix of the environment's bucket, as MWAA's workers keep one.

Like MWAA's, it promises nothing but that in the end the folder is what the bucket is: files arrive one
by one, in no order that anybody may rely on, each of them whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from botocore.exceptions import ClientError

_NOT_THERE = frozenset({"NoSuchBucket", "NoSuchKey", "404"})


@dataclass(kw_only=True)
class Mirror:
    """One folder and what it shows.

    Attributes:
        s3: a client in the account of the bucket.
        bucket: which bucket; it may be made later than the instance.
        prefix: the folder in it, without a slash at its end.
        folder: the local folder.
    """

    s3: Any
    bucket: str
    prefix: str
    folder: Path
    _seen: dict[str, str] = field(default_factory=dict)

    def refresh(self) -> int:
        """Bring the folder up to date.

        Returns:
            How many files were written or removed.

        Raises:
            BotoCoreError: the bucket cannot be asked; what is there stays.
            ClientError: same.
        """
        wanted = dict(self._listed())
        changed = [name for name, tag in wanted.items() if self._seen.get(name) != tag]
        gone = self._seen.keys() - wanted.keys()
        for name in gone:
            self._remove(name)
        return len(gone) + sum(self._fetch(name) for name in changed)

    def _listed(self) -> Iterator[tuple[str, str]]:
        """Relative name and entity tag of each object below the prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{self.prefix}/"
        )
        try:
            for page in pages:
                for entry in page.get("Contents", []):
                    name = entry["Key"].removeprefix(f"{self.prefix}/")
                    if _is_file_below(name):
                        yield name, f"{entry['ETag']} {entry['LastModified']}"
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOT_THERE:
                raise

    def _fetch(self, name: str) -> bool:
        """Write one file, whole or not at all; one that went away meanwhile is none."""
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}")
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_THERE:
                return False
            raise
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.part")
        draft.write_bytes(answer["Body"].read())
        draft.replace(target)
        self._seen[name] = f"{answer['ETag']} {answer['LastModified']}"
        return True

    def _remove(self, name: str) -> None:
        """Remove one file, and the folders that only it and Python's caches have kept."""
        target = self.folder / name
        target.unlink(missing_ok=True)
        del self._seen[name]
        parent = target.parent
        while parent != self.folder and not _has_files(parent):
            _clear(parent)
            parent = parent.parent


def _is_file_below(name: str) -> bool:
    """Whether a key names a file inside the folder; keys may hold anything."""
    path = PurePosixPath(name)
    return bool(name) and not name.endswith("/") and not path.is_absolute() and ".." not in path.parts


def _has_files(folder: Path) -> bool:
    return any(entry.name != "__pycache__" for entry in folder.iterdir())


def _clear(folder: Path) -> None:
    """Remove a folder that holds nothing but Python's cache."""
    cache = folder / "__pycache__"
    if cache.is_dir():
        for entry in cache.iterdir():
            entry.unlink(missing_ok=True)
        cache.rmdir()
    folder.rmdir()
