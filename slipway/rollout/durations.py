"""How long stages take in an environment: what earlier deployments of it really took. Nothing is assumed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Final

from slipway.model.deployment import Purpose
from slipway.model.effects import PREDICTED, Reversibility
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.journal import Deployment, Journal, StageName, StageRow, StageState
from slipway.rollout.planned import plan_of
from slipway.rollout.stages import PauseWriters
from slipway.stages import Stage

LOOK_BACK: Final = 30
"""How many versions of the environment document are asked for the deployments that wrote them."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """How long a stage is expected to take.

    Attributes:
        seconds: the median of what was recorded.
        runs: of how many.
        elsewhere: whether they were of other targets: of this one there is no record.
    """

    seconds: float
    runs: int
    elsewhere: bool


@dataclass(frozen=True)
class _Taken:
    """Seconds of each stage that was done, by its name and by its kind."""

    by_name: defaultdict[StageName, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_kind: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: StageRow) -> None:
        seconds = (row.at - row.began).total_seconds()
        self.by_name[row.stage].append(seconds)
        self.by_kind[row.stage.partition(" ")[0]].append(seconds)

    def of(self, stage: Stage) -> Expected | None:
        for known, elsewhere in ((self.by_name.get(stage.name), False), (self.by_kind.get(stage.kind), True)):
            if known:
                return Expected(seconds=median(known), runs=len(known), elsewhere=elsewhere)
        return None


class Durations:
    """What stages took, forward and on the way back."""

    def __init__(self) -> None:
        self._forward = _Taken()
        self._back = _Taken()

    def learn(self, head: Deployment, rows: Iterable[StageRow]) -> None:
        """Add what a deployment took; a stage that was not done, or was taken back, tells nothing."""
        taken = self._back if plan_of(head).purpose is Purpose.ROLLBACK else self._forward
        for row in rows:
            if row.state is StageState.DONE:
                taken.add(row)

    def forward(self, stages: Sequence[Stage]) -> "Estimate":
        """Estimate a deployment."""
        return Estimate(tuple((stage, self._forward.of(stage)) for stage in stages))

    def back(self, stages: Sequence[Stage]) -> "Estimate":
        """Estimate a rollback: from rollbacks, and from deployments where these do the same."""
        return Estimate(tuple((stage, self._back.of(stage) or self._same(stage)) for stage in stages))

    def _same(self, stage: Stage) -> Expected | None:
        """A deployment drains runs, a rollback ends them: that takes another time."""
        return None if isinstance(stage, PauseWriters) else self._forward.of(stage)


@dataclass(frozen=True)
class Estimate:
    """What a plan is expected to take.

    Attributes:
        stages: each with what is expected of it; None where there is no record.
    """

    stages: tuple[tuple[Stage, Expected | None], ...]

    @property
    def seconds(self) -> float:
        """The sum of what is known."""
        return sum(expected.seconds for _, expected in self.stages if expected is not None)

    @property
    def unknown(self) -> tuple[Stage, ...]:
        """The stages that have no record."""
        return tuple(stage for stage, expected in self.stages if expected is None)

    @property
    def assumed(self) -> timedelta | None:
        """What the stages without a record are assumed to take to undo; None: one cannot be undone at all."""
        kinds = {stage.reversibility for stage in self.unknown}
        if Reversibility.FORWARD_ONLY in kinds:
            return None
        return sum((PREDICTED[kind] for kind in kinds), start=timedelta())


def read_durations(journal: Journal, documents: EnvironmentDocuments, environment: Environment) -> Durations:
    """Read what the newest deployments of an environment took.

    Args:
        journal: of the environment.
        documents: each version names the deployment that wrote it.
        environment: which one.
    """
    durations = Durations()
    for id_ in dict.fromkeys(_writers(documents, environment)):
        head = journal.deployment(id_)
        if head is not None:
            durations.learn(head, journal.rows(id_))
    return durations


def _writers(documents: EnvironmentDocuments, environment: Environment) -> Iterator[DeploymentId]:
    newest = documents.newest(environment)
    if newest is None:
        return
    for version in range(newest.version, max(0, newest.version - LOOK_BACK), -1):
        document = documents.version(environment, version)
        if document is not None:
            yield DeploymentId(document.deployment)
