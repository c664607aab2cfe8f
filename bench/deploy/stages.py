"""What the ledger tells of a deployment, as seconds; and the table that several of them make. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bench.spread import spread
from slipway.model.events import Event, EventKind

_DONE: Final = frozenset({EventKind.STAGE_DONE, EventKind.VERDICT})


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One deployment or rollback.

    Attributes:
        planned: seconds from the command's start until the deployment began: start, survey, gates.
        stages: seconds of each kind of stage, in the order in which they began; two of a kind are one.
        total: seconds from the command's start to the verdict.
    """

    planned: float
    stages: Mapping[str, float]
    total: float

    @property
    def between(self) -> float:
        """Seconds that belong to no stage: leases, journal and ledger."""
        return self.total - self.planned - sum(self.stages.values())


def walk_of(began: datetime, events: Iterable[Event]) -> Walk:
    """Read a deployment's chain.

    Args:
        began: when the command was started.
        events: of the chain, in their order.

    Raises:
        ValueError: the chain has no verdict, so that nothing is known of its end.
    """
    opened, verdict = began, None
    begun: dict[str, datetime] = {}
    stages: dict[str, float] = {}
    for event in events:
        kind = event.subject.partition(" ")[0]
        if event.kind is EventKind.DEPLOYMENT_OPENED:
            opened = event.at
        elif event.kind is EventKind.STAGE_BEGUN:
            begun[event.subject] = event.at
            stages.setdefault(kind, 0.0)
        elif event.kind in _DONE:
            stages[kind] += _seconds(begun[event.subject], event.at)
            verdict = event.at if event.kind is EventKind.VERDICT else verdict
    if verdict is None:
        raise ValueError("the chain has no verdict")
    return Walk(planned=_seconds(began, opened), stages=stages, total=_seconds(began, verdict))


def walk_table(command: str, walks: Sequence[Walk]) -> str:
    """Return walks of the same plan as Markdown: a row a kind of stage.

    Args:
        command: whose stages they are, such as `slipway deploy`.
        walks: one a run of the command.
    """
    rows = {
        "start, survey, gates": [walk.planned for walk in walks],
        **{kind: [walk.stages[kind] for walk in walks] for kind in walks[0].stages},
        "between stages": [walk.between for walk in walks],
        f"`{command}` to its verdict": [walk.total for walk in walks],
    }
    lines = [f"| {command}, {len(walks)} times | seconds (spread) |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {spread(taken, 1)} |" for name, taken in rows.items())])


def _seconds(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds()
