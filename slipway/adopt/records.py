"""Who owns which layer, as the ledger tells it: the only place where that is written down.

A layer's owner is what the newest change of it says. Where those changes are kept is not known here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from slipway.attest import digest_of
from slipway.model.adopted import AdoptedLayer, write_layer
from slipway.model.adoption import AdoptionProof, OwnedObject, Owner, OwnershipChange, Revision
from slipway.model.digest import Digest
from slipway.model.environment import StackName


class OwnershipRecords(Protocol):
    """Changes of owners and proofs, for good. What cannot be recorded is not done."""

    def changes(self, stack: StackName) -> Mapping[str, OwnershipChange]:
        """The newest change of each layer that a stack has, or had.

        Raises:
            LedgerStoreError: the ledger does not answer.
        """
        ...

    def change(self, stack: StackName, layer: str) -> OwnershipChange | None:
        """The newest change of one layer.

        Raises:
            LedgerStoreError: the ledger does not answer.
        """
        ...

    def proof(self, stack: StackName, layer: str) -> AdoptionProof | None:
        """The newest proof of a layer, whatever it has found.

        Raises:
            LedgerStoreError: the ledger does not answer.
        """
        ...

    def record(self, change: OwnershipChange) -> None:
        """Write a change down, unless the newest one says the same."""
        ...

    def refused(self, change: OwnershipChange, why: str) -> None:
        """Write down that a change was begun and taken back."""
        ...

    def keep(self, proof: AdoptionProof) -> Digest:
        """Keep a proof as evidence, and write down that it was made."""
        ...

    def state_version(self, stack: StackName) -> str:
        """The newest version of a stack's state; empty where the backend keeps none."""
        ...

    def answer_for(self, stack: StackName, *, since: str, why: str) -> None:
        """Say who answers for the versions of a stack's state that were written since one."""
        ...


def file_digest(layer: AdoptedLayer) -> Digest:
    """Return the digest of the file that the program declares a layer from."""
    return digest_of(write_layer(layer).encode())


def change_to(
    owner: Owner,
    layer: AdoptedLayer,
    *,
    states: Sequence[Revision],
    at: datetime,
    actor: str,
    proof: Digest | None = None,
) -> OwnershipChange:
    """Say that a layer has another owner.

    Args:
        owner: whose it is from now on.
        layer: as the program declares it, or declared it.
        states: what was looked at; only those that have, or had, something of the layer are named.
        at: when.
        actor: ARN of who does it.
        proof: digest of what it rests on.
    """
    lineages = {each.state for each in layer.resources}
    return OwnershipChange(
        layer=layer.layer,
        stack=layer.stack,
        owner=owner,
        proposal=layer.proposal,
        file=file_digest(layer),
        proof=proof,
        states=tuple(each for each in states if each.lineage in lineages),
        objects=tuple(
            OwnedObject(state=each.state, address=each.address, type=each.type, urn=each.urn, id=each.id)
            for each in layer.resources
        ),
        components=tuple(each.urn for each in layer.components),
        at=at,
        actor=actor,
    )
