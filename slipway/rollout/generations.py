"""Which of two generations has a table's name: told by when the objects were made, which follows them."""

from collections.abc import Iterable, Mapping
from typing import Final

from slipway.model.snowflake_objects import Table
from slipway.ports.journal import StageName
from slipway.ports.warehouse import Warehouse
from slipway.rollout.publication import CANDIDATE
from slipway.rollout.relations import Relation
from slipway.stages import Run, StageFailed

PRODUCTION: Final = "production made"
"""Output of `swap-table`: when production's object was made, before the swap."""


def made_text(warehouse: Warehouse, table: Table) -> str:
    """When an object was made, as outputs hold it; empty when it is not there."""
    made = warehouse.made(table)
    return "" if made is None else made.isoformat()


def stage_name(kind: str, target: str) -> StageName:
    """The name of another stage of the plan."""
    return StageName(f"{kind} {target}")


def is_swapped_out(warehouse: Warehouse, relation: Relation, known: Mapping[str, str]) -> bool:
    """Whether what was production before a swap has the candidate's name.

    Args:
        warehouse: where.
        relation: a table that is not new.
        known: outputs of the swap.
    """
    was = known.get(PRODUCTION, "")
    return was != "" and made_text(warehouse, relation.candidate) == was


def is_gone(warehouse: Warehouse, relation: Relation, known: Mapping[str, str]) -> bool:
    """Whether what was production before a swap has neither name any more: it was dropped.

    Args:
        warehouse: where.
        relation: a table that is not new.
        known: outputs of the swap.
    """
    was = known.get(PRODUCTION, "")
    names = (relation.candidate, relation.production)
    return was != "" and was not in {made_text(warehouse, name) for name in names}


def is_published(warehouse: Warehouse, relation: Relation, known: Mapping[str, str]) -> bool:
    """Whether the very object that was the candidate is production: nobody has made it anew since."""
    is_it = made_text(warehouse, relation.production) == known.get(CANDIDATE, "")
    return is_it and is_swapped_out(warehouse, relation, known)


def refuse_swapped_back(warehouse: Warehouse, relations: Iterable[Relation], run: Run) -> None:
    """Prove that swaps of earlier stages hold: one that another process sent late undoes them unnoticed.

    Raises:
        StageFailed: an old generation is production again.
    """
    for relation in relations:
        known = run.earlier.get(stage_name("swap-table", relation.dataset.uri), {})
        if not relation.is_new and not is_swapped_out(warehouse, relation, known):
            raise swapped_back(relation)


def swapped_back(relation: Relation) -> StageFailed:
    """The error of a swap that does not hold."""
    return StageFailed(
        f"{relation.dataset} is not the generation that was published: it was swapped once more since",
        remedy="find the second swap in the query history, and whose process sent it; then run it again",
    )
