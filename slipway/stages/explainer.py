"""The plan, for people: the same list that the executor walks, and nothing of the world is touched."""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.model.effects import PREDICTED, Effects, Reversibility
from slipway.stages.handler import Handlers
from slipway.stages.stage import Stage


@dataclass(frozen=True, kw_only=True)
class ExplainedStage:
    """One line of the explanation.

    Attributes:
        stage: the stage itself.
        sentence: what it does.
    """

    stage: Stage
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What would be done, and what it takes to undo it.

    Attributes:
        stages: in the order of execution.
        effects: what people approve.
        seconds: how long it is expected to take.
    """

    stages: tuple[ExplainedStage, ...]
    effects: Effects
    seconds: float

    @property
    def worst(self) -> Reversibility:
        """The hardest to undo among the stages."""
        ranked = (line.stage.reversibility for line in self.stages)
        return max(ranked, key=lambda each: each.rank, default=Reversibility.POINTER)

    @property
    def back_seconds(self) -> float | None:
        """How long the way back is expected to take; None when there is none."""
        if self.worst not in PREDICTED:
            return None
        kinds = {line.stage.reversibility for line in self.stages if line.stage.effects}
        return sum(PREDICTED[kind].total_seconds() for kind in kinds)


def explain(stages: Sequence[Stage], handlers: Handlers) -> Explanation:
    """Describe every stage of a plan.

    Args:
        stages: the plan.
        handlers: who would carry it out.
    """
    return Explanation(
        stages=tuple(
            ExplainedStage(stage=stage, sentence=handlers.of(stage).describe(stage)) for stage in stages
        ),
        effects=effects_of(stages),
        seconds=sum(stage.seconds for stage in stages),
    )


def effects_of(stages: Sequence[Stage]) -> Effects:
    """Collect what a plan would change."""
    return Effects.of([effect for stage in stages for effect in stage.effects])
