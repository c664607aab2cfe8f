"""What dbt's manifest says: models, seeds, snapshots, sources, macros and exposures, and what each rests on.

Source: https://schemas.getdbt.com/dbt/manifest/v12.json (dbt Core 1.8 to 1.11). Only what the graph needs is
read; a manifest of another version is refused, for a field that moved would make edges vanish.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cached_property
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from slipway.lineage.extract.catalog import consumer_node, dataset_node
from slipway.lineage.graph import Edge, Graph, Node, NodeKind, Origin
from slipway.model.dataset import Dataset, DatasetError, DatasetScheme
from slipway.model.errors import DefinitionError

_VERSION: Final = "/manifest/v12.json"
_MADE: Final = frozenset({"model", "seed", "snapshot"})
_RELATIONS: Final = _MADE | {"source"}
_NAME: Final = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_][A-Za-z0-9_$]*)')


@unique
class Leaves(StrEnum):
    """What dbt leaves in the warehouse of a thing of the project."""

    TABLE = "table"
    VIEW = "view"
    NOTHING = "nothing"
    """An ephemeral model, a test, a source: it makes none."""
    OTHER = "something else"
    """What dbt calls otherwise, such as a dynamic table: nothing here knows how to publish that."""


_LEAVES: Final[Mapping[str, Leaves]] = {
    **dict.fromkeys(("table", "incremental", "seed", "snapshot"), Leaves.TABLE),
    "view": Leaves.VIEW,
    "ephemeral": Leaves.NOTHING,
}


class ManifestError(DefinitionError):
    """A text that is no manifest which this module can read."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def _listed(value: Any) -> Any:
    return value if isinstance(value, Mapping) else {}


class _DependsOn(_Read):
    nodes: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()


class _Config(_Read):
    materialized: str | None = None


class Resource(_Read):
    """One thing of the project.

    Attributes:
        unique_id: dbt's own id.
        resource_type: `model`, `seed`, `snapshot`, `source`, `test`, `unit_test`, `exposure`, `macro`, ...
        name: as `ref` knows it.
        package_name: the project or package that it comes from.
        original_file_path: its file, relative to its project.
        fqn: package, folders and name: by which dbt selects it.
        patch_path: the file that describes it, as `project://path`.
        relation_name: what it is called in the warehouse; None when it leaves nothing there.
        attached_node: id of what a generic test is about.
        column_name: the column that a generic test is about.
        depends_on: what it rests on.
        config: dbt's settings of it.
    """

    unique_id: str
    resource_type: str
    name: str
    package_name: str
    original_file_path: str
    fqn: tuple[str, ...] = ()
    patch_path: str | None = None
    relation_name: str | None = None
    attached_node: str | None = None
    column_name: str | None = None
    depends_on: Annotated[_DependsOn, BeforeValidator(_listed)] = Field(default_factory=_DependsOn)
    config: Annotated[_Config, BeforeValidator(_listed)] = Field(default_factory=_Config)

    @property
    def materialized(self) -> str:
        """How dbt makes it, in dbt's own word; empty for what it does not make."""
        return self.config.materialized or ""

    @property
    def leaves(self) -> Leaves:
        """What of it is in the warehouse once dbt has built it."""
        return _LEAVES.get(self.materialized, Leaves.OTHER) if self.resource_type in _MADE else Leaves.NOTHING

    @property
    def files(self) -> frozenset[str]:
        """The files that make it what it is, relative to the project."""
        described = (self.patch_path or "").partition("://")[2]
        return frozenset(filter(None, (self.original_file_path, described)))


class _Metadata(_Read):
    dbt_schema_version: str
    project_name: str


class _Document(_Read):
    metadata: _Metadata
    nodes: dict[str, Resource]
    sources: dict[str, Resource]
    macros: dict[str, Resource]
    exposures: dict[str, Resource]
    unit_tests: dict[str, Resource] = Field(default_factory=dict)


@dataclass(frozen=True)
class DbtProject:
    """A parsed project.

    Attributes:
        name: the project's own name.
        resources: by dbt's id.
        databases: logical names of the databases that the manifest names, as the catalog writes them.
    """

    name: str
    resources: Mapping[str, Resource]
    databases: Mapping[str, str]

    def node(self, resource: Resource) -> Node:
        """The node of the graph that a thing of the project is."""
        if resource.resource_type == "exposure":
            return consumer_node(resource.name.replace("_", "-"))
        if resource.resource_type == "macro":
            return Node(NodeKind.MACRO, resource.unique_id)
        dataset = self._dataset(resource)
        return Node(NodeKind.MODEL, resource.unique_id) if dataset is None else dataset_node(dataset)

    @cached_property
    def relations(self) -> Mapping[Node, Resource]:
        """What builds each dataset."""
        kept = (r for r in self.resources.values() if r.resource_type in _RELATIONS)
        return {node: r for r in kept if (node := self.node(r)).kind is NodeKind.DATASET}

    @cached_property
    def graph(self) -> Graph:
        """What follows from what, as dbt says."""
        nodes = (self.node(r) for r in self.resources.values() if _is_drawn(r))
        return Graph.of(self._edges(), nodes)

    def changed_by(self, paths: frozenset[str]) -> frozenset[Node]:
        """Find what files make.

        Args:
            paths: relative to the project's folder.

        Returns:
            The nodes whose own file, or description, is among them.
        """
        return frozenset(self.node(resource) for path in paths for resource in self._by_file.get(path, ()))

    @cached_property
    def _by_file(self) -> Mapping[str, list[Resource]]:
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            if _is_drawn(resource) and resource.package_name == self.name:
                for path in resource.files:
                    found[path].append(resource)
        return found

    def _edges(self) -> Iterator[Edge]:
        """A thing that dbt names and the manifest does not have is drawn too: an unknown edge counts."""
        for resource in self.resources.values():
            if not _is_drawn(resource):
                continue
            for parent in (*resource.depends_on.nodes, *resource.depends_on.macros):
                known = self.resources.get(parent)
                if known is None:
                    yield Edge(Node(NodeKind.MODEL, parent), self.node(resource), Origin.ASSUMED)
                elif _is_drawn(known):
                    yield Edge(self.node(known), self.node(resource), Origin.DBT)

    def _dataset(self, resource: Resource) -> Dataset | None:
        parts = _parts(resource.relation_name or "")
        if parts is None:
            return None
        database, schema, name = parts
        try:
            return Dataset.parse(
                f"{DatasetScheme.SNOWFLAKE}://{self.databases.get(database, database)}.{schema}.{name}"
            )
        except DatasetError:  # a name that needs quotes: no catalog can name it, dbt's id can
            return None


def read_manifest(content: bytes, databases: Mapping[str, str]) -> DbtProject:
    """Read a manifest.

    Args:
        content: of `manifest.json`.
        databases: the catalog's name of each database that the manifest may name; others stay as they are.

    Raises:
        ManifestError: it is no manifest of the version that is read here.
    """
    try:
        document = _Document.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "the document"
        raise ManifestError(
            f"dbt's manifest cannot be read: {place}: {first['msg']}",
            remedy="parse the project again with the dbt of toolchain/envs/dbt",
        ) from error
    version = document.metadata.dbt_schema_version
    if not version.endswith(_VERSION):
        raise ManifestError(
            f"dbt's manifest is of version {version.rsplit('/', 1)[-1]}, not v12",
            remedy="parse the project again with the dbt of toolchain/envs/dbt",
        )
    resources = document.nodes | document.sources | document.macros | document.exposures | document.unit_tests
    return DbtProject(document.metadata.project_name, resources, databases)


def _is_drawn(resource: Resource) -> bool:
    return resource.resource_type in _RELATIONS | {"exposure", "macro"}


def _parts(relation: str) -> tuple[str, str, str] | None:
    """Split `DB.SCHEMA."name"` as Snowflake stores it: what is not quoted becomes upper case."""
    found = [quoted.replace('""', '"') or plain.upper() for quoted, plain in _NAME.findall(relation)]
    match found:
        case [database, schema, name]:
            return database, schema, name
        case _:
            return None
