"""What cannot be deployed or taken back: one message, a remedy, the documented exit code, nothing touched."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from slipway.model.environment import Environment
from slipway.ports.warehouse import Swapped
from tests.cli.conftest import Ended, Slipway
from tests.cli.rollouts.conftest import REVENUE, Place
from tests.doubles.deployments import holding
from tests.doubles.desk import MemoryDesk

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}


@pytest.fixture
def dev(places: Places) -> Place:
    """Where nearly everything is tried."""
    return places[Environment.DEV]


@pytest.mark.parametrize(
    ("words", "said", "remedy"),
    [
        ("deploy 00000000 -s dev", "there is no release 00000000", "slipway build"),
        ("deploy xyz -s dev", "'xyz' is no release", "eight"),
        ("deploy 00000000 -s qa", "'qa' is not one of", "see slipway deploy --help"),
        ("deploy 00000000", "Missing option '--environment'", "see slipway deploy --help"),
        ("rollback -s dev", "Missing argument 'PIPELINE'", "see slipway rollback --help"),
        ("rollback revenue -s qa", "'qa' is not one of", "see slipway rollback --help"),
        (
            "rollback revenue -s dev",
            "nothing of revenue that runs in dev was brought by a release",
            "slipway status -s dev says",
        ),
        (
            "rollback nosuch -s dev",
            "nothing of nosuch that runs in dev was brought by a release",
            "slipway status -s dev says",
        ),
        ("rollout tick", "Missing option '--environment'", "see slipway rollout tick --help"),
    ],
)
def test_what_cannot_be_right(slipway: Slipway, dev: Place, words: str, said: str, remedy: str) -> None:
    """Unknown release, pipeline and environment; words that are missing."""
    before = dev.seen
    _refused(slipway(*words.split()), 2, said, remedy)
    assert dev.seen == before


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("artifacts", "the bucket does not answer"),
        ("evidence", "the bucket does not answer"),
        ("ledger", "the ledger does not answer"),
        ("running", "the document store does not answer"),
    ],
)
def test_a_store_that_does_not_answer(
    slipway: Slipway, ship: Ship, dev: Place, store: str, said: str
) -> None:
    """Before anything is touched; once it answers the same command does it all."""
    release, before = ship(**VIEW), dev.seen
    getattr(dev.desk, store).reachable = False
    _refused(slipway("deploy", release, "-s", "dev"), 3, said, "once it does")
    assert dev.seen == before
    getattr(dev.desk, store).reachable = True
    assert slipway("deploy", release, "-s", "dev").code == 0


@pytest.mark.parametrize(
    ("store", "said"),
    [("journal", "the journal does not answer"), ("leases", "the lease store does not answer")],
)
def test_a_store_of_the_environment_that_does_not_answer(
    slipway: Slipway, ship: Ship, dev: Place, store: str, said: str
) -> None:
    """Nothing is done that could not be written down, or that somebody else may be doing."""
    release, before = ship(**VIEW), dev.seen
    getattr(dev, store).is_down = True
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 3
    assert f"error: {said}" in ended.err
    assert "remedy: " in ended.err
    assert dev.seen == before
    getattr(dev, store).is_down = False
    assert slipway("deploy", release, "-s", "dev").code == 0


@pytest.mark.parametrize("words", ["rollback revenue -s dev", "rollout tick -s dev", "status -s dev"])
def test_without_a_journal_nothing_is_taken_back_or_continued(
    slipway: Slipway, ship: Ship, dev: Place, words: str
) -> None:
    """It alone says what there is to take back, and what is under way."""
    assert slipway("deploy", ship(**VIEW), "-s", "dev").code == 0
    before = dev.seen
    dev.journal.is_down = True
    _refused(slipway(*words.split()), 3, "the journal does not answer", "once it does")
    assert dev.seen == before


@pytest.mark.parametrize("words", ["rollback revenue -s dev", "release bootstrap -s dev", "status -s dev"])
def test_without_documents_nobody_knows_what_runs(
    slipway: Slipway, ship: Ship, dev: Place, desk: MemoryDesk, words: str
) -> None:
    """An environment of which that cannot be read is none without a document."""
    assert slipway("deploy", ship(**VIEW), "-s", "dev").code == 0
    before = dev.seen
    desk.running.reachable = False
    _refused(slipway(*words.split()), 3, "the document store does not answer", "once it does")
    assert dev.seen == before


def test_a_journal_that_is_lost_on_the_way_interrupts(
    slipway: Slipway, ship: Ship, dev: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4 and not 3: production may be half-way, and the same command continues it."""
    release = ship(**VIEW)
    swap = dev.warehouse.swap

    def losing(one: Swapped, other: Swapped, *, within: timedelta | None = None) -> None:
        swap(one, other, within=within)
        dev.journal.is_down = True

    with monkeypatch.context() as patch:
        patch.setattr(dev.warehouse, "swap", losing)
        ended = slipway("deploy", release, "-s", "dev")
    said = f"deployment dev-{release}-1 is interrupted: the journal does not answer"
    _refused(ended, 4, said, "then run the same command again: it continues where this one was")
    dev.journal.is_down = False
    again = slipway("deploy", release, "-s", "dev")
    assert again.code == 0, again.err
    assert f"deployment dev-{release}-1 was begun before: continuing it" in again.err
    assert dev.warehouse.views[f"{REVENUE}_MONTHLY"] == "v2"


@pytest.mark.parametrize(
    "words", ["deploy {} -s dev", "deploy {} -s dev --explain", "rollback revenue -s dev"]
)
def test_an_environment_that_was_never_bootstrapped(
    slipway: Slipway, ship: Ship, dev: Place, desk: MemoryDesk, words: str
) -> None:
    """What a release would replace is not written down."""
    release = ship(**VIEW)
    before = dev.seen
    first = desk.running.stored.pop((Environment.DEV, 1))
    said = "dev has no environment document: what runs there is not written down"
    _refused(slipway(*words.format(release).split()), 1, said, "slipway release bootstrap -s dev")
    desk.running.stored[Environment.DEV, 1] = first
    assert dev.seen == before


def test_a_second_deployer_is_refused(slipway: Slipway, ship: Ship, dev: Place) -> None:
    """By name."""
    release, before = ship(**VIEW), dev.seen
    with holding(dev.leases, dev.desk.clock, "dev-x-1"):
        ended = slipway("deploy", release, "-s", "dev")
    said = "dev/revenue is being changed by dev-x-1 by ben"
    _refused(ended, 1, said, "wait for dev-x-1 by ben in a process to end")
    assert dev.seen == before


def test_without_an_approval_staging_stays_as_it_is(slipway: Slipway, ship: Ship, places: Places) -> None:
    """The gate says how many are missing, who can give them, and with which command."""
    release, digest = _explained(slipway, ship)
    before = places[Environment.STAGING].seen
    ended = slipway("deploy", release, "-s", "staging")
    assert ended.code == 1
    assert "0 of 1 approvals" in ended.out
    asked = "ask ben.okoro, henrik.olsen for"
    assert f"remedy: {asked} slipway approve {release} -s staging --effects {digest}" in ended.out
    assert places[Environment.STAGING].seen == before


def test_an_author_approves_nothing_of_their_own(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Refused when it is given, and so it is not there when it is counted."""
    release, digest = _explained(slipway, ship)
    before = places[Environment.STAGING].seen
    ended = _as(desk, "ana.silva", slipway, "approve", release, "-s", "staging", "--effects", digest)
    assert (ended.code, ended.out) == (1, "")
    assert f"error: ana.silva may not approve release {release}" in ended.err
    assert "remedy: " in ended.err
    ended = slipway("deploy", release, "-s", "staging")
    assert ended.code == 1
    assert "0 of 1 approvals" in ended.out
    assert places[Environment.STAGING].seen == before


def test_a_deployer_does_not_count_as_their_own_approver(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Whoever approved it has somebody else deploy it."""
    release, digest = _explained(slipway, ship)
    before = places[Environment.STAGING].seen
    given = _as(desk, "henrik.olsen", slipway, "approve", release, "-s", "staging", "--effects", digest)
    assert given.code == 0, given.err
    ended = _as(desk, "henrik.olsen", slipway, "deploy", release, "-s", "staging")
    assert ended.code == 1
    assert "0 of 1 approvals (with henrik.olsen as the deployer)" in ended.out
    assert "- does not count: henrik.olsen's of 2026-11-26 12:00 UTC: they deploy it" in ended.out
    assert places[Environment.STAGING].seen == before
    assert slipway("deploy", release, "-s", "staging").code == 0


def test_an_approval_for_another_environment_opens_nothing(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Staging's approval lets a release into staging alone, and prod asks for staging first."""
    release, digest = _explained(slipway, ship)
    assert (
        _as(desk, "henrik.olsen", slipway, "approve", release, "-s", "staging", "--effects", digest).code == 0
    )
    before = places[Environment.PROD].seen
    ended = slipway("deploy", release, "-s", "prod")
    assert ended.code == 1
    assert "staging has no verdict on" in ended.out
    assert "0 of 1 approvals" in ended.out
    assert places[Environment.PROD].seen == before


def _refused(ended: Ended, code: int, said: str, remedy: str) -> None:
    """An error of two lines on stderr, nothing on stdout."""
    assert (ended.code, ended.out) == (code, ""), ended.err
    message, told = ended.err.splitlines()[-2:]
    assert message.startswith("error: ")
    assert said in message
    assert told.startswith("  remedy: ")
    assert remedy in told


def _explained(slipway: Slipway, ship: Ship) -> tuple[str, str]:
    """A release that runs in dev, and the digest of what it would do in staging."""
    release = ship(**VIEW)
    assert slipway("deploy", release, "-s", "dev").code == 0
    explained = slipway("deploy", release, "-s", "staging", "--explain", "--format", "json")
    return release, json.loads(explained.out)["effects_digest"]


def _as(desk: MemoryDesk, person: str, slipway: Slipway, *words: str) -> Ended:
    """Run a command as somebody."""
    before, desk.identity.person = desk.identity.person, person
    ended = slipway(*words)
    desk.identity.person = before
    return ended
