"""Grants through a swap: they follow the object, and people grant by the name.

So a table that takes another's place gets owner and grants of that one right before, and both are compared
right after. What is granted or revoked later, by the name, is on the generation that is there then: it goes
along when another one comes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from slipway.model.grants import Grants, applied, difference
from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import ObjectMissing, PrivilegeMissing, PublishRefused, StatementFailed
from slipway.rollout.noted_grants import noted, noted_in
from slipway.rollout.relations import Relation
from slipway.stages import StageFailed

_BEFORE: Final = "production before"
_LATER: Final = "production before the way back"
_UNREAD: Final = "grants before the way back unread"
_AGAIN: Final = "let whoever changes owners or grants end, then run it again"


def before_swap(warehouse: Warehouse, relation: Relation) -> dict[str, str]:
    """Note what production has before a swap, as outputs of a stage."""
    return noted(warehouse.grants(relation.production), of=_BEFORE)


def before_way_back(warehouse: Warehouse, relation: Relation) -> dict[str, str]:
    """Note what the generation that goes has, before anything comes back.

    What cannot be read is noted as that: it must not keep the rows.
    """
    try:
        return noted(warehouse.grants(relation.production), of=_LATER)
    except (PrivilegeMissing, StatementFailed) as refused:
        return {_UNREAD: refused.message}


def equalise(warehouse: Warehouse, relation: Relation) -> int:
    """Give what takes production's place the owner and the grants that production has now.

    Returns:
        How many steps it took.

    Raises:
        StageFailed: they are not equal, for somebody changes them.
    """
    try:
        return len(warehouse.equalise_grants(relation.production, relation.candidate))
    except PublishRefused as refused:
        raise StageFailed(refused.message, remedy=refused.remedy) from refused


def refuse_other(warehouse: Warehouse, relation: Relation) -> None:
    """Prove that production has what the generation had that it took the place of, to the last moment.

    Raises:
        StageFailed: somebody has changed something at the very moment of the swap.
    """
    new, old = warehouse.grants(relation.production), warehouse.grants(relation.candidate)
    if new.owner != old.owner:
        raise StageFailed(
            f"{relation.dataset} is owned by {new.owner}, and was by {old.owner} at the swap", remedy=_AGAIN
        )
    left = difference(new.held, old.held)
    if left:
        raise StageFailed(
            f"grants of {relation.dataset} are not what they were at the swap: {'; '.join(map(str, left))}",
            remedy=_AGAIN,
        )


@dataclass(frozen=True, kw_only=True)
class NotCarried:
    """Grants that a generation has not got.

    Attributes:
        why: what says no.
        may_pass: whether waiting can change it: a privilege or an object that is missing stays missing.
    """

    why: StageFailed
    may_pass: bool


def carry_back(
    warehouse: Warehouse, relation: Relation, table: Table, known: Mapping[str, str]
) -> NotCarried | None:
    """Do on the generation that comes back what people have done by its name since it went.

    What was changed on it itself at the moment of the swap, and did not reach the other one, stays.

    Args:
        warehouse: where.
        relation: the table.
        table: the name that the generation has now.
        known: outputs with what was noted.

    Returns:
        Why it could not be done; None when it was, or nobody has noted anything.
    """
    if _UNREAD in known:
        return _not_carried(relation, known[_UNREAD], may_pass=False)
    then, now = noted_in(known, of=_BEFORE), noted_in(known, of=_LATER)
    if then is None or now is None:
        return None
    try:
        _carry(warehouse, table, then, now)
    except (PrivilegeMissing, ObjectMissing) as lacking:
        return _not_carried(relation, lacking.message, may_pass=False)
    except (PublishRefused, StatementFailed) as refused:
        return _not_carried(relation, refused.message, may_pass=True)
    return None


def _not_carried(relation: Relation, why: str, *, may_pass: bool) -> NotCarried:
    failed = StageFailed(
        f"{relation.dataset} is back with the grants that it had at the swap: {why}",
        remedy=f"compare SHOW GRANTS ON TABLE {relation.production.sql} and {relation.candidate.sql}",
    )
    return NotCarried(why=failed, may_pass=may_pass)


def _carry(warehouse: Warehouse, table: Table, then: Grants, now: Grants) -> None:
    if now.owner is not None and now.owner != then.owner:
        warehouse.hand_over(table, now.owner)
    has = warehouse.grants(table).held
    warehouse.change_grants(table, difference(has, applied(has, difference(then.held, now.held))))
