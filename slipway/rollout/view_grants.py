"""Owners and grants of views: dbt replaces a view, which is then the session's, without a grant.

Source: https://docs.snowflake.com/en/sql-reference/sql/create-view, "COPY GRANTS" and "Access control".
"""

from collections.abc import Iterable, Mapping

from slipway.model.grants import difference
from slipway.model.snowflake_objects import View
from slipway.ports.warehouse import Warehouse
from slipway.rollout.noted_grants import noted, noted_in
from slipway.stages import StageFailed


def remembered(warehouse: Warehouse, views: Iterable[View]) -> dict[str, str]:
    """Read owners and grants of the views that are there, as outputs of a stage."""
    outputs: dict[str, str] = {}
    for view in views:
        if warehouse.made(view) is not None:
            outputs |= noted(warehouse.grants(view), of=str(view))
    return outputs


def restore(warehouse: Warehouse, views: Iterable[View], known: Mapping[str, str]) -> int:
    """Give each view that is there the owner and the grants that it had.

    Args:
        warehouse: where.
        views: which; one that was new keeps what it was made with.
        known: outputs with what was remembered.

    Returns:
        How many steps it took.
    """
    steps = 0
    for view in views:
        was = noted_in(known, of=str(view))
        if was is not None and warehouse.made(view) is not None:
            if was.owner is not None:
                warehouse.hand_over(view, was.owner)
            changes = difference(warehouse.grants(view).held, was.held)
            warehouse.change_grants(view, changes)
            steps += len(changes)
    return steps


def refuse_other(warehouse: Warehouse, views: Iterable[View], known: Mapping[str, str]) -> None:
    """Prove that each view has the owner and the grants that it had.

    Raises:
        StageFailed: one has not.
    """
    for view in views:
        was = noted_in(known, of=str(view))
        if was is None:
            continue
        now = warehouse.grants(view)
        if was.owner is not None and now.owner != was.owner:
            raise StageFailed(
                f"{view} is owned by {now.owner}, and was by {was.owner}",
                remedy="let whoever changes owners end, then deploy the release again",
            )
        left = difference(now.held, was.held)
        if left:
            raise StageFailed(
                f"grants of {view} are not what they were: {'; '.join(map(str, left))}",
                remedy="let whoever changes grants end, then deploy the release again",
            )
