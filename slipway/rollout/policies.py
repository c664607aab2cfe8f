"""Policies through a release: masking and row access belong to the object, and a new object has none.

Nobody can copy them: what would be published without one of production's is refused by name, before a reader
sees a row that the policy hides. The code that makes the object can attach it, in a dbt post-hook.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from slipway.model.attached_policies import AttachedPolicy
from slipway.model.snowflake_objects import SnowflakeObject, View
from slipway.ports.warehouse import Warehouse
from slipway.rollout.relations import Relation
from slipway.stages import StageFailed

_GIVEN: Final = "policies of the candidate"
_OF: Final = "policies of"


def before_swap(warehouse: Warehouse, relation: Relation) -> dict[str, str]:
    """Note the policies that the code has given what is to be published, as outputs of a stage."""
    if warehouse.made(relation.candidate) is None:
        return {}
    return {_GIVEN: _text(warehouse.policies(relation.candidate))}


def refuse_lost(warehouse: Warehouse, before: SnowflakeObject, after: SnowflakeObject) -> None:
    """Refuse that one object takes the place of another one whose policies it has not.

    Raises:
        StageFailed: it would show what a policy hides.
    """
    _refuse(warehouse.policies(before) - warehouse.policies(after), before, after)


def refuse_unlike(warehouse: Warehouse, relation: Relation) -> None:
    """Refuse the same of a table and what is to take its place.

    Raises:
        StageFailed: it would show what a policy hides.
    """
    refuse_lost(warehouse, relation.production, relation.candidate)


def refuse_unlike_since(warehouse: Warehouse, relation: Relation, known: Mapping[str, str]) -> None:
    """Refuse that a generation comes back without a policy that people have attached since by its name.

    What the code that goes had attached goes with it: it hid nothing before.

    Args:
        warehouse: where.
        relation: the table.
        known: outputs with what was noted; where nobody has, nothing is refused.

    Raises:
        StageFailed: it would show what a policy hides.
    """
    if _GIVEN in known:
        since = warehouse.policies(relation.production) - _read(known[_GIVEN])
        missing = since - warehouse.policies(relation.candidate)
        _refuse(missing, relation.production, relation.candidate)


def policies_of(warehouse: Warehouse, views: Iterable[View]) -> dict[str, str]:
    """Note the policies of the views that are there, as outputs of a stage."""
    there = (view for view in views if warehouse.made(view) is not None)
    return {f"{_OF} {view}": _text(warehouse.policies(view)) for view in there}


def refuse_lost_of(warehouse: Warehouse, views: Iterable[View], known: Mapping[str, str]) -> None:
    """Prove that each view that was made anew has the policies that it had.

    Raises:
        StageFailed: one has not.
    """
    for view in views:
        was = known.get(f"{_OF} {view}")
        gone = frozenset() if was is None else _read(was) - warehouse.policies(view)
        if gone:
            raise StageFailed(
                f"{view} has lost its {_listed(gone)}, for it was made anew: it shows what that hides",
                remedy=f"attach it to {view}, and let the code attach it from now on, in a dbt post-hook",
            )


def _refuse(missing: frozenset[AttachedPolicy], before: SnowflakeObject, after: SnowflakeObject) -> None:
    if missing:
        raise StageFailed(
            f"{after} has not the {_listed(missing)} of {before}: whoever reads it would see what that hides",
            remedy="let the code attach it to what it makes (a dbt post-hook: ALTER ... SET MASKING POLICY, "
            f"ADD ROW ACCESS POLICY), or attach it to {after}; then run it again",
        )


def _listed(policies: Iterable[AttachedPolicy]) -> str:
    return ", ".join(map(str, sorted(policies)))


def _text(policies: Iterable[AttachedPolicy]) -> str:
    return json.dumps([[each.kind, each.name, each.column] for each in sorted(policies)])


def _read(text: str) -> frozenset[AttachedPolicy]:
    return frozenset(
        AttachedPolicy(kind=kind, name=name, column=column) for kind, name, column in json.loads(text)
    )
