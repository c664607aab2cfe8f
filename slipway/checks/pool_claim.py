"""Takes a masked clone from the pool, so that a build reads rows like production's and none of production's.

One of them is taken whole or none is: a build never mixes the rows of two environments. What the clone does
not have is built in it, from what it has; a source that it does not have cannot be.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from slipway.lineage.extract.dbt import DbtProject, Resource
from slipway.lineage.graph import Node, NodeKind
from slipway.model.dataset import Dataset
from slipway.model.pool_naming import offered_of
from slipway.model.snowflake_objects import Database
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import ObjectMissing, PrivilegeMissing


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A clone that is this check's own from now on.

    Attributes:
        offered: what it was called in the pool.
        also_built: names of models and seeds that are not in it and that the build reads.
    """

    offered: Database
    also_built: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotTaken:
    """Why the build goes on from the environment's tables instead.

    Attributes:
        why: in words.
    """

    why: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a build needs of a clone.

    Attributes:
        project: at head.
        built: what may be built: what the change can touch, but for what another shard builds.
        logical: the catalog's name of the database.
    """

    project: DbtProject
    built: frozenset[Node]
    logical: str

    def beside(self, there: frozenset[tuple[str, str]]) -> tuple[Resource, ...] | NotTaken:
        """Find what the build reads and a clone does not have.

        Args:
            there: schema and name of each table of the clone.

        Returns:
            What is built too, by name; or which source is missing.
        """
        built = [self.project.relations[node] for node in self.built if node in self.project.relations]
        ids = {each.unique_id for each in built}
        readers = [
            each for each in self.project.resources.values() if ids & {each.unique_id, *each.depends_on.nodes}
        ]
        more: dict[str, Resource] = {}
        waiting = [parent for reader in readers for parent in self._parents(reader)]
        while waiting:
            parent = waiting.pop()
            if parent.unique_id in ids or parent.unique_id in more or self._place(parent) in there:
                continue
            if parent.resource_type == "source":
                return NotTaken(why=f"they do not have {self.project.node(parent).name}")
            more[parent.unique_id] = parent
            waiting.extend(self._parents(parent))
        return tuple(sorted(more.values(), key=lambda each: each.unique_id))

    def _parents(self, resource: Resource) -> Iterator[Resource]:
        known = (self.project.resources.get(parent) for parent in resource.depends_on.nodes)
        return (each for each in known if each is not None and each.resource_type in _READ)

    def _place(self, resource: Resource) -> tuple[str, str] | None:
        node = self.project.node(resource)
        if node.kind is not NodeKind.DATASET:
            return None
        dataset = Dataset.parse(node.name)
        return (dataset.schema, dataset.table) if dataset.database == self.logical else None


_READ = frozenset({"model", "seed", "snapshot", "source"})


def take(
    warehouse: Warehouse, wanted: Wanted, target: Database, *, now: datetime, lasting: timedelta
) -> Taken | NotTaken:
    """Take a clone: it is renamed, which of several checks that try the same one can do.

    Args:
        warehouse: a session of the check's own.
        wanted: what the build needs.
        target: the check's own database; its name is free.
        now: the moment that counts.
        lasting: how long the build may take: a clone that may be dropped before is left alone.
    """
    offered = list(_offered(warehouse, wanted.logical, not_before=now + lasting))
    if not offered:
        return NotTaken(why="none is ready")
    for database in offered:
        try:
            there = frozenset((table.schema.name, table.name) for table in warehouse.tables_of(database))
            beside = wanted.beside(there)
            if isinstance(beside, NotTaken):
                return beside
            warehouse.rename(database, target)
        except (ObjectMissing, PrivilegeMissing):  # somebody was faster
            continue
        warehouse.expire(target, at=now + lasting)
        return Taken(offered=database, also_built=tuple(each.name for each in beside))
    return NotTaken(why="others have taken all that were ready")


def _offered(warehouse: Warehouse, logical: str, *, not_before: datetime) -> Iterable[Database]:
    """Those with the newest rows first; of equal ones, in the order of their numbers."""
    found = {
        mark.object.database: origin
        for mark in warehouse.expiring_databases()
        if (origin := offered_of(mark.object.database, logical)) and mark.expiry.at >= not_before
    }
    return sorted(found, key=lambda each: (-found[each].at.timestamp(), found[each].number or 0))
