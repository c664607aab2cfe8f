"""dbt projects in a workspace: whose their seeds and tests are. Models are in the folders that parts name.

A seed is the pipeline's whose output is the table of its name. A singular test is the pipeline's whose models
it reads; of several, the one that reads what all others produce, because only its release can break the sum.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import yaml

from slipway.catalog.dbt_folders import DBT_PROJECT
from slipway.model.dataset import DatasetScheme
from slipway.model.errors import DefinitionError
from slipway.model.pipeline import PartKind, Pipeline
from slipway.release.committed import Committed

_REF: Final = re.compile(r"""\bref\(\s*(?:['"]\w+['"]\s*,\s*)?['"](\w+)['"]""")


@dataclass(frozen=True, kw_only=True)
class DbtProject:
    """A dbt project, as far as no part owns it.

    Attributes:
        folder: where its dbt_project.yml is, with a '/' at the end; empty for the workspace's root.
        files: what is in it and nobody's yet.
        seeds: table of each seed, by path.
        tests: names of the models that each singular test reads, by path.
    """

    folder: str
    files: frozenset[str]
    seeds: Mapping[str, str]
    tests: Mapping[str, frozenset[str]]
    pipelines: tuple[Pipeline, ...]

    def holds(self, path: str) -> bool:
        """Whether a file lies in the project."""
        return path.startswith(self.folder)

    def owner(self, path: str, models: Mapping[str, Pipeline]) -> Pipeline | None:
        """Find the pipeline of a seed or test.

        Args:
            path: one of `files`.
            models: whose each model is.

        Returns:
            The pipeline; None when the file is all pipelines'.
        """
        if path in self.seeds:
            return self._producer(self.seeds[path])
        read = [models[name] for name in sorted(self.tests.get(path, frozenset())) if name in models]
        return _last_of(read)

    def _producer(self, table: str) -> Pipeline | None:
        return next((each for each in self.pipelines if table in _tables(each)), None)


def dbt_projects(committed: Committed, left: frozenset[str]) -> Iterator[DbtProject]:
    """Find the projects of a commit, inner ones first.

    Args:
        committed: the commit.
        left: the files that no part owns.

    Raises:
        DefinitionError: a dbt_project.yml is no YAML.
    """
    settings = [path for path in left if PurePosixPath(path).name == DBT_PROJECT]
    taken: set[str] = set()
    for path in sorted(settings, key=lambda each: (-each.count("/"), each)):
        folder = path.removesuffix(DBT_PROJECT)
        files = frozenset(each for each in left - taken if each.startswith(folder))
        taken |= files
        yield _project(committed, path, folder, files)


def _project(committed: Committed, settings: str, folder: str, files: frozenset[str]) -> DbtProject:
    content = committed.read([settings])[settings]
    seeds = _below(files, _folders(settings, folder, content, "seed-paths", "seeds"), ".csv")
    tests = _below(files, _folders(settings, folder, content, "test-paths", "tests"), ".sql")
    return DbtProject(
        folder=folder,
        files=files,
        seeds={path: PurePosixPath(path).stem.upper() for path in seeds},
        tests={
            path: frozenset(_REF.findall(text.decode(errors="replace")))
            for path, text in committed.read(tests).items()
        },
        pipelines=tuple(
            pipeline for pipeline in committed.workspace.pipelines if pipeline.part(PartKind.DBT) is not None
        ),
    )


def _folders(settings: str, folder: str, content: bytes, key: str, default: str) -> list[str]:
    try:
        document = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise DefinitionError(
            f"{settings} is no YAML: {error}", remedy="correct it; `dbt parse` shows the line"
        ) from error
    written = document.get(key, [default]) if isinstance(document, dict) else [default]
    return [f"{folder}{name}/" for name in written]


def _below(files: Iterable[str], folders: list[str], suffix: str) -> list[str]:
    return sorted(path for path in files if path.endswith(suffix) and path.startswith(tuple(folders)))


def _tables(pipeline: Pipeline) -> set[str]:
    datasets = pipeline.output_datasets
    return {dataset.table for dataset in datasets if dataset.scheme is DatasetScheme.SNOWFLAKE}


def _last_of(pipelines: list[Pipeline]) -> Pipeline | None:
    """The pipeline that reads what all others produce, or the only one."""
    for candidate in pipelines:
        others = [each for each in pipelines if each != candidate]
        if all(set(each.output_datasets) & set(candidate.inputs) for each in others):
            return candidate
    return None
