"""The plan, for people: the same list that the executor walks, and nothing of the world is touched."""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.model.effects import Effects, Reversibility
from slipway.stages.handler import Handlers
from slipway.stages.stage import Stage
from slipway.stages.way_back import way_back


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
        back: the stages in the order in which they are taken back.
    """

    stages: tuple[ExplainedStage, ...]
    effects: Effects
    back: tuple[Stage, ...]

    @property
    def back_kinds(self) -> tuple[str, ...]:
        """The kinds of stage in that order, each once: what people read of it."""
        return tuple(dict.fromkeys(stage.kind for stage in self.back))

    @property
    def worst(self) -> Reversibility:
        """The hardest to undo among the stages."""
        ranked = (line.stage.reversibility for line in self.stages)
        return max(ranked, key=lambda each: each.rank, default=Reversibility.POINTER)


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
        back=tuple(stage for place in way_back(stages) for stage in place),
    )


def effects_of(stages: Sequence[Stage]) -> Effects:
    """Collect what a plan would change."""
    return Effects.of([effect for stage in stages for effect in stage.effects])
