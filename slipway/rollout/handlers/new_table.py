"""A table that production does not have yet: published under a free name, and taken away again."""

from dataclasses import dataclass
from typing import Final

from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import ObjectExists
from slipway.rollout.generations import PRODUCTION, made_text
from slipway.rollout.left_behind import left_in_new
from slipway.rollout.relations import Relation
from slipway.stages import Run, StageFailed
from slipway.stages.handler import Outputs

_MADE: Final = "made"
"""Output of a publication: when the new table was made. Without it nobody knows whose a table is."""


@dataclass(frozen=True)
class NewTable:
    """Publishes it with a clone, which Snowflake refuses where the name is taken.

    Attributes:
        warehouse: where.
        relation: the table.
    """

    warehouse: Warehouse
    relation: Relation

    def publish(self, run: Run) -> Outputs:
        """Make it, unless a killed process has made it already.

        Raises:
            StageFailed: somebody else has made a table of that name since the release was planned.
        """
        if run.own.get(PRODUCTION) or (self._is_there() and not self._is_a_copy()):
            raise self._appeared()
        if not self._is_there():
            run.lease()
            try:
                self.warehouse.clone(self.relation.candidate, self.relation.production, expires=None)
            except ObjectExists as taken:
                raise self._appeared() from taken
        return {_MADE: made_text(self.warehouse, self.relation.production)}

    def take_away(self, run: Run, outputs: Outputs) -> Outputs:
        """Drop it, if it is the release's: one of somebody else's that has the name stays.

        Returns:
            What was written to it since.
        """
        is_own = _MADE in outputs or (not outputs.get(PRODUCTION) and self._is_a_copy())
        if not is_own or not self._is_there():
            return {}
        left = left_in_new(self.warehouse, self.relation)
        run.lease()
        now = run.clock.now()
        self.warehouse.expire(self.relation.production, at=now)
        self.warehouse.drop_expired(self.relation.production, now=now)
        return left

    def _is_there(self) -> bool:
        return self.warehouse.made(self.relation.production) is not None

    def _is_a_copy(self) -> bool:
        """Whether it has the candidate's very rows: then it is what a killed process has made of it."""
        relation = self.relation
        if not self._is_there() or self.warehouse.made(relation.candidate) is None:
            return False
        copy = self.warehouse.fingerprint(relation.production)
        return copy.same_content(self.warehouse.fingerprint(relation.candidate))

    def _appeared(self) -> StageFailed:
        return StageFailed(
            f"{self.relation.dataset} is there by now: somebody has made it since the release was planned",
            remedy="if it may go, rename or drop it; then deploy the release again",
        )
