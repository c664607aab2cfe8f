"""The state of one stack in memory: takes, refuses, dies in the middle, forgets."""

from collections.abc import Sequence
from typing import Final

from slipway.model.environment import StackName
from slipway.ports.stack_engine import StackEngineError
from slipway.ports.stack_imports import Held, ImportRefused, StackImports, Taken

KILLED: Final = "killed"


class MemoryImports(StackImports):
    """One stack, whichever is named.

    Args:
        held: what it holds.

    Attributes:
        taken: what was taken, by URN, with its values.
        batches: URNs of each call.
        refuses: URNs that a provider does not take.
        dies_after: how many resources are taken before the engine is killed, once; None: it is not.
        forgotten: URNs that were let go of, in that order.
        forgets_before_death: how many are let go of before the engine is killed, once; None: it is not.
    """

    def __init__(self, *held: Held) -> None:
        self._held = {each.urn: each for each in held}
        self.taken: dict[str, Taken] = {}
        self.batches: list[list[str]] = []
        self.refuses: set[str] = set()
        self.dies_after: int | None = None
        self.forgotten: list[str] = []
        self.forgets_before_death: int | None = None

    @property
    def urns(self) -> list[str]:
        """What is held, in the order of coming."""
        return list(self._held)

    def held(self, stack: StackName) -> tuple[Held, ...]:  # noqa: ARG002 - there is one
        """Everything."""
        return tuple(self._held.values())

    def take(self, stack: StackName, resources: Sequence[Taken]) -> None:  # noqa: ARG002 - same
        """Take one after the other; a parent has to be there."""
        self.batches.append([each.urn for each in resources])
        for each in resources:
            if self.dies_after is not None and len(self._held) >= self.dies_after:
                self.dies_after = None
                raise StackEngineError(KILLED, remedy="run it again")
            if each.urn in self.refuses:
                raise ImportRefused(f"{each.name} is invalid", remedy="correct it")
            assert not each.parent or each.parent in self._held
            self.taken[each.urn] = each
            self._held[each.urn] = Held(urn=each.urn, type=each.type, id=each.id, protected=True)

    def forget(self, stack: StackName, urns: Sequence[str]) -> None:  # noqa: ARG002 - same
        """Let go of rows; a child of one that stays elsewhere is none here."""
        for urn in urns:
            if self.forgets_before_death is not None and len(self.forgotten) >= self.forgets_before_death:
                self.forgets_before_death = None
                raise StackEngineError(KILLED, remedy="run it again")
            assert not any(urn in each.needs for each in self._held.values())
            assert not any(each.parent == urn for each in self.taken.values() if each.urn in self._held)
            del self._held[urn]
            self.forgotten.append(urn)
