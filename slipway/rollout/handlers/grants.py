"""Grants: a candidate gets exactly owner and grants of the table whose place it takes."""

from dataclasses import dataclass

from slipway.ports.warehouse import Warehouse
from slipway.rollout.policies import refuse_lost, refuse_unlike
from slipway.rollout.stages import EqualiseGrants
from slipway.rollout.table_grants import equalise
from slipway.stages import Done, Handler, Observed, Progress, Run, Unclear
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
        return (
            f"give the candidates of {stage.target} owner and grants of the tables whose place they take, "
            "compare, and look whether they have the policies too"
        )

    def observe(self, stage: EqualiseGrants, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Doing it twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: EqualiseGrants, run: Run) -> Progress:  # noqa: ARG002 - same
        """Refuse what would lose a policy, and take the steps that make grants equal."""
        steps = 0
        for relation in stage.relations:
            if relation.is_new:
                continue
            refuse_unlike(self.warehouse, relation)
            steps += equalise(self.warehouse, relation)
        for each in stage.views:
            if self.warehouse.made(each.view) is not None:
                refuse_lost(self.warehouse, each.view, each.candidate(stage.suffix))
        return Done({"changed": str(steps)})

    def undo(self, stage: EqualiseGrants, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Candidates go as a whole."""
        return Done()
