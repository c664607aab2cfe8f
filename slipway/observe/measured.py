"""What a measurement ends with: readings, and what could not be measured with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from slipway.model.errors import SlipwayError
from slipway.model.signals import Series
from slipway.ports.metrics import Reading


@dataclass(frozen=True, kw_only=True)
class Unmeasured:
    """A series of which nothing is told this time: CloudWatch sees missing data, never a made-up number.

    Attributes:
        series: which.
        reason: the error that kept it from being measured.
    """

    series: Series
    reason: SlipwayError


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One measurement of some series.

    Attributes:
        readings: what was measured.
        unmeasured: what was not.
    """

    readings: tuple[Reading, ...] = ()
    unmeasured: tuple[Unmeasured, ...] = ()

    def __add__(self, other: "Measured") -> "Measured":
        return Measured(
            readings=self.readings + other.readings, unmeasured=self.unmeasured + other.unmeasured
        )


def nothing_of(series: Iterable[Series], reason: SlipwayError) -> Measured:
    """Say that series could not be measured, all for one reason."""
    return Measured(unmeasured=tuple(Unmeasured(series=each, reason=reason) for each in series))
