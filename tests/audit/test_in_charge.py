"""Which policies may have judged an update: those that the ledger was told to be in charge then."""

from datetime import datetime, timedelta

import pytest

from slipway.audit.in_charge import controls_in_charge, misjudged
from slipway.audit.stack_states import StateUpdate
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId, Event, EventKind
from slipway.model.stack_states import JUDGES, MISJUDGED, POLICIES
from tests.doubles.audited import NOON, event

OLD, NEW, OTHER = (f"sha256:{letter * 64}" for letter in "abc")
FIRST = DeploymentId("prod-aaaaaaaaaaaa-1")
DAY = timedelta(days=1)


def _changed(policies: str, at: datetime) -> Event:
    """Policies were put in charge."""
    return event(
        EventKind.CONTROL_CHANGED, deployment=None, release=None, at=at, figures={POLICIES: policies}
    )


CHANGES = (_changed(NEW, NOON), _changed(OLD, NOON - 30 * DAY))


def _update(at: datetime, *policies: str) -> StateUpdate:
    """A deployment updated the stack."""
    return StateUpdate(event=event(deployment=FIRST, at=at), policies=policies, versions=1)


@pytest.mark.parametrize(
    ("update", "is_found"),
    [
        (_update(NOON - DAY, OLD), False),
        (_update(NOON - DAY, NEW), True),
        (_update(NOON, OLD), False),
        (_update(NOON, NEW), False),
        (_update(NOON, OLD, NEW), False),
        (_update(NOON, OLD, OTHER), True),
        (_update(NOON + DAY - timedelta(seconds=1), OLD), False),
        (_update(NOON + DAY, OLD), True),
        (_update(NOON + DAY, NEW), False),
        (_update(NOON + 300 * DAY, OTHER), True),
        (_update(NOON - 31 * DAY, OTHER), False),
        (_update(NOON), False),
    ],
)
def test_an_update_under_policies_that_were_not_in_charge(update: StateUpdate, *, is_found: bool) -> None:
    """For a day those of before may have begun it; before the ledger was told of any nobody can tell."""
    assert misjudged([update], CHANGES, []) == ((update,) if is_found else ())


def test_one_that_somebody_answers_for_is_no_finding_any_more() -> None:
    """By the deployment's name, and no other's."""
    update = _update(NOON + DAY, OTHER)
    for named, found in ((FIRST, ()), ("prod-bbbbbbbbbbbb-1", (update,)), ("", (update,))):
        record = event(EventKind.STATE_RECORDED, deployment=None, figures={MISJUDGED: named})
        assert misjudged([update], CHANGES, [record]) == found


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOON - 31 * DAY, set()),
        (NOON - 30 * DAY, {OLD}),
        (NOON, {OLD, NEW}),
        (NOON + DAY - timedelta(seconds=1), {OLD, NEW}),
        (NOON + DAY, {NEW}),
    ],
)
def test_the_control_parts_that_may_be_in_charge(at: datetime, told: set[str]) -> None:
    """Of this environment, by events that name one; a day is for whoever tells and then writes."""
    events = [each.model_copy(update={"figures": {JUDGES: each.figures[POLICIES]}}) for each in CHANGES]
    others = [
        _changed(OTHER, NOON),
        events[0].model_copy(update={"environment": Environment.DEV}),
        events[0].model_copy(update={"kind": EventKind.DENIED, "figures": {JUDGES: OTHER}}),
    ]
    assert events[0].environment is not None
    assert controls_in_charge(events[0].environment, [*events, *others], at) == told
