"""A second look at a release whose verdict is inconclusive: only what could not be seen is looked at again.

It is the same plan under another name, with the journal of the first deployment in everything that was seen.
So the same engine does what is left, and what it finds is answered as it would have been then: rows that came
late, or a run that fails, take the release back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from slipway.model.deployment import Purpose
from slipway.model.digest import short
from slipway.model.errors import UsageError
from slipway.model.events import DeploymentId
from slipway.ports.journal import Deployment, StageRow
from slipway.rollout.handlers.dags import NOT_OBSERVED
from slipway.rollout.planned import Plan, plan_of
from slipway.rollout.stages import GiveVerdict, PrepareCandidates, RolloutStage, SettleWrites
from slipway.rollout.transaction_limits import TransactionLimits

_BEFORE_ALL = 0
"""The token of a row that no lease has written: every one is newer."""


class TooLateToTell(UsageError):  # noqa: N818 - it says what is the case
    """What reached an old generation lies further back than Snowflake tells."""


@dataclass(frozen=True, kw_only=True)
class SecondLook:
    """What a deployment begins with that looks again.

    Attributes:
        plan: the first one's, for this purpose.
        seen: rows of what needs no second look.
    """

    plan: Plan
    seen: tuple[StageRow, ...]


def second_look(
    first: Deployment,
    rows: Iterable[StageRow],
    id_: DeploymentId,
    *,
    limits: TransactionLimits,
    now: datetime,
) -> SecondLook:
    """Plan a second look.

    Args:
        first: the deployment that gave the verdict, or an earlier look.
        rows: its journal.
        id_: what the look is called.
        limits: of the environment's Snowflake.
        now: the moment.

    Raises:
        TooLateToTell: late rows would be looked for, and can no longer be read.
    """
    plan = plan_of(first)
    stages = {stage.name: stage for stage in plan.stages}
    seen = [row for row in rows if NOT_OBSERVED not in row.outputs]
    kept = [(stages[row.stage], row) for row in seen if not isinstance(stages[row.stage], GiveVerdict)]
    again = stages.keys() - {row.stage for _, row in kept}
    if any(isinstance(stages[name], SettleWrites) for name in again):
        _refuse_too_late(plan, kept, limits, now)
    return SecondLook(
        plan=plan.model_copy(update={"purpose": Purpose.SECOND_LOOK}),
        seen=tuple(replace(row, deployment=id_, token=_BEFORE_ALL) for _, row in kept),
    )


def _refuse_too_late(
    plan: Plan, kept: Iterable[tuple[RolloutStage, StageRow]], limits: TransactionLimits, now: datetime
) -> None:
    points = [row.began for stage, row in kept if isinstance(stage, PrepareCandidates)]
    if points and now > min(points) + limits.time_travel:
        raise TooLateToTell(
            f"whether rows reached the old generation after release {short(plan.release)} went in can no "
            f"longer be told: Snowflake keeps changes for {limits.time_travel.days} days (timeTravelDays)",
            remedy="build the release again and deploy that, and look again sooner",
        )
