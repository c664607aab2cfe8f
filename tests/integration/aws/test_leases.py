"""Leases: one holder at a time, and a token that only grows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from slipway.adapters.aws import DynamoLeases
from slipway.ports.leases import Lease, LeaseHeld, LeaseLost

pytestmark = pytest.mark.integration
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _acquire(leases: DynamoLeases, holder: str, now: datetime = NOON) -> Lease:
    return leases.acquire("prod/settlements", holder=holder, now=now, lasting=MINUTE)


def test_the_second_deployer_is_told_who_holds_it(leases: DynamoLeases) -> None:
    """And until when, and what to do."""
    first = _acquire(leases, "prod-1 by ana")
    assert (first.token, first.until) == (1, NOON + MINUTE)
    with pytest.raises(LeaseHeld) as held:
        _acquire(leases, "prod-2 by ben")
    assert (held.value.holder, held.value.until) == ("prod-1 by ana", NOON + MINUTE)
    assert "prod/settlements is being changed by prod-1 by ana" in held.value.message
    assert "wait for prod-1 by ana to end" in held.value.remedy


def test_of_many_at_once_one_gets_it(leases: DynamoLeases) -> None:
    """The write is conditional: there is no moment between looking and taking."""

    def attempt(number: int) -> Lease | None:
        try:
            return _acquire(leases, f"deployer {number}")
        except LeaseHeld:
            return None

    with ThreadPoolExecutor(12) as many:
        won = [lease for lease in many.map(attempt, range(24)) if lease]
    assert len(won) == 1


def test_an_ended_lease_is_taken_over_and_its_holder_is_refused(leases: DynamoLeases) -> None:
    """The one who slept too long learns it from the store, not from the clock."""
    slow = _acquire(leases, "slow")
    later = NOON + MINUTE
    quick = _acquire(leases, "quick", later)
    assert quick.token > slow.token
    with pytest.raises(LeaseLost, match=r"\(token 1\) has ended or is somebody else's"):
        leases.renew(slow, now=later, lasting=MINUTE)
    leases.release(slow)
    with pytest.raises(LeaseHeld):
        _acquire(leases, "third", later)


def test_what_is_held_is_listed(leases: DynamoLeases) -> None:
    """With its holder; neither what has ended nor what was given back."""
    given_back = leases.acquire("prod/risk", holder="prod-3 by ana", now=NOON, lasting=2 * MINUTE)
    leases.release(given_back)
    ended = _acquire(leases, "prod-1 by ana")
    held = leases.acquire("prod/revenue", holder="prod-2 by ben", now=NOON, lasting=2 * MINUTE)
    assert leases.held(now=NOON) == (held, ended)
    assert leases.held(now=NOON + MINUTE) == (held,)


def test_a_lease_that_has_ended_is_not_renewed(leases: DynamoLeases) -> None:
    """Somebody may have come and gone meanwhile: it has to be taken anew, with a higher token."""
    lease = _acquire(leases, "one")
    renewed = leases.renew(lease, now=NOON + MINUTE / 2, lasting=MINUTE)
    assert (renewed.token, renewed.until) == (1, NOON + MINUTE * 1.5)
    with pytest.raises(LeaseLost):
        leases.renew(renewed, now=renewed.until, lasting=MINUTE)


def test_the_same_process_again_has_it_with_a_higher_token(leases: DynamoLeases) -> None:
    """The answer to its first request was lost, and botocore has sent it again."""
    lost = _acquire(leases, "one")
    again = _acquire(leases, "one")
    assert again.token == lost.token + 1
    leases.renew(again, now=NOON, lasting=MINUTE)


def test_whoever_it_is_taken_over_from_is_fenced(leases: DynamoLeases) -> None:
    """Also before it has ended; a target that nobody has held yet may be taken so too."""
    living = _acquire(leases, "one")
    taken = leases.acquire("prod/settlements", holder="two", now=NOON, lasting=MINUTE, take_over=True)
    assert (taken.token, taken.holder) == (living.token + 1, "two")
    with pytest.raises(LeaseLost):
        leases.renew(living, now=NOON, lasting=MINUTE)
    leases.renew(taken, now=NOON, lasting=MINUTE)
    assert leases.acquire("prod/risk", holder="two", now=NOON, lasting=MINUTE, take_over=True).token == 1


def test_the_token_outlives_every_lease(leases: DynamoLeases) -> None:
    """It grows over releases too: what was written under an old one is always recognised as old."""
    held = []
    for number in range(4):
        held.append(_acquire(leases, f"holder {number}"))
        leases.release(held[-1])
    assert [lease.token for lease in held] == [1, 2, 3, 4]
    with pytest.raises(LeaseLost):
        leases.renew(held[-1], now=NOON, lasting=MINUTE)
