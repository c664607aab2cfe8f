"""Late rows of a release that was replaced before it could be told whether there are any.

Nothing is swapped back for them: what runs is another release by now. They are counted where they are kept,
and people are told how to bring them into production.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from slipway.ports.journal import Deployment, StageRow
from slipway.ports.warehouse import Warehouse
from slipway.rollout.generations import is_swapped_out, stage_name
from slipway.rollout.handlers.candidates import POINT
from slipway.rollout.left_behind import ROWS, STATEMENT, left_behind
from slipway.rollout.planned import plan_of
from slipway.rollout.stages import SwapTable


@dataclass(frozen=True, kw_only=True)
class LateRows:
    """Rows that production lacks.

    Attributes:
        dataset: URI of the table.
        sentence: how many, where they are, and how to bring them back.
    """

    dataset: str
    sentence: str


def late_in_kept(first: Deployment, rows: Iterable[StageRow], warehouse: Warehouse) -> Iterator[LateRows]:
    """Find the rows that reached a generation after the release that took its place was built from it.

    Args:
        first: the deployment that has swapped it out.
        rows: its journal.
        warehouse: where it is kept; one that is production again, or was dropped, has no late rows.
    """
    outputs = {row.stage: row.outputs for row in rows}
    for stage in plan_of(first).stages:
        if not isinstance(stage, SwapTable) or stage.relation.is_new:
            continue
        relation = stage.relation
        if not is_swapped_out(warehouse, relation, outputs.get(stage.name, {})):
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
