"""Who answers for which state of a stack: entries against versions, and nothing is passed over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from slipway.audit import Ledger
from slipway.audit.ledger import event_of
from slipway.audit.stack_audit import StackAudit, record_states
from slipway.audit.stack_states import Begun, StackHistory, history_of
from slipway.model.environment import Environment, StackName
from slipway.model.events import DeploymentId, Event, EventKind
from slipway.model.stack_states import BEGINNING, Span, figures_of, record_subject, spans_of, update_subject
from slipway.ports.stack_engine import StackVersion, StackVersions
from tests.doubles.audited import NOON, event
from tests.doubles.records import MemoryLedger

PACK = f"sha256:{'a' * 64}"
FIRST, SECOND = DeploymentId("dev-aaaaaaaaaaaa-1"), DeploymentId("dev-bbbbbbbbbbbb-1")


def _versions(*ids: str, begin: int = 0) -> tuple[StackVersion, ...]:
    """A version a minute from noon on."""
    return tuple(
        StackVersion(id=id_, at=NOON + timedelta(minutes=number), size=1)
        for number, id_ in enumerate(ids, start=begin)
    )


SIX = _versions("a", "b", "c", "d", "e", "f")


def _update(
    *spans: tuple[str, str | None], deployment: DeploymentId = FIRST, policies: str = PACK, minute: int = 9
) -> Event:
    """A stage that updated the stack."""
    figures = figures_of([Span(after=after, until=until, policies=policies) for after, until in spans])
    return event(
        deployment=deployment,
        environment=Environment.DEV,
        subject=update_subject(StackName.DEV),
        figures=figures,
        at=NOON + timedelta(minutes=minute),
    )


def _record(after: str, until: str, minute: int = 9) -> Event:
    """Somebody has taken states on record."""
    return event(
        EventKind.STATE_RECORDED,
        deployment=None,
        release=None,
        environment=Environment.DEV,
        subject=record_subject(StackName.DEV),
        figures=figures_of([Span(after=after, until=until)]),
        at=NOON + timedelta(minutes=minute),
    )


def _history(
    *events: Event,
    versions: Sequence[StackVersion] = SIX,
    begun: Sequence[Begun] = (),
    now: datetime = NOON + timedelta(hours=1),
    later: Sequence[StackVersion] = (),
) -> StackHistory:
    return history_of(StackName.DEV, versions, events, begun=lambda _: begun, now=now, later=later)


def _found(history: StackHistory) -> list[tuple[str, str, str, int]]:
    rows = [(each.fault.value, each.first.id, each.last.id, each.versions) for each in history.unanswered]
    return rows + [("version-gone", each.id, each.id, 1) for each in history.gone]


TAKEN_ON = _record(BEGINNING, "b")

CASES = {
    "every version has its entry": ([TAKEN_ON, _update(("b", "f"))], []),
    "nothing was changed": ([_record(BEGINNING, "f"), _update(("f", "f"))], []),
    "a stage that updated twice": ([TAKEN_ON, _update(("b", "d"), ("d", "f"))], []),
    "two deployments side by side": (
        [TAKEN_ON, _update(("b", "e")), _update(("d", "f"), deployment=SECOND)],
        [],
    ),
    "nobody knows anything": ([], [("unrecorded", "a", "f", 6)]),
    "before the first entry": ([_update(("b", "f"))], [("unrecorded", "a", "b", 2)]),
    "after the last entry": ([TAKEN_ON, _update(("b", "d"))], [("unrecorded", "e", "f", 2)]),
    "between two deployments": (
        [TAKEN_ON, _update(("b", "c")), _update(("e", "f"), deployment=SECOND)],
        [("unrecorded", "d", "e", 2)],
    ),
    "between two updates of a stage": (
        [TAKEN_ON, _update(("b", "c"), ("d", "f"))],
        [("unrecorded", "d", "d", 1)],
    ),
    "an update that has no end yet": (
        [TAKEN_ON, _update(("b", "d"), ("d", None))],
        [("unrecorded", "e", "f", 2)],
    ),
    "no policies": ([TAKEN_ON, _update(("b", "f"), policies="")], [("unjudged", "c", "f", 4)]),
    "no policies, and then nothing changed": (
        [TAKEN_ON, _update(("b", "f")), _update(("f", "f"), policies="", deployment=SECOND)],
        [],
    ),
    "no policies, taken on record": ([TAKEN_ON, _update(("b", "f"), policies=""), _record("b", "f", 10)], []),
    "judged by one of two entries": (
        [TAKEN_ON, _update(("b", "f"), policies=""), _update(("d", "f"), deployment=SECOND, minute=10)],
        [("unjudged", "c", "d", 2)],
    ),
    "two faults beside each other": (
        [TAKEN_ON, _update(("b", "d"), policies="")],
        [("unjudged", "c", "d", 2), ("unrecorded", "e", "f", 2)],
    ),
    "an end that was deleted": (
        [TAKEN_ON, _update(("b", "x"))],
        [("unrecorded", "c", "f", 4), ("version-gone", "x", "x", 1)],
    ),
    "a beginning that was deleted": (
        [TAKEN_ON, _update(("x", "f"))],
        [("unrecorded", "c", "e", 3), ("version-gone", "x", "x", 1)],
    ),
    "both have expired, as the oldest do": (
        [_record(BEGINNING, "x"), _update(("x", "y")), _update(("z", "f"))],
        [],
    ),
}


@pytest.mark.parametrize(("events", "expected"), CASES.values(), ids=CASES)
def test_who_answers(events: list[Event], expected: list[tuple[str, str, str, int]]) -> None:
    """A version without an entry that names policies is a finding, with its neighbours."""
    history = _history(*events)
    assert _found(history) == expected
    assert history.is_answered_for == (not expected)


def test_what_is_told_of_each_entry() -> None:
    """How many versions are its own, and under which policies."""
    updates = _history(TAKEN_ON, _update(("b", "d"), ("d", "f"))).updates
    assert [(each.versions, each.policies) for each in updates] == [(2, ()), (4, (PACK,))]


@pytest.mark.parametrize(("hours", "is_open"), [(1, True), (23, True), (25, False)])
def test_a_deployment_that_goes_on_is_waited_for(hours: int, is_open: bool) -> None:  # noqa: FBT001 - a table
    """What was there before it began is not its; a day later somebody has to end it."""
    begun = [Begun(deployment=SECOND, at=NOON + timedelta(minutes=4, seconds=0.5))]
    history = _history(TAKEN_ON, _update(("b", "c")), begun=begun, now=NOON + timedelta(hours=hours))
    assert [(each.first.id, each.last.id, each.deployments) for each in history.under_way] == (
        [("e", "f", (SECOND,))] if is_open else []
    )
    unfinished = [] if is_open else [("unfinished", "e", "f", 2)]
    assert _found(history) == [("unrecorded", "d", "d", 1), *unfinished]


def test_an_entry_may_be_newer_than_the_list() -> None:
    """A deployment that ends while the ledger is read names versions that were not listed yet."""
    history = _history(TAKEN_ON, _update(("b", "h")), later=_versions("g", "h", begin=6))
    assert history.is_answered_for
    assert _history(TAKEN_ON, _update(("b", "h"))).gone


def test_what_is_taken_on_record_is_answered_for() -> None:
    """The span of a finding, recorded, leaves none."""
    (row,) = _history(TAKEN_ON, _update(("b", "c"))).unanswered
    assert _history(TAKEN_ON, _update(("b", "c")), _record(row.after, row.last.id, 10)).is_answered_for
    (whole,) = _history().unanswered
    assert whole.span == Span(after=BEGINNING, until="f")


def test_a_deleted_version_can_be_answered_for() -> None:
    """The entry that names it stays; what it covered is found all the same."""
    deleted = [TAKEN_ON, _update(("b", "x"))]
    history = _history(*deleted)
    store = MemoryLedger()
    record_states(
        Ledger(store),
        StackName.DEV,
        [each.span for each in history.unanswered],
        gone=[each.id for each in history.gone],
        reason="INC-3",
        actor="ana",
        at=NOON + timedelta(hours=1),
    )
    (entry,) = store.about(record_subject(StackName.DEV))
    assert _history(*deleted, event_of(entry)).is_answered_for


def test_spans_are_read_as_they_were_written() -> None:
    """An open one is the last; figures of other stages have none."""
    spans = (
        Span(after="a", until="b", policies=PACK),
        Span(after="b", until="c"),
        Span(after="c", until=None),
    )
    assert spans_of(figures_of(spans)) == spans
    assert spans_of({"changed": "3", "policies": PACK}) == ()


class _Growing(StackVersions):
    """A stack whose list is longer each time."""

    def __init__(self) -> None:
        self.asked = 0

    def newest(self, stack: StackName) -> str | None:
        raise NotImplementedError

    def versions(self, stack: StackName) -> tuple[StackVersion, ...]:  # noqa: ARG002 - there is one
        self.asked += 1
        return SIX[: 2 + 2 * self.asked]


def test_the_ledger_is_asked_by_its_index() -> None:
    """Entries of the deployment's own chain, of its environment's, and what somebody has taken on record."""
    store = MemoryLedger()
    ledger = Ledger(store)
    versions = _Growing()
    audit = StackAudit(store=store, versions=versions)
    ledger.open_deployment(
        event(EventKind.DEPLOYMENT_OPENED, deployment=FIRST, environment=Environment.DEV, subject=FIRST)
    )
    begun = event(
        EventKind.STAGE_BEGUN,
        deployment=FIRST,
        subject=update_subject(StackName.DEV),
        environment=Environment.DEV,
    )
    ledger.record(FIRST, begun)
    found = audit.history(StackName.DEV, NOON + timedelta(minutes=5))
    assert [each.deployments for each in found.under_way] == [(FIRST,)]
    record_states(
        ledger, StackName.DEV, [Span(after=BEGINNING, until="b")], reason="taken on", actor="ana", at=NOON
    )
    ledger.record(FIRST, _update(("b", "f")))
    versions.asked = 0
    found = audit.history(StackName.DEV, NOON + timedelta(minutes=5))
    assert (found.versions, found.is_answered_for, versions.asked) == (4, True, 2)
    assert {entry.chain for entry in store.about(record_subject(StackName.DEV))} == {"dev"}


def test_shared_has_its_records_in_the_platforms_chain() -> None:
    """It is no environment: nothing is deployed there."""
    store = MemoryLedger()
    record_states(
        Ledger(store), StackName.SHARED, [Span(after=BEGINNING, until="a")], reason="up", actor="ana", at=NOON
    )
    (entry,) = store.about(record_subject(StackName.SHARED))
    assert entry.chain == "platform"
