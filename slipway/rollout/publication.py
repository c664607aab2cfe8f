"""How a table was published: what tells later whether it is still that object, and when it was made anew."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from slipway.model.frozen import Frozen
from slipway.ports.journal import StageRow

RUN: Final = "run"
"""Output of `observe-run`: the run that was observed."""

CANDIDATE: Final = "candidate made"
"""Output of `swap-table`: when the object was made that takes its place."""


class ObservedRun(Frozen):
    """The run that was observed after a release went in.

    Attributes:
        run: its id in Airflow.
        began: when it was triggered.
        ended: when its end was seen.
    """

    run: str
    began: datetime
    ended: datetime


class Publication(Frozen):
    """What was noted when a table was published.

    Attributes:
        made: when the object was made that was published, as `generations.made_text` writes it.
        observed: the run of its pipeline that was observed afterwards; None where there was none.
    """

    made: str
    observed: ObservedRun | None = None

    def run_at(self, moment: datetime) -> str:
        """Name the observed run that went on at a moment; empty when none did."""
        seen = self.observed
        went_on = seen is not None and seen.began <= moment.astimezone(UTC) <= seen.ended
        return seen.run if seen is not None and went_on else ""


def publication(swapped: Mapping[str, str], observed: Iterable[StageRow] = ()) -> Publication | None:
    """Put together what is known of a publication.

    Args:
        swapped: outputs of the swap.
        observed: the row of the run that was observed after it, if there is one.

    Returns:
        None when the swap has not noted anything.
    """
    if not swapped.get(CANDIDATE):
        return None
    runs = (
        ObservedRun(run=row.outputs[RUN], began=row.began, ended=row.at)
        for row in observed
        if RUN in row.outputs
    )
    return Publication(made=swapped[CANDIDATE], observed=next(runs, None))
