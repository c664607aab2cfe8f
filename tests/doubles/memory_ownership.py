"""Owners of layers and proofs in memory, as the ledger keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from slipway.adopt.records import OwnershipRecords
from slipway.attest import digest_of_document
from slipway.model.adoption import AdoptionProof, OwnershipChange
from slipway.model.digest import Digest
from slipway.model.environment import StackName
from slipway.ports.ledger import LedgerStoreError


@dataclass
class MemoryOwnership(OwnershipRecords):
    """Records of all stacks.

    Attributes:
        told: changes, oldest first.
        failed: changes that were taken back, with why.
        proofs: oldest first.
        version: the newest of the stack's state.
        answered: what somebody answers for: since when, until when.
        reachable: whether the ledger answers.
        writable: whether it takes anything.
    """

    told: list[OwnershipChange] = field(default_factory=list)
    failed: list[tuple[OwnershipChange, str]] = field(default_factory=list)
    proofs: list[AdoptionProof] = field(default_factory=list)
    version: str = "v1"
    answered: list[tuple[str, str]] = field(default_factory=list)
    reachable: bool = True
    writable: bool = True

    def changes(self, stack: StackName) -> Mapping[str, OwnershipChange]:
        self._answer()
        return {each.layer: each for each in self.told if each.stack is stack}

    def change(self, stack: StackName, layer: str) -> OwnershipChange | None:
        return self.changes(stack).get(layer)

    def proof(self, stack: StackName, layer: str) -> AdoptionProof | None:
        self._answer()
        own = [each for each in self.proofs if (each.stack, each.layer) == (stack, layer)]
        return own[-1] if own else None

    def record(self, change: OwnershipChange) -> None:
        newest = self.change(change.stack, change.layer)
        self._write()
        if newest is None or not newest.says_the_same(change):
            self.told.append(change)

    def refused(self, change: OwnershipChange, why: str) -> None:
        self._write()
        self.failed.append((change, why))

    def keep(self, proof: AdoptionProof) -> Digest:
        self._write()
        self.proofs.append(proof)
        return digest_of_document(proof)

    def state_version(self, stack: StackName) -> str:  # noqa: ARG002 - there is one
        return self.version

    def answer_for(self, stack: StackName, *, since: str, why: str) -> None:  # noqa: ARG002 - same
        self._write()
        self.answered.append((since, self.version))

    def _answer(self) -> None:
        if not self.reachable:
            raise LedgerStoreError("the ledger does not answer", remedy="try again once it does")

    def _write(self) -> None:
        self._answer()
        if not self.writable:
            raise LedgerStoreError("the ledger takes nothing", remedy="try again once it does")
