"""Appending to chains: in order, by one writer or by many, over crashes."""

import pytest

from slipway.attest import digest_of, entry_content, origin_of
from slipway.audit import PLATFORM_CHAIN, ChainContested, Ledger, chain_of
from slipway.model.environment import Environment
from slipway.model.events import Event, EventKind
from slipway.ports.ledger import LedgerEntry, SequenceTaken
from tests.doubles.audited import DEPLOYMENT, event
from tests.doubles.records import MemoryLedger

OPENED, SEALED = event(EventKind.DEPLOYMENT_OPENED), event(EventKind.DEPLOYMENT_SEALED)


def _kinds(store: MemoryLedger, chain: str) -> list[str]:
    return [Event.model_validate_json(entry.event).kind.value for entry in store.entries(chain)]


def test_each_entry_names_the_one_before() -> None:
    """The first one names its chain: an entry fits in one place only."""
    store = MemoryLedger()
    ledger = Ledger(store)
    first, second = ledger.record(DEPLOYMENT, event()), ledger.record(DEPLOYMENT, event(subject="grants"))
    assert (first.sequence, first.previous) == (0, origin_of(DEPLOYMENT))
    assert (second.sequence, second.previous) == (1, first.digest)
    content = entry_content(chain=DEPLOYMENT, sequence=1, previous=first.digest, event=second.event)
    assert second.digest == digest_of(content)
    assert store.entries(DEPLOYMENT) == (first, second)


def test_a_second_process_goes_on_where_the_first_ended() -> None:
    """A deployment that was killed is continued by another process."""
    store = MemoryLedger()
    Ledger(store).record(DEPLOYMENT, event())
    assert Ledger(store).record(DEPLOYMENT, event()).sequence == 1


def test_two_writers_share_an_environments_chain() -> None:
    """Whoever comes second takes the next place."""
    store = MemoryLedger()
    one, two = Ledger(store), Ledger(store)
    for number, ledger in enumerate((one, two, one, two)):
        ledger.record(chain_of(Environment.PROD), event(subject=str(number)))
    assert [entry.sequence for entry in store.entries("prod")] == [0, 1, 2, 3]


def test_a_deployments_chain_has_one_writer() -> None:
    """The older process finds its next place taken: it must stop, for its lease is gone."""
    store = MemoryLedger()
    zombie, heir = Ledger(store), Ledger(store)
    zombie.record(DEPLOYMENT, event())
    heir.record(DEPLOYMENT, event(subject="resumed"))
    with pytest.raises(ChainContested) as contested:
        zombie.record(DEPLOYMENT, event(subject="swap"))
    assert "another process writes the ledger of prod-0123456789ab-1" in contested.value.message
    assert "leave the deployment to it" in contested.value.remedy


class _HalfWritten(MemoryLedger):
    """Lets the first append fail as if a process had died before it, its entry begun."""

    def append(self, entry: LedgerEntry) -> None:
        if not self.stored:
            super().append(Ledger(MemoryLedger()).record(entry.chain, event(subject="of the dead")))
            raise SequenceTaken("taken", remedy="read again")
        super().append(entry)


def test_the_last_entry_of_a_killed_process_is_no_rival() -> None:
    """Its successor finds the place taken once, and goes on after it."""
    store = _HalfWritten()
    assert Ledger(store).record(DEPLOYMENT, event()).sequence == 1


def test_a_deployment_is_opened_and_sealed_in_its_environments_chain() -> None:
    """Where it says how long the chain is and how it ends: a cut one is found."""
    store = MemoryLedger()
    ledger = Ledger(store)
    ledger.open_deployment(OPENED)
    ledger.record(DEPLOYMENT, event())
    ledger.seal_deployment(SEALED)
    assert _kinds(store, DEPLOYMENT) == ["deployment-opened", "stage-done", "deployment-sealed"]
    assert _kinds(store, "prod") == ["deployment-opened", "deployment-sealed"]
    last = store.last(DEPLOYMENT)
    assert last is not None
    told = Event.model_validate_json(store.entries("prod")[1].event).figures
    assert told == {"entries": "3", "head": last.digest}


@pytest.mark.parametrize("told", [0, 1, 2])
def test_opening_and_sealing_again_changes_nothing(told: int) -> None:
    """A process may die between any two of the four entries."""
    store = MemoryLedger()
    ledger = Ledger(store)
    for chain in ["prod", DEPLOYMENT][:told]:
        ledger.record(chain, OPENED)
    for _ in range(2):
        Ledger(store).open_deployment(OPENED)
    for _ in range(2):
        Ledger(store).seal_deployment(SEALED)
    assert _kinds(store, DEPLOYMENT) == ["deployment-opened", "deployment-sealed"]
    assert _kinds(store, "prod") == ["deployment-opened", "deployment-sealed"]


def test_a_seal_that_was_not_told_is_told_later() -> None:
    """Killed between the seal and its news."""
    store = MemoryLedger()
    Ledger(store).open_deployment(OPENED)
    Ledger(store).record(DEPLOYMENT, SEALED)
    Ledger(store).seal_deployment(SEALED)
    assert _kinds(store, DEPLOYMENT) == ["deployment-opened", "deployment-sealed"]
    assert _kinds(store, "prod") == ["deployment-opened", "deployment-sealed"]


@pytest.mark.parametrize("chain", ["", "prod/x", "../prod", "Prod"])
def test_a_name_that_would_lie_in_another_chains_folder_is_a_fault(chain: str) -> None:
    """Locked copies lie below their chain's name."""
    with pytest.raises(ValueError, match="is no name of a chain"):
        Ledger(MemoryLedger()).record(chain, event())


def test_what_is_no_environments_is_the_platforms() -> None:
    """Checks and builds."""
    assert (chain_of(None), chain_of(Environment.DEV)) == (PLATFORM_CHAIN, "dev")
