"""Divides the work of a check among shards: each unit is one shard's, and all shards together have all. Pure.

Whoever divides the same work into as many shards gets the same shards: machines need not talk to each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from slipway.attest import digest_of_document
from slipway.checks.names import CheckName
from slipway.model.digest import Digest
from slipway.model.shard import Shard

Work = tuple[CheckName, str]
"""A check, and one target of it; an empty target is all that the check looks at."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What one machine has to do as a whole.

    Attributes:
        work: its checks and targets; no other unit has one of them.
        seconds: how long it takes beside others: only the proportions count.
    """

    work: tuple[Work, ...]
    seconds: float

    @property
    def name(self) -> str:
        """What it is told apart by."""
        return min(f"{check} {target}" for check, target in self.work)


def divided(units: Iterable[Unit], of: int) -> tuple[tuple[Unit, ...], ...]:
    """Divide work.

    The longest unit goes first, each to the shard that has least to do so far (Graham's LPT rule: the busiest
    shard has at most 4/3 of what the best division would give it).

    Args:
        units: in any order.
        of: into how many shards.

    Returns:
        The units of each shard, in the order of their names.
    """
    shards: list[list[Unit]] = [[] for _ in range(of)]
    busy = [0.0] * of
    for unit in sorted(units, key=lambda each: (-each.seconds, each.name)):
        least = min(range(of), key=lambda number: (busy[number], len(shards[number]), number))
        shards[least].append(unit)
        busy[least] += unit.seconds
    return tuple(tuple(sorted(shard, key=lambda each: each.name)) for shard in shards)


@dataclass(frozen=True, kw_only=True)
class Division:
    """Work, and what of it is one shard's.

    Attributes:
        whole: all units.
        mine: those of the shard.
    """

    whole: tuple[Unit, ...] = ()
    mine: tuple[Unit, ...] = ()

    @classmethod
    def of(cls, units: Iterable[Unit], shard: Shard) -> "Division":
        """Take a shard's part of units."""
        whole = tuple(units)
        return cls(whole=whole, mine=divided(whole, shard.of)[shard.number - 1])

    def __or__(self, other: "Division") -> "Division":
        """Two lots of work that are divided each for itself, because they are done side by side."""
        return Division(whole=self.whole + other.whole, mine=self.mine + other.mine)

    def targets(self, check: CheckName) -> tuple[str, ...]:
        """What of a check is the shard's, sorted."""
        return tuple(sorted(target for unit in self.mine for name, target in unit.work if name is check))

    def has(self, check: CheckName) -> bool:
        """Whether any of a check is the shard's."""
        return any(name is check for unit in self.mine for name, _ in unit.work)

    @property
    def told(self) -> tuple[str, ...]:
        """What is the shard's, as evidence says it."""
        return written(self.mine)

    @property
    def selection(self) -> Digest:
        """The name of all of the work."""
        return selection_of(written(self.whole))


def written(units: Iterable[Unit]) -> tuple[str, ...]:
    """Write units as evidence says them: sorted."""
    work = chain.from_iterable(unit.work for unit in units)
    return tuple(sorted(f"{check} {target}".rstrip() for check, target in work))


def selection_of(work: Iterable[str]) -> Digest:
    """Name work, as `written` gives it."""
    return digest_of_document({"work": sorted(work)})
