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
_WHY_NOT: Final = {
    Leaves.VIEW: "no table can take its place",
    Leaves.TABLE: "dbt would drop it with all its rows",
}
"""Why nothing of the other kind can be made where there is one."""


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


def refuse_other_kind(
    warehouse: Warehouse, subject: Table | View, resource: Resource, environment: Environment
) -> None:
    """Refuse a table whose name a view has, and a view whose name a table has.

    Args:
        warehouse: where.
        subject: as it would be made.
        resource: what makes it.
        environment: which one, for people.

    Raises:
        KindNotShipped: the other one has its name.
    """
    is_table = isinstance(subject, Table)
    there = Leaves.VIEW if is_table else Leaves.TABLE
    other = (View if is_table else Table)(subject.schema, subject.name)
    if warehouse.made(other) is None:
        return
    said = (
        f"{subject} is a {there} in {environment}, and dbt's {resource.resource_type} {resource.name} would"
    )
    raise KindNotShipped(
        f"{said} make it a {resource.leaves}: {_WHY_NOT[there]}",
        remedy=f"give the {resource.leaves} another name and move its readers; or drop the {there} there, "
        "once nobody needs it, and run this again",
    )
