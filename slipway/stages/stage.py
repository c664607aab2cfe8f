"""A stage: one step of a plan, as data."""

from typing import ClassVar

from slipway.model.effects import Effect, Reversibility
from slipway.model.frozen import Frozen
from slipway.ports.journal import StageName


class Stage(Frozen):
    """What every kind of stage has; a subclass adds `kind`, a literal, and what its handler needs.

    Attributes:
        kind: which handler carries it out.
        target: what is changed or looked at: a dataset's URI, a part id, an environment.
        effects: what it changes that people approve; empty for a stage that only looks or prepares.
        reversibility: what it takes to undo it.
    """

    place_back: ClassVar[int] = 0
    """Its kind's place on the way back: lower ones first, those of one place in the plan's reverse order."""

    kind: str
    target: str
    effects: tuple[Effect, ...] = ()
    reversibility: Reversibility = Reversibility.POINTER

    @property
    def name(self) -> StageName:
        """Its name in the journal: unique in a plan."""
        return StageName(f"{self.kind} {self.target}")
