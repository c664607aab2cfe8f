"""What the ledger keeps of owners and proofs, and what it does not take for one."""

from dataclasses import dataclass, field

import pytest

from slipway.audit import Ledger
from slipway.cli.adopt_records import LedgerRecords, RecordOfAnotherKind
from slipway.model.adoption import LAYER, Owner, Result, Side, SideFinding, layers_subject
from slipway.model.digest import hex_of
from slipway.model.environment import StackName
from slipway.model.events import REASON, Event, EventKind, Outcome
from slipway.model.stack_states import STATE_FROM, STATE_TO
from slipway.ports.stack_engine import StackVersion, StackVersions
from tests.doubles.adopted_layers import AT, a_change, a_layer, a_proof, all_but
from tests.doubles.desk import MemoryDesk
from tests.doubles.terraform_states import a_resource, read

LAKE = a_layer()
STATE = read(a_resource())


@dataclass
class Versions(StackVersions):
    """Ids, oldest first."""

    ids: list[str] = field(default_factory=lambda: ["v1"])

    def newest(self, stack: StackName) -> str | None:  # noqa: ARG002 - there is one
        return self.ids[-1] if self.ids else None

    def versions(self, stack: StackName) -> tuple[StackVersion, ...]:
        raise AssertionError(stack)


@pytest.fixture
def records() -> LedgerRecords:
    """A ledger in memory."""
    return LedgerRecords(desk=MemoryDesk(), versions=Versions())


def _told(records: LedgerRecords) -> list[Event]:
    assert isinstance(records.desk, MemoryDesk)
    return records.desk.told


def test_the_newest_change_of_each_layer_is_the_map(records: LedgerRecords) -> None:
    """What says the same is told once."""
    other = a_change(Owner.BOTH, a_layer(layer="other"), STATE)
    for change in (a_change(Owner.BOTH, LAKE, STATE), other, a_change(Owner.PULUMI, LAKE, STATE)):
        records.record(change)
        records.record(change.model_copy(update={"actor": "ben"}))
    assert {name: each.owner for name, each in records.changes(StackName.DEV).items()} == {
        "lake": Owner.PULUMI,
        "other": Owner.BOTH,
    }
    assert len(_told(records)) == 3
    assert records.changes(StackName.PROD) == {}
    assert records.change(StackName.DEV, "none") is None


def test_what_was_taken_back_is_in_the_ledger_and_owns_nothing(records: LedgerRecords) -> None:
    """With its reason."""
    records.refused(a_change(Owner.BOTH, LAKE, STATE), "a provider says no")
    (event,) = _told(records)
    assert (event.outcome, event.figures[REASON]) == (Outcome.FAILURE, "a provider says no")
    assert records.change(StackName.DEV, "lake") is None


def test_the_newest_proof_counts_also_where_it_refutes(records: LedgerRecords) -> None:
    """An older one that was better is no proof any more."""
    records.keep(a_proof(LAKE, STATE))
    refuted = SideFinding(side=Side.PREVIEW, result=Result.REFUTED, says=("urn: update",))
    worse = a_proof(LAKE, STATE, findings=all_but(Side.PREVIEW, refuted))
    digest = records.keep(worse)
    assert records.proof(StackName.DEV, "lake") == worse
    event = _told(records)[-1]
    assert (event.outcome, event.evidence, event.figures["preview"]) == (
        Outcome.FAILURE,
        (digest,),
        "refuted",
    )
    assert records.proof(StackName.DEV, "other") is None


def test_evidence_is_locked_as_its_stack_asks(records: LedgerRecords) -> None:
    """Dev's for its days, shared's by the bucket's own rule; shared is told in the platform's chain."""
    assert isinstance(records.desk, MemoryDesk)
    records.keep(a_proof(LAKE, STATE))
    assert len(records.desk.evidence.locks) == 1
    digest = records.keep(a_proof(a_layer(stack=StackName.SHARED), STATE))
    assert f"evidence/{hex_of(digest)}.json" not in records.desk.evidence.locks
    assert {chain for chain, _ in records.desk.ledger.stored} == {"dev", "platform"}


def test_somebody_answers_for_the_versions_of_a_state(records: LedgerRecords) -> None:
    """From the one that was newest before; nothing is told where nothing was written, or none is kept."""
    assert isinstance(records.versions, Versions)
    records.answer_for(StackName.DEV, since="v1", why="nothing")
    assert _told(records) == []
    records.versions.ids.append("v2")
    records.answer_for(StackName.DEV, since="v1", why="an import")
    (event,) = _told(records)
    assert (event.kind, event.subject) == (EventKind.STATE_RECORDED, "state of dev")
    assert (event.figures[STATE_FROM], event.figures[STATE_TO]) == ("v1", "v2")
    records.versions.ids.clear()
    assert records.state_version(StackName.DEV) == ""
    records.answer_for(StackName.DEV, since="v1", why="nothing")
    assert len(_told(records)) == 1


def test_a_document_of_another_kind_is_told(records: LedgerRecords) -> None:
    """An event that names a proof as a change was not written by slipway."""
    digest = records.keep(a_proof(LAKE, STATE))
    Ledger(records.desk.ledger).record(
        "dev",
        Event(
            kind=EventKind.OWNERSHIP_CHANGED,
            outcome=Outcome.SUCCESS,
            at=AT,
            actor="somebody",
            subject=layers_subject(StackName.DEV),
            evidence=(digest,),
            figures={LAYER: "lake"},
        ),
    )
    with pytest.raises(RecordOfAnotherKind, match="about lake names a document of another kind"):
        records.change(StackName.DEV, "lake")
