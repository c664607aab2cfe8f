"""What dbt makes of a pipeline's own files: the tables and views that a rollout publishes, and what none can.

A table is swapped with its candidate, a view is made anew. Neither takes the other's place: dbt drops the
table whose name a view is to have, with all its rows, and no table can be made where a view has the name.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from slipway.lineage.extract.dbt import DbtProject, Leaves, Resource
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode, SlipwayError
from slipway.model.snowflake_objects import Table, View
from slipway.ports.warehouse import Warehouse

_GROWS: Final = frozenset({"incremental", "snapshot"})


class KindNotShipped(SlipwayError):  # noqa: N818 - it says what is the case
    """A model that leaves what no rollout publishes, or something else than production has of that name."""

    exit_code = ExitCode.FINDINGS


@dataclass(frozen=True, kw_only=True)
class Built:
    """What of a pipeline is in the warehouse once dbt has built it.

    Attributes:
        tables: models, seeds and snapshots that leave tables, by name.
        views: models that leave views, by name.
    """

    tables: tuple[Resource, ...] = ()
    views: tuple[Resource, ...] = ()

    @property
    def all(self) -> tuple[Resource, ...]:
        """Both."""
        return (*self.tables, *self.views)


def built_of(project: DbtProject, files: Collection[str]) -> Built:
    """Find what dbt makes of files.

    Args:
        project: as dbt understands it.
        files: relative to its folder.

    Raises:
        KindNotShipped: one leaves what no rollout publishes: it would count as shipped, and nobody made it.
    """
    own = sorted(
        (
            each
            for each in project.resources.values()
            if each.original_file_path in files and each.package_name == project.name
        ),
        key=lambda each: each.name,
    )
    for each in own:
        if each.leaves is Leaves.OTHER:
            raise KindNotShipped(
                f"dbt's {each.resource_type} {each.name} is a {each.materialized}, "
                "which no rollout publishes",
                remedy="make it a table, view, incremental or ephemeral",
            )
    return Built(
        tables=tuple(each for each in own if each.leaves is Leaves.TABLE),
        views=tuple(each for each in own if each.leaves is Leaves.VIEW),
    )


def grows(resource: Resource) -> bool:
    """Whether new code goes on from the rows that are there, and does not begin with none."""
    return resource.materialized in _GROWS


def refuse_view_there(
    warehouse: Warehouse, table: Table, resource: Resource, environment: Environment
) -> None:
    """Refuse a new table whose name a view has.

    Args:
        warehouse: where.
        table: as it would be published.
        resource: what makes it.
        environment: which one, for people.

    Raises:
        KindNotShipped: a view has its name.
    """
    if warehouse.made(View(table.schema, table.name)) is not None:
        raise _other_kind(table, resource, environment, there=Leaves.VIEW, why="no table can take its place")


def refuse_table_there(
    warehouse: Warehouse, view: View, resource: Resource, environment: Environment
) -> None:
    """Refuse a view whose name a table has.

    Args:
        warehouse: where.
        view: as it would be made.
        resource: what makes it.
        environment: which one, for people.

    Raises:
        KindNotShipped: a table has its name.
    """
    if warehouse.made(Table(view.schema, view.name)) is not None:
        raise _other_kind(
            view, resource, environment, there=Leaves.TABLE, why="dbt would drop it with all its rows"
        )


def _other_kind(
    subject: Table | View, resource: Resource, environment: Environment, *, there: Leaves, why: str
) -> KindNotShipped:
    said = (
        f"{subject} is a {there} in {environment}, and dbt's {resource.resource_type} {resource.name} would"
    )
    return KindNotShipped(
        f"{said} make it a {resource.leaves}: {why}",
        remedy=f"give the {resource.leaves} another name and move its readers; or drop the {there} there, "
        "once nobody needs it, and run this again",
    )
