"""What a release would do in an environment: what people approve, before it is done."""

from datetime import timedelta
from enum import StrEnum, unique

from slipway.model.frozen import Frozen


@unique
class Reversibility(StrEnum):
    """What it takes to undo an effect; the order is from the cheapest to what cannot be undone."""

    POINTER = "pointer"
    """A name points back to what is still there: seconds."""

    REDEPLOY = "redeploy"
    """The earlier artifact is deployed again: minutes."""

    RESTORE = "restore"
    """Data comes back from a kept copy or Time Travel."""

    FORWARD_ONLY = "forward-only"
    """Nothing brings it back; only a later release can mend it."""

    @property
    def rank(self) -> int:
        """How hard it is to undo: 0 is the easiest."""
        return list(Reversibility).index(self)


@unique
class Operation(StrEnum):
    """What is done to a target."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    PUBLISH = "publish"
    """A new generation takes the place of the one before, which is kept."""


class Effect(Frozen):
    """One effect, without anything that differs between two runs of the same release.

    Attributes:
        target: a dataset URI, a part id or the URN of a resource.
        operation: what is done to it.
        reversibility: what it takes to undo it.
    """

    target: str
    operation: Operation
    reversibility: Reversibility

    @property
    def order(self) -> tuple[str, str]:
        """The key by which effects are sorted."""
        return (self.target, self.operation.value)


class Effects(Frozen):
    """All effects of a release in an environment, sorted; the digest of this document is what is approved.

    Attributes:
        effects: sorted by target and operation.
    """

    effects: tuple[Effect, ...]

    @classmethod
    def of(cls, effects: tuple[Effect, ...] | list[Effect]) -> "Effects":
        """Sort effects; one that is listed twice counts once."""
        return cls(effects=tuple(sorted(set(effects), key=lambda effect: effect.order)))

    @property
    def worst(self) -> Reversibility:
        """The hardest to undo among them; POINTER when there are none."""
        ranked = (effect.reversibility for effect in self.effects)
        return max(ranked, key=lambda each: each.rank, default=Reversibility.POINTER)

    def beyond(self, approved: "Effects") -> tuple[Effect, ...]:
        """Return what an approval does not cover: a new target or operation, or a harder way back."""
        known = {effect.order: effect.reversibility.rank for effect in approved.effects}
        return tuple(
            effect for effect in self.effects if effect.reversibility.rank > known.get(effect.order, -1)
        )


PREDICTED: dict[Reversibility, timedelta] = {
    Reversibility.POINTER: timedelta(seconds=30),
    Reversibility.REDEPLOY: timedelta(minutes=10),
    Reversibility.RESTORE: timedelta(minutes=30),
}
"""How long undoing is assumed to take, until it has been measured; FORWARD_ONLY has no way back."""
