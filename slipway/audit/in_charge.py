"""What was in charge of an environment, as the ledger was told, and updates that others judged. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from slipway.audit.stack_states import UNDER_WAY, StateUpdate
from slipway.model.environment import Environment
from slipway.model.events import Event, EventKind
from slipway.model.stack_states import JUDGES, MISJUDGED, POLICIES


def controls_in_charge(environment: Environment, events: Iterable[Event], at: datetime) -> frozenset[str]:
    """Return the digests of the control parts that may be in charge of an environment.

    Args:
        environment: which.
        events: about the control parts of all.
        at: the moment. For a day what was in charge before still may be: whoever puts another one there tells
            the ledger first.

    Returns:
        None of them where the ledger was told of no part's digest yet: nobody can tell then.
    """
    told = [
        event
        for event in events
        if event.kind is EventKind.CONTROL_CHANGED
        and event.environment is environment
        and JUDGES in event.figures
    ]
    return frozenset(_in_charge(at, sorted(told, key=lambda event: event.at), JUDGES))


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
    in_charge = {*_in_charge(update.event.at, told, POLICIES)}
    return bool(in_charge) and not in_charge.issuperset(update.policies)


def _in_charge(at: datetime, told: Sequence[Event], figure: str) -> Iterator[str]:
    """What was in charge within the last day: a deployment is judged by what its beginning has found."""
    before = [event for event in told if event.at <= at - UNDER_WAY]
    since = [event for event in told if at - UNDER_WAY < event.at <= at]
    yield from (event.figures[figure] for event in (*before[-1:], *since))
