"""Marks of the dbt projects in the DAG folder: when each was published last, and whether it is being removed.

A mark is written on the condition that it is what was read. So of one who publishes a project anew and one
who removes it, one comes first: published, it is not removed; condemned, it is published in another place.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from slipway.model.frozen import Frozen
from slipway.ports.objects import ErasableObjects, ObjectAbsent, ObjectTaken, StoredObject
from slipway.ports.orchestrator import StoredProject

FOLDER: Final = "slipway"
PROJECTS: Final = f"{FOLDER}/projects"
WORKERS_FOLDER: Final = "$AIRFLOW_HOME/dags"
"""Where workers have the DAG folder, in the words of their shell: MWAA's `DagS3Path` is copied there."""

_SUFFIX: Final = ".json"


class _Mark(Frozen):
    """What is known of a project; `published` counts, so that no two marks have the same bytes."""

    published: int = 0
    going: bool = False


def place_of(folder: str) -> str:
    """Where a worker finds a project."""
    return f"{WORKERS_FOLDER}/{PROJECTS}/{folder}"


class ProjectMarks:
    """The marks in one DAG folder.

    Args:
        objects: the bucket, below its `DagS3Path`.
    """

    def __init__(self, objects: ErasableObjects) -> None:
        self._objects = objects

    def claim(self, folder: str) -> bool:
        """Note that a project is published once more; say no while it is being removed."""
        while True:
            found = self._find(folder)
            mark = _read(found)
            if mark.going:
                return False
            if self._write(folder, _Mark(published=mark.published + 1), found):
                return True  # else somebody else has just published, or condemned, it

    def before(self, moment: datetime) -> tuple[StoredProject, ...]:
        """List what was published last before a moment, and what is condemned, by folder."""
        return tuple(self._before(moment))

    def remove(self, project: StoredProject) -> bool:
        """Condemn a project, unless it was published since it was listed; then remove it."""
        folder = project.place.rsplit("/", 1)[-1]
        found = self._find(folder)
        if (found.version if found else None) != project.version:
            return False
        going = _Mark(published=_read(found).published + 1, going=True)
        if not self._write(folder, going, found):
            return False
        for key in self._objects.keys(f"{PROJECTS}/{folder}/"):
            self._objects.delete(key)
        self._objects.delete(_key(folder))
        return True

    def _before(self, moment: datetime) -> Iterator[StoredProject]:
        """A project of before there were marks is as old as the newest of its files."""
        written: defaultdict[str, list[datetime]] = defaultdict(list)
        for key, at in self._objects.written(f"{PROJECTS}/").items():
            written[key.removeprefix(f"{PROJECTS}/").split("/")[0].removesuffix(_SUFFIX)].append(at)
        for folder, moments in sorted(written.items()):
            found = self._find(folder)
            if _read(found).going or max(moments) < moment:
                yield StoredProject(
                    digest=folder.partition("-")[0],
                    place=place_of(folder),
                    version=found.version if found else None,
                )

    def _find(self, folder: str) -> StoredObject | None:
        try:
            return self._objects.read(_key(folder))
        except ObjectAbsent:
            return None

    def _write(self, folder: str, mark: _Mark, found: StoredObject | None) -> bool:
        content = json.dumps(mark.model_dump(), sort_keys=True).encode()
        try:
            self._objects.replace(_key(folder), content, version=found.version if found else None)
        except ObjectTaken:
            return False
        return True


def _read(found: StoredObject | None) -> _Mark:
    return _Mark() if found is None else _Mark.model_validate_json(found.content)


def _key(folder: str) -> str:
    return f"{PROJECTS}/{folder}{_SUFFIX}"
