"""The store of metrics: where what was measured goes, for alarms and dashboards to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from slipway.model.errors import DependencyError
from slipway.model.signals import UNITS, Series, Unit


class MetricStoreError(DependencyError):
    """The store did not answer: of what was handed to it, some may have arrived."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One number about somebody at a moment.

    Attributes:
        series: of what.
        value: how much, in the series' unit.
        at: when it was so, with a time zone.
    """

    series: Series
    value: float
    at: datetime

    @property
    def unit(self) -> Unit:
        """The unit of the value."""
        return UNITS[self.series.metric]


class MetricStore(Protocol):
    """Takes readings; the same reading again changes no maximum."""

    def put(self, readings: Sequence[Reading]) -> None:
        """Store readings, as many as there are.

        Raises:
            MetricStoreError: the store failed; run again, all of them may be put anew.
        """
        ...
