"""What a change costs: two estimates in, the lines that differ out, and what made them differ. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from slipway.model.cost import CostLine, Estimate
from slipway.model.environment import StackName


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Something that a line rests on, and that the change touched.

    Attributes:
        name: as the factor is called.
        where: the file, or `catalog`.
        before: its value; None where the line did not rest on it.
        after: same.
    """

    name: str
    where: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class LineChange:
    """A driver that costs something else.

    Attributes:
        before: its line; None for a driver that is new.
        after: same; None for one that is gone.
    """

    before: CostLine | None
    after: CostLine | None

    @property
    def line(self) -> CostLine:
        """What it is called by."""
        found = self.after or self.before
        if found is None:
            raise AssertionError
        return found

    @property
    def delta(self) -> Decimal:
        """US dollars a month more; negative: less."""
        return _amount(self.after) - _amount(self.before)

    @property
    def reasons(self) -> Sequence[Reason]:
        """What the change touched of what the line rests on."""
        before, after = _values(self.before), _values(self.after)
        return [
            Reason(name=name, where=where, before=before.get((name, where)), after=after.get((name, where)))
            for name, where in dict.fromkeys([*before, *after])
            if before.get((name, where)) != after.get((name, where))
        ]


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """Two estimates with the same prices.

    Attributes:
        before: of the revision that is compared with.
        after: of the folder.
    """

    before: Estimate
    after: Estimate

    def lines(self, stacks: Sequence[StackName]) -> Sequence[LineChange]:
        """Return the drivers of some stacks whose amounts differ, in the order of reports."""
        return [change for change in self._pairs() if change.delta and change.line.stack in stacks]

    def _pairs(self) -> Iterator[LineChange]:
        before = {line.key: line for line in self.before.lines}
        after = {line.key: line for line in self.after.lines}
        for key in dict.fromkeys([*after, *before]):
            yield LineChange(before=before.get(key), after=after.get(key))


def _amount(line: CostLine | None) -> Decimal:
    return line.amount if line else Decimal(0)


def _values(line: CostLine | None) -> dict[tuple[str, str], str]:
    return {(factor.name, factor.where): factor.value for factor in line.factors} if line else {}
