"""Whether the policies that judged an update of a stack were in charge of it then. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from slipway.audit.stack_states import UNDER_WAY, StateUpdate
from slipway.model.events import Event
from slipway.model.stack_states import MISJUDGED, POLICIES


def misjudged(
    updates: Iterable[StateUpdate], changes: Iterable[Event], records: Iterable[Event]
) -> tuple[StateUpdate, ...]:
    """Find the updates that other policies have judged than those that were in charge.

    Args:
        updates: of the stack.
        changes: the events by which policies were put in charge of it; before the first nobody can tell.
        records: the events by which somebody has answered for such updates.
    """
    told = sorted(changes, key=lambda event: event.at)
    answered = {name for event in records for name in event.figures.get(MISJUDGED, "").split()}
    return tuple(
        each for each in updates if each.event.deployment not in answered and _is_misjudged(each, told)
    )


def _is_misjudged(update: StateUpdate, told: Sequence[Event]) -> bool:
    in_charge = {*_in_charge(update.event.at, told)}
    return bool(in_charge) and not in_charge.issuperset(update.policies)


def _in_charge(at: datetime, told: Sequence[Event]) -> Iterator[str]:
    """What was in charge within the last day: a deployment is judged by what its beginning has found."""
    before = [event for event in told if event.at <= at - UNDER_WAY]
    since = [event for event in told if at - UNDER_WAY < event.at <= at]
    yield from (event.figures[POLICIES] for event in (*before[-1:], *since))
