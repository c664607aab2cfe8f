"""What became of releases in an environment: how each stands, by its deployments alone."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import pytest

from slipway.audit.passages import Passage, Place, State, places_of
from slipway.audit.trace import ReleaseTrace, Told, Trace
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId, Event, EventKind, Outcome
from tests.doubles.audited import NOON, TABLE

OLD, NEW = Digest("sha256:" + "a" * 64), Digest("sha256:" + "b" * 64)
OTHER = "snowflake://FINEDGE.MARTS.RISK"
OPENED, SEALED, FAILED = EventKind.DEPLOYMENT_OPENED, EventKind.DEPLOYMENT_SEALED, EventKind.STAGE_FAILED
PARKED, RESUMED = EventKind.PARKED, EventKind.RESUMED


def _told(
    release: Digest,
    what: str,
    *kinds: EventKind,
    at: int,
    ended: Outcome = Outcome.SUCCESS,
    datasets: tuple[str, ...] = (TABLE,),
) -> Iterable[Told]:
    """A deployment's events, a minute apart; the environment's chain repeats the first and the last."""
    id_ = DeploymentId(f"prod-{what}-1")
    made = partial(
        Event,
        actor="arn:aws:iam::111122223333:user/grace.kim",
        environment=Environment.PROD,
        deployment=id_,
        release=release,
        subject=id_,
        datasets=datasets,
    )
    for number, kind in enumerate(kinds):
        outcome = ended if kind is SEALED else Outcome.SUCCESS
        event = made(kind=kind, outcome=outcome, at=NOON + timedelta(minutes=at + number))
        yield Told(chain=id_, sequence=number, event=event)
        if kind in {OPENED, SEALED}:
            yield Told(chain="prod", sequence=at + number, event=event)


def _place(*told: Iterable[Told], subject: str = TABLE) -> Place:
    flat = [each for some in told for each in some]
    releases = tuple(
        ReleaseTrace(
            release=release,
            manifest=None,
            signers=(),
            trouble="",
            told=tuple(each for each in flat if each.event.release == release),
            documents=(),
        )
        for release in (NEW, OLD)
    )
    (place,) = places_of(Trace(subject=subject, releases=releases, earlier=0, others=()))
    return place


def _states(place: Place) -> list[tuple[str, State]]:
    return [(passage.deployed.id, passage.state) for passage in place.passages]


BEFORE = tuple(_told(OLD, "aaaaaaaaaaaa", OPENED, SEALED, at=0))


def test_of_a_table_the_newest_that_went_in_runs() -> None:
    """The one before was replaced; the pairs of both chains are one deployment each."""
    place = _place(BEFORE, _told(NEW, "bbbbbbbbbbbb", OPENED, SEALED, at=10))
    assert _states(place) == [
        ("prod-bbbbbbbbbbbb-1", State.RUNS),
        ("prod-aaaaaaaaaaaa-1", State.REPLACED),
    ]
    newest = place.passages[0].deployed
    assert newest.sealed is not None
    assert newest.sealed.at - newest.opened.at == timedelta(minutes=1)


def test_what_a_release_was_asked_for_by_its_digest_only_went_in() -> None:
    """Nobody asked what came after it."""
    assert _states(_place(BEFORE, subject=OLD)) == [("prod-aaaaaaaaaaaa-1", State.WENT_IN)]


@pytest.mark.parametrize(
    ("kinds", "ended", "state"),
    [
        ((OPENED, FAILED, SEALED), Outcome.FAILURE, State.STOPPED),
        ((OPENED, PARKED), Outcome.SUCCESS, State.UNDER_WAY),
    ],
)
def test_what_did_not_go_in_leaves_what_ran(
    kinds: tuple[EventKind, ...], ended: Outcome, state: State
) -> None:
    """Stopped, or not there yet: the release of before runs on."""
    place = _place(BEFORE, _told(NEW, "bbbbbbbbbbbb", *kinds, at=10, ended=ended))
    assert [state for _, state in _states(place)] == [state, State.RUNS]


def test_what_was_rolled_back_gives_way_to_what_ran_before() -> None:
    """The way back is part of the release's own story."""
    place = _place(
        BEFORE,
        _told(NEW, "bbbbbbbbbbbb", OPENED, SEALED, at=10),
        _told(NEW, "rollback-bbbbbbbbbbbb", OPENED, SEALED, at=20),
    )
    assert _states(place) == [
        ("prod-bbbbbbbbbbbb-1", State.ROLLED_BACK),
        ("prod-aaaaaaaaaaaa-1", State.RUNS),
    ]
    assert [each.id for each in place.passages[0].ways_back] == ["prod-rollback-bbbbbbbbbbbb-1"]


def test_taking_another_table_back_is_not_taking_this_one_back() -> None:
    """A release of two pipelines, of which the other one was rolled back."""
    deployed = tuple(_told(NEW, "bbbbbbbbbbbb", OPENED, SEALED, at=10, datasets=(TABLE, OTHER)))
    back = tuple(_told(NEW, "rollback-bbbbbbbbbbbb", OPENED, SEALED, at=20, datasets=(OTHER,)))
    for subject, state in (
        (TABLE, State.RUNS),
        (NEW, State.ROLLED_BACK_IN_PART),
        (OTHER, State.ROLLED_BACK),
    ):
        found = _only(_place(deployed, back, subject=subject))
        assert (found.state, len(found.ways_back)) == (state, 1)


def test_a_way_back_that_failed_leaves_it_running() -> None:
    """It is told, and changes nothing."""
    failed = _told(NEW, "rollback-bbbbbbbbbbbb", OPENED, SEALED, at=20, ended=Outcome.FAILURE)
    found = _only(_place(_told(NEW, "bbbbbbbbbbbb", OPENED, SEALED, at=10), failed))
    assert (found.state, len(found.ways_back)) == (State.RUNS, 1)


def test_a_second_look_belongs_to_what_it_looks_at() -> None:
    """And stops it where it finds late rows."""
    deployed = tuple(_told(NEW, "bbbbbbbbbbbb", OPENED, SEALED, at=10))
    for ended, state in ((Outcome.SUCCESS, State.RUNS), (Outcome.FAILURE, State.STOPPED)):
        look = _told(NEW, "second-look-bbbbbbbbbbbb", OPENED, SEALED, at=20, ended=ended)
        found = _only(_place(deployed, look))
        assert ([each.id for each in found.looks], found.state) == (
            ["prod-second-look-bbbbbbbbbbbb-1"],
            state,
        )


@pytest.mark.parametrize(("kinds", "waits"), [((OPENED, PARKED), True), ((OPENED, PARKED, RESUMED), False)])
def test_what_it_waits_for_is_known_until_it_has_come(kinds: tuple[EventKind, ...], waits: bool) -> None:  # noqa: FBT001 - a row of the table
    """A wait that is over is no news."""
    found = _only(_place(_told(NEW, "bbbbbbbbbbbb", *kinds, at=10)))
    assert (found.deployed.waits is not None) is waits


def test_a_rollback_alone_is_told_where_nothing_else_is_known() -> None:
    """Such as of a release whose own deployment lies before the ledger's index."""
    found = _only(_place(_told(NEW, "rollback-bbbbbbbbbbbb", OPENED, SEALED, at=20)))
    assert (found.deployed.id, found.state) == ("prod-rollback-bbbbbbbbbbbb-1", State.ROLLED_BACK)


def _only(place: Place) -> Passage:
    (passage,) = place.passages
    return passage
