"""Late rows of a release that was replaced before it could be told whether there are any.

Nothing is swapped back for them: what runs is another release by now. They are counted where they are kept,
and people are told how to bring them into production.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from slipway.ports.journal import Deployment, StageRow
from slipway.ports.warehouse import Warehouse
from slipway.rollout.generations import is_gone, is_swapped_out, stage_name
from slipway.rollout.handlers.candidates import POINT
from slipway.rollout.left_behind import ROWS, STATEMENT, left_behind
from slipway.rollout.planned import plan_of
from slipway.rollout.stages import SwapTable


@dataclass(frozen=True, kw_only=True)
class LateRows:
    """Rows that production lacks, or may lack.

    Attributes:
        dataset: URI of the table.
        sentence: how many, where they are, and how to bring them back; or that it cannot be told any more.
    """

    dataset: str
    sentence: str


def late_in_kept(first: Deployment, rows: Iterable[StageRow], warehouse: Warehouse) -> Iterator[LateRows]:
    """Find the rows that reached a generation after the release that took its place was built from it.

    A generation that is gone is told too: whether there were any cannot be told of it any more.

    Args:
        first: the deployment that has swapped it out.
        rows: its journal.
        warehouse: where it is kept; one that is production again has no late rows.
    """
    outputs = {row.stage: row.outputs for row in rows}
    for stage in plan_of(first).stages:
        if not isinstance(stage, SwapTable) or stage.relation.is_new:
            continue
        relation, known = stage.relation, outputs.get(stage.name, {})
        if is_gone(warehouse, relation, known):
            yield _gone(stage)
        if not is_swapped_out(warehouse, relation, known):
            continue
        point = outputs[stage_name("prepare-candidates", stage.pipeline)][POINT]
        left = left_behind(warehouse, relation.model_copy(update={"published": point}), relation.candidate)
        if left:
            how = f"; to bring them back: {left[STATEMENT]}" if STATEMENT in left else ""
            yield LateRows(
                dataset=stage.target,
                sentence=f"rows reached the old generation of {stage.target} after it was swapped out: "
                f"{left[ROWS]}; they are in {relation.candidate} and not in {relation.production}{how}",
            )


def _gone(stage: SwapTable) -> LateRows:
    return LateRows(
        dataset=stage.target,
        sentence=f"whether rows reached the old generation of {stage.target} after it was swapped out "
        f"cannot be told any more: it was dropped; compare {stage.relation.production} with its sources",
    )
