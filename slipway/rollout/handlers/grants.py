"""Grants: a candidate gets exactly those of the table whose place it takes."""

from dataclasses import dataclass

from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import PublishRefused
from slipway.rollout.stages import EqualiseGrants
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Unclear
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class EqualiseGrantsHandler(Handler[EqualiseGrants]):
    """Equalises and proves it.

    Attributes:
        warehouse: where.
    """

    warehouse: Warehouse

    def describe(self, stage: EqualiseGrants) -> str:
        """Name the tables."""
        return f"give the candidates of {stage.target} the grants that production's tables have, and compare"

    def observe(self, stage: EqualiseGrants, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Doing it twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: EqualiseGrants, run: Run) -> Progress:  # noqa: ARG002 - same
        """Take the steps that make them equal."""
        steps = 0
        for relation in stage.relations:
            if relation.is_new:
                continue
            try:
                steps += len(self.warehouse.equalise_grants(relation.production, relation.candidate))
            except PublishRefused as refused:
                raise StageFailed(refused.message, remedy=refused.remedy) from refused
        return Done({"changed": str(steps)})

    def undo(self, stage: EqualiseGrants, run: Run, outputs: Outputs) -> None:
        """Candidates go as a whole."""
