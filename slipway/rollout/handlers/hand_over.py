"""Owners: what a release has made under production's names is left to the roles that own it there."""

from dataclasses import dataclass
from typing import Final

from slipway.model.grants import Grantee, GranteeKind
from slipway.model.snowflake_objects import SnowflakeObject
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import PublishRefused
from slipway.rollout.stages import HandOver
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Unclear
from slipway.stages.handler import Outputs

_BEFORE: Final = "owner of"


@dataclass(frozen=True, kw_only=True)
class HandOverHandler(Handler[HandOver]):
    """Hands over what is new, and proves of everything else that it has its owner.

    Attributes:
        warehouse: where.
    """

    warehouse: Warehouse

    def describe(self, stage: HandOver) -> str:
        """Name the roles."""
        owners = sorted({owner for _, owner in stage.owned})
        return f"leave the tables and views of {stage.target} to {', '.join(owners)}, and look"

    def prepare(self, stage: HandOver, run: Run) -> Outputs:  # noqa: ARG002 - the handler's signature
        """Remember whose each object is: what is new belongs to whoever has made it."""
        found = {
            f"{_BEFORE} {subject}": self.warehouse.grants(subject).owner
            for subject, _ in stage.owned
            if self.warehouse.made(subject) is not None
        }
        return {name: owner.name for name, owner in found.items() if owner is not None}

    def observe(self, stage: HandOver, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Doing it twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: HandOver, run: Run) -> Progress:
        """Hand over what has another owner."""
        moved = 0
        for subject, owner in stage.owned:
            was = run.own.get(f"{_BEFORE} {subject}")
            if was is not None:
                self._give(subject, owner)
                moved += was != owner
        return Done({"moved": str(moved)})

    def undo(self, stage: HandOver, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Take over again what was handed over: the role may be taken away next, and what it owned with it.

        Source: https://docs.snowflake.com/en/sql-reference/sql/drop-role, usage notes.
        """
        for subject, owner in stage.owned:
            was = outputs.get(f"{_BEFORE} {subject}")
            if was is not None and was != owner and self.warehouse.made(subject) is not None:
                self._give(subject, was)
        return Done()

    def _give(self, subject: SnowflakeObject, owner: str) -> None:
        try:
            self.warehouse.hand_over(subject, Grantee(GranteeKind.ROLE, owner))
        except PublishRefused as refused:
            raise StageFailed(refused.message, remedy=refused.remedy) from refused
