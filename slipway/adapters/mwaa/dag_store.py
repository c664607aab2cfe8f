"""The DAG folder in the environment's bucket: generations below a prefix each, a pointer and stub a pipeline.

Written so that Airflow, whose copy of the folder follows file by file in any order, never loads half of
anything: a generation is verified against its manifest where it is loaded (`folder/slipway_loader.py`).
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import resources
from itertools import count
from typing import Any, Final

from slipway.adapters.mwaa.project_marks import FOLDER, PROJECTS, ProjectMarks, place_of
from slipway.model.digest import Digest, hex_of
from slipway.model.pipeline import PipelineName
from slipway.ports.objects import ErasableObjects, ObjectAbsent, ObjectTaken, StoredObject
from slipway.ports.orchestrator import DagStore, PublishedFile, StoredGeneration, StoredProject

MANIFEST: Final = "slipway-generation.json"
LOADER: Final = "slipway_loader.py"
_GENERATIONS: Final = f"{FOLDER}/generations"
_IGNORE: Final = ".airflowignore"
# Read as regular expressions by Airflow 2 and as globs by Airflow 3: these mean the same in both.
_IGNORED: Final = (f"{FOLDER}/", LOADER)
_STUB: Final = '''\
"""The DAGs of pipeline {pipeline}. Published by slipway: Airflow reads this file, it the pointer."""

from slipway_loader import load_dags

globals().update(load_dags("{pipeline}", __file__))
'''


def stub_name(pipeline: PipelineName) -> str:
    """The file that Airflow parses for a pipeline."""
    return f"slipway_{pipeline}.py"


def pipeline_of(file: str) -> PipelineName | None:
    """The pipeline whose stub a file is, as Airflow names it; None for any other file."""
    name = file.rsplit("/", 1)[-1]
    if name == LOADER or not (name.startswith("slipway_") and name.endswith(".py")):
        return None
    return PipelineName(name.removeprefix("slipway_").removesuffix(".py"))


class MwaaDagStore(DagStore):
    """The DAG folder of one environment.

    Args:
        objects: the bucket, below its `DagS3Path`.
    """

    def __init__(self, objects: ErasableObjects) -> None:
        self._objects = objects
        self._projects = ProjectMarks(objects)

    def put_generation(
        self, pipeline: PipelineName, generation: Digest, files: Sequence[PublishedFile]
    ) -> None:
        """Write the files, then the manifest that says that they are all."""
        self._prepare_folder()
        prefix = _generation_prefix(generation)
        for file in files:
            self._objects.create(f"{prefix}/{file.path}", file.content)
        digests = {file.path: hashlib.sha256(file.content).hexdigest() for file in files}
        manifest = {"pipeline": pipeline, "generation": generation, "files": digests}
        self._objects.create(f"{prefix}/{MANIFEST}", _document(manifest))

    def point(self, pipeline: PipelineName, generation: Digest | None) -> None:
        """Write the pointer, if it is what it was when it was read; then the stub, where it is missing."""
        found = self._find(_pointer_key(pipeline))
        if found is None and generation is None:
            return
        if found is None or _pointed(found) != generation:
            prefix = _generation_prefix(generation) if generation else None
            pointer = {"pipeline": pipeline, "generation": generation, "prefix": prefix}
            version = found.version if found else None
            self._objects.replace(_pointer_key(pipeline), _document(pointer), version=version)
        self._share(stub_name(pipeline), _STUB.format(pipeline=pipeline).encode())

    def pointed(self, pipeline: PipelineName) -> Digest | None:
        """Read the pointer."""
        found = self._find(_pointer_key(pipeline))
        return _pointed(found) if found else None

    def generations_before(self, moment: datetime) -> tuple[StoredGeneration, ...]:
        """Read the manifests: the manifest is the last file that is written, and the last that goes."""
        written = self._objects.written(f"{_GENERATIONS}/")
        old = sorted(
            key for key, written_at in written.items() if key.endswith(f"/{MANIFEST}") and written_at < moment
        )
        manifests = (json.loads(self._objects.read(key).content) for key in old)
        return tuple(
            StoredGeneration(pipeline=PipelineName(each["pipeline"]), digest=Digest(each["generation"]))
            for each in manifests
        )

    def remove_generation(self, generation: Digest) -> None:
        """Delete the files, then the manifest."""
        prefix = _generation_prefix(generation)
        manifest = f"{prefix}/{MANIFEST}"
        for key in self._objects.keys(f"{prefix}/"):
            if key != manifest:
                self._objects.delete(key)
        self._objects.delete(manifest)

    def put_project(self, digest: str, files: Sequence[PublishedFile]) -> str:
        """Write the project below a prefix that its content names."""
        self._prepare_folder()
        name = digest.removeprefix("sha256:")
        folder = next(each for each in _folders(name) if self._projects.claim(each))
        for file in files:
            self._objects.create(f"{PROJECTS}/{folder}/{file.path}", file.content)
        return place_of(folder)

    def projects_before(self, moment: datetime) -> tuple[StoredProject, ...]:
        """Read the marks."""
        return self._projects.before(moment)

    def remove_project(self, project: StoredProject) -> bool:
        """Condemn, delete the files, then the mark."""
        return self._projects.remove(project)

    def _prepare_folder(self) -> None:
        """Have the loader in the folder, and Airflow parse nothing but stubs of what slipway puts there."""
        self._ignore_own_files()
        self._share(LOADER, resources.files("slipway.adapters.mwaa.folder").joinpath(LOADER).read_bytes())

    def _share(self, key: str, content: bytes) -> None:
        """Have a file of this version of slipway in the folder."""
        found = self._find(key)
        if found is None or found.content != content:
            self._replace_shared(key, content, found)

    def _ignore_own_files(self) -> None:
        """Add our lines to what the team has Airflow ignore already."""
        found = self._find(_IGNORE)
        lines = found.content.decode().splitlines() if found else []
        missing = [line for line in _IGNORED if line not in lines]
        if missing:
            self._replace_shared(_IGNORE, "\n".join([*lines, *missing, ""]).encode(), found)

    def _replace_shared(self, key: str, content: bytes, found: StoredObject | None) -> None:
        """Write a file that all pipelines share; a deployment of another one that did it first is as good."""
        try:
            self._objects.replace(key, content, version=found.version if found else None)
        except ObjectTaken:
            now = self._find(key)
            if now is None or now.content != content:
                raise

    def _find(self, key: str) -> StoredObject | None:
        try:
            return self._objects.read(key)
        except ObjectAbsent:
            return None


def _folders(name: str) -> Iterator[str]:
    """Where a project may lie: below its name, or, while files there are being removed, beside it."""
    return (name if number == 1 else f"{name}-{number}" for number in count(1))


def _generation_prefix(generation: Digest) -> str:
    return f"{_GENERATIONS}/{hex_of(generation)}"


def _pointer_key(pipeline: PipelineName) -> str:
    return f"{FOLDER}/pointers/{pipeline}.json"


def _pointed(found: StoredObject) -> Digest | None:
    generation = json.loads(found.content)["generation"]
    return Digest(generation) if generation else None


def _document(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()
