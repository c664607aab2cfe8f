"""Whether a layer can be released, and how far that is: what Terraform still has of it. Pure.

The order is the one that cannot destroy: Pulumi is proven to own the layer, then Terraform forgets it, and
only when its state shows that it has, the layer is Pulumi's alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from slipway.adopt.faults import NotFree, NotProven, NotTold, ProposalOutdated
from slipway.adopt.forgetting import Forgetting
from slipway.adopt.records import file_digest
from slipway.adopt.state import State
from slipway.model.adopted import AdoptedLayer, AdoptedResource
from slipway.model.adoption import AdoptionProof, Owner, OwnershipChange, Result, Revision, Side
from slipway.model.digest import Digest
from slipway.ports.terraform_engine import PlannedChange

_NEEDED: Final = (Side.OWNED, Side.PREVIEW)
"""The sides that can always be looked at."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What Terraform still has of a layer.

    Attributes:
        there: resources that one of its states has.
        gone: the others.
    """

    there: tuple[AdoptedResource, ...]
    gone: tuple[AdoptedResource, ...]


def standing(layer: AdoptedLayer, states: Sequence[State]) -> Standing:
    """Look for every address of a layer.

    Args:
        layer: which.
        states: all that have, or had, something of it.

    Raises:
        NotTold: one of them was not named.
    """
    lineages = {state.id.lineage for state in states}
    missing = sorted({each.state for each in layer.resources} - lineages)
    if missing:
        raise NotTold(
            f"the layer {layer.layer} is of the state with the lineage {missing[0]}, which was not named",
            remedy="name every state of the layer as it is now: --state STATE",
        )
    known = {(state.id.lineage, each.address) for state in states for each in state.instances}
    there = tuple(each for each in layer.resources if (each.state, each.address) in known)
    gone = tuple(each for each in layer.resources if (each.state, each.address) not in known)
    return Standing(there=there, gone=gone)


def require_adopted(layer: AdoptedLayer, change: OwnershipChange | None) -> OwnershipChange:
    """Prove that the ledger knows of the import of a layer.

    Raises:
        NotTold: it does not.
    """
    if change is None or change.owner is Owner.HANDED_BACK:
        raise NotTold(
            f"the ledger does not say that {layer.layer} was imported into {layer.stack}",
            remedy="run slipway adopt import with its proposal again: it takes nothing that is there",
        )
    return change


def require_proven(layer: AdoptedLayer, proof: AdoptionProof | None, held: Digest) -> AdoptionProof:
    """Prove that a layer's newest proof is of the layer as it is, and of every side that can be looked at.

    Args:
        layer: as the program declares it.
        proof: the newest one.
        held: digest of what the stack's state says of the layer now.

    Raises:
        NotProven: it is not.
    """
    again = f"slipway adopt verify -s {layer.stack} --layer {layer.layer} --state STATE --terraform FOLDER"
    if proof is None:
        raise NotProven(f"the layer {layer.layer} was never verified", remedy=again)
    for says in _unfit(layer, proof, held):
        raise NotProven(f"the proof of {layer.layer} of {proof.at:%Y-%m-%d %H:%M} UTC {says}", remedy=again)
    return proof


def _unfit(layer: AdoptedLayer, proof: AdoptionProof, held: Digest) -> Iterator[str]:
    if proof.file != file_digest(layer):
        yield "is of another file of the layer"
    if proof.pulumi != held:
        yield "is of another state of the stack: what that says of the layer was changed since"
    found = {each.side: each for each in proof.findings}
    for side in Side:
        finding = found.get(side)
        if finding is None or finding.left_out:
            yield f"has left a side out: {side}"
        elif finding.result is Result.REFUTED:
            yield f"refutes a side: {side}"
        elif side in _NEEDED and finding.result is not Result.PROVEN:
            yield f"does not prove a side: {side}"


def require_revisions(
    layer: AdoptedLayer, proof: AdoptionProof, states: Sequence[State], found: Standing
) -> None:
    """Prove that a proof is of Terraform's states as they are, or as they were before they began to forget.

    Raises:
        ProposalOutdated: a state was changed otherwise, or is an older revision.
    """
    proven: Mapping[str, Revision] = {each.lineage: each for each in proof.states}
    for state in _own(layer, states):
        revision = proven.get(state.id.lineage)
        if revision is None:
            raise ProposalOutdated(
                f"the proof of {layer.layer} does not say that it has seen {state.id.source}",
                remedy="verify the layer again, with that state: slipway adopt verify --state STATE",
            )
        is_same = state.id.digest == revision.digest
        if not is_same and (not found.gone or state.id.serial <= revision.serial):
            raise ProposalOutdated(
                f"{state.id.source} is another revision than was proven: serial {state.id.serial}, "
                f"proven was serial {revision.serial}",
                remedy="name the state as it is now, and verify the layer again",
            )


def require_forgotten(layer: AdoptedLayer, change: OwnershipChange, states: Sequence[State]) -> None:
    """Prove that states without a layer come after those that it was imported from.

    Raises:
        ProposalOutdated: one is as old, or older: it has forgotten nothing.
    """
    imported = {each.lineage: each for each in change.states}
    for state in _own(layer, states):
        before = imported.get(state.id.lineage)
        if before is not None and state.id.serial <= before.serial:
            raise ProposalOutdated(
                f"{state.id.source} has the serial {state.id.serial}, and was imported with {before.serial}: "
                "it is older than what it is to prove",
                remedy="name the state as it is now: --state STATE",
            )


def require_one_owner(layer: AdoptedLayer, found: Standing) -> None:
    """Prove that Terraform has nothing of a layer that was released before.

    Raises:
        NotFree: it has something again.
    """
    if found.there:
        raise NotFree(
            f"{found.there[0].address} has two owners: the layer {layer.layer} was released, and Terraform "
            "has it again",
            remedy="have Terraform forget it, or hand the layer back: slipway adopt handback",
        )


def judge_plan(found: Forgetting, changes: Collection[PlannedChange]) -> tuple[str, ...]:
    """Say what of a plan is not the release: nothing but the layer is forgotten, and nothing is changed.

    Args:
        found: what is to be forgotten.
        changes: what an apply would do.
    """
    wrong = [
        f"{each}: a release changes nothing" for each in changes if not each.forgets and not each.is_output
    ]
    forgotten = {each.address for each in changes if each.forgets}
    strange = sorted(forgotten - {*found.named, *found.besides})
    missing = sorted({*found.named} - forgotten)
    return (
        *wrong,
        *(f"{each}: would be forgotten, and is not the layer's" for each in strange),
        *(f"{each}: would not be forgotten" for each in missing),
    )


def _own(layer: AdoptedLayer, states: Sequence[State]) -> Iterator[State]:
    lineages = {each.state for each in layer.resources}
    return (state for state in states if state.id.lineage in lineages)
