"""Owners of layers and their proofs in the platform's ledger and evidence store.

It is the ledger of `slipway deploy`: changes of an environment's layers are in that environment's chain,
those of `shared` in the platform's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slipway.adopt.records import OwnershipRecords
from slipway.audit import EvidenceStore, chain_of
from slipway.audit.stack_audit import record_states
from slipway.cli import wiring
from slipway.cli.desk import Desk, ledger_of
from slipway.model.adoption import (
    LAYER,
    OWNER,
    AdoptionProof,
    OwnershipChange,
    Result,
    layers_subject,
)
from slipway.model.digest import Digest
from slipway.model.environment import StackName
from slipway.model.errors import SlipwayError
from slipway.model.events import REASON, Event, EventKind, Outcome
from slipway.model.stack_states import Span
from slipway.ports.stack_engine import StackVersions


class RecordOfAnotherKind(SlipwayError):  # noqa: N818 - it says what is the case
    """An event about a layer names a document that is no change of owners, or no proof."""


@dataclass(frozen=True, kw_only=True)
class LedgerRecords(OwnershipRecords):
    """The records of all stacks.

    Attributes:
        desk: ledger and evidence.
        versions: of the stacks' states.
    """

    desk: Desk
    versions: StackVersions

    @classmethod
    def here(cls) -> "LedgerRecords":
        """Those of the platform that is used here."""
        return cls(desk=wiring.build_desk(), versions=wiring.stack_versions())

    @property
    def actor(self) -> str:
        """ARN of who acts."""
        return self.desk.identity.caller().arn

    def changes(self, stack: StackName) -> Mapping[str, OwnershipChange]:
        """Read the newest document of each layer."""
        newest = {each.figures[LAYER]: each for each in self._told(stack, EventKind.OWNERSHIP_CHANGED)}
        return {layer: self._change(event) for layer, event in sorted(newest.items())}

    def change(self, stack: StackName, layer: str) -> OwnershipChange | None:
        """Read the newest document of a layer."""
        told = [
            each for each in self._told(stack, EventKind.OWNERSHIP_CHANGED) if each.figures[LAYER] == layer
        ]
        return self._change(told[-1]) if told else None

    def proof(self, stack: StackName, layer: str) -> AdoptionProof | None:
        """Read the newest proof of a layer."""
        told = [each for each in self._told(stack, EventKind.LAYER_VERIFIED) if each.figures[LAYER] == layer]
        if not told:
            return None
        found = self._evidence.get(told[-1].evidence[0])
        if not isinstance(found, AdoptionProof):
            raise _other_kind(told[-1])
        return found

    def record(self, change: OwnershipChange) -> None:
        """Keep the document, then tell the ledger of it."""
        newest = self.change(change.stack, change.layer)
        if newest is None or not newest.says_the_same(change):
            said = f"the layer {change.layer} of {change.stack} is now: {change.owner}"
            self._tell_change(change, Outcome.SUCCESS, said)

    def refused(self, change: OwnershipChange, why: str) -> None:
        """Tell the ledger of what was taken back."""
        said = f"the layer {change.layer} of {change.stack} did not become: {change.owner}"
        self._tell_change(change, Outcome.FAILURE, said, {REASON: why})

    def keep(self, proof: AdoptionProof) -> Digest:
        """Keep the proof, then tell the ledger of it."""
        digest = self._evidence.put(proof)
        self._tell(
            proof.stack,
            Event(
                kind=EventKind.LAYER_VERIFIED,
                outcome=Outcome.FAILURE if proof.result is Result.REFUTED else Outcome.SUCCESS,
                at=proof.at,
                actor=proof.actor,
                environment=proof.stack.environment,
                subject=layers_subject(proof.stack),
                evidence=(digest,),
                figures={LAYER: proof.layer, **{each.side: each.result for each in proof.findings}},
                message=f"the layer {proof.layer} of {proof.stack} was verified: {proof.result}",
            ),
        )
        return digest

    def state_version(self, stack: StackName) -> str:
        """Ask the backend."""
        return self.versions.newest(stack) or ""

    def answer_for(self, stack: StackName, *, since: str, why: str) -> None:
        """Take on record what was written since, where that is anything."""
        until = self.versions.newest(stack)
        if until is not None and until != since:
            record_states(
                ledger_of(self.desk),
                stack,
                [Span(after=since, until=until)],
                reason=why,
                actor=self.actor,
                at=self.desk.clock.now(),
            )

    def _tell_change(
        self, change: OwnershipChange, outcome: Outcome, said: str, more: Mapping[str, str] | None = None
    ) -> None:
        digest = self._evidence.put(change)
        self._tell(
            change.stack,
            Event(
                kind=EventKind.OWNERSHIP_CHANGED,
                outcome=outcome,
                at=change.at,
                actor=change.actor,
                environment=change.stack.environment,
                subject=layers_subject(change.stack),
                evidence=(digest, *([] if change.proof is None else [change.proof])),
                figures={
                    LAYER: change.layer,
                    OWNER: change.owner,
                    "resources": str(len(change.objects)),
                    "components": str(len(change.components)),
                    "proposal": change.proposal,
                    "states": " ".join(f"{each.lineage}@{each.serial}" for each in change.states),
                    **(more or {}),
                },
                message=said,
            ),
        )

    def _tell(self, stack: StackName, event: Event) -> None:
        ledger_of(self.desk).record(chain_of(stack.environment), event)

    def _told(self, stack: StackName, kind: EventKind) -> Iterator[Event]:
        """What has come to be, oldest first; a change that was taken back has not, a refuted proof has."""
        for entry in self.desk.ledger.about(layers_subject(stack)):
            event = Event.model_validate_json(entry.event)
            is_taken_back = kind is EventKind.OWNERSHIP_CHANGED and event.outcome is not Outcome.SUCCESS
            if event.kind is kind and not is_taken_back:
                yield event

    def _change(self, event: Event) -> OwnershipChange:
        found = self._evidence.get(event.evidence[0])
        if not isinstance(found, OwnershipChange):
            raise _other_kind(event)
        return found

    @property
    def _evidence(self) -> EvidenceStore:
        return EvidenceStore(self.desk.evidence, self.desk.clock)


def _other_kind(event: Event) -> RecordOfAnotherKind:
    return RecordOfAnotherKind(
        f"the ledger's event of {event.at:%Y-%m-%d %H:%M} about {event.figures[LAYER]} names a document "
        "of another kind",
        remedy="run slipway audit verify, and tell the auditor what it finds",
    )
