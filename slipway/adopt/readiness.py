"""Whether a proposal can be imported as it was reviewed: nothing that it was made of has changed. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from slipway.adopt.faults import NotAdoptable, NotFree, ProposalOutdated
from slipway.adopt.proposal import Proposal, ProposedResource
from slipway.adopt.state import Instance, State
from slipway.model.adoption import Owner, OwnershipChange, Revision
from slipway.model.digest import short
from slipway.model.environment import StackName
from slipway.ports.resource_types import ResourceTypes
from slipway.ports.stack_imports import Held, Taken

_AGAIN: Final = "run slipway adopt propose again, and review what it writes"


def require_place(proposal: Proposal, stack: StackName, project: str, types: ResourceTypes) -> None:
    """Prove that a proposal is for this stack, through these SDKs, and leaves nothing to be settled.

    Raises:
        ProposalOutdated: it is for another one.
        NotAdoptable: something has two owners.
    """
    if (proposal.stack, proposal.project) != (stack.value, project):
        raise ProposalOutdated(
            f"the proposal of {proposal.layer} is for stack {proposal.stack} of {proposal.project}, "
            f"not for {stack} of {project}",
            remedy=f"name that stack: -s {proposal.stack}, or propose for this one",
        )
    for use in proposal.providers:
        installed = types.version(use.package)
        if installed != use.version:
            raise ProposalOutdated(
                f"the proposal of {proposal.layer} was made with pulumi-{use.package} {use.version}, "
                f"{installed} is installed",
                remedy=_AGAIN,
            )
    blocking = [each for each in proposal.overlaps if each.blocks]
    if blocking:
        first = blocking[0]
        raise NotAdoptable(
            f"{first.address} and {first.other} ({first.kind}): {first.says}",
            remedy="settle that first, then propose again",
        )


def require_importable(proposal: Proposal, change: OwnershipChange | None) -> None:
    """Prove that Terraform still has a layer of that name, if somebody has adopted one before.

    Args:
        proposal: of the layer.
        change: the newest of its owners; None: it had Terraform only.

    Raises:
        NotFree: Terraform has forgotten it.
    """
    if change is not None and change.owner is Owner.PULUMI:
        raise NotFree(
            f"the layer {proposal.layer} is Pulumi's alone since {change.at:%Y-%m-%d %H:%M} UTC: "
            "Terraform has forgotten it",
            remedy="give this one another name; slipway adopt handback returns that one",
        )


def require_unchanged(proposal: Proposal, states: Sequence[State]) -> Mapping[tuple[str, str], Instance]:
    """Prove that the states are the revisions that were proposed, and find the layer's instances.

    Returns:
        Them, by lineage and address.

    Raises:
        ProposalOutdated: a state is missing, or another revision.
        NotAdoptable: an instance is tainted, or deposed.
    """
    found = {state.id.lineage: state for state in states}
    for revision in proposal.states:
        _require_same(revision, found.get(revision.lineage))
    instances = {
        (state.id.lineage, instance.address): instance for state in states for instance in state.instances
    }
    for resource in proposal.resources:
        _require_sound(resource, instances.get((resource.state, resource.address)))
    return instances


def _require_same(revision: Revision, state: State | None) -> None:
    if state is None:
        raise ProposalOutdated(
            f"the state {revision.source} with the lineage {revision.lineage} was proposed, and is not there",
            remedy="name that state with --state, or propose again",
        )
    now = state.id
    if (now.serial, now.digest) != (revision.serial, revision.digest):
        raise ProposalOutdated(
            f"{now.source} was changed since the proposal: serial {now.serial}, {short(now.digest)}; "
            f"proposed was serial {revision.serial}, {short(revision.digest)}",
            remedy=_AGAIN,
        )


def _require_sound(resource: ProposedResource, instance: Instance | None) -> None:
    if instance is None:
        raise NotAdoptable(f"{resource.address} is not in the state, or deposed only", remedy=_AGAIN)
    if instance.tainted:
        raise NotAdoptable(
            f"{resource.address} is tainted: the next apply replaces it",
            remedy="apply, or `terraform untaint`, then propose again",
        )


def require_free(taken: Sequence[Taken], held: Sequence[Held]) -> None:
    """Prove that no URN and no object of a layer is anybody else's in the stack.

    What is there already by the same URN and id was imported before.

    Raises:
        NotFree: one is.
    """
    by_urn = {each.urn: each for each in held}
    by_object = {(each.type, each.id): each for each in held if each.id}
    for each in taken:
        there = by_urn.get(each.urn)
        if there is not None and (there.type, there.id) != (each.type, each.id):
            raise NotFree(
                f"{each.urn} is in Pulumi's state already, by another id: {there.id}, not {each.id}",
                remedy="give the layer another name, or take that resource out of the state first",
            )
        owner = by_object.get((each.type, each.id)) if each.id else None
        if owner is not None and owner.urn != each.urn:
            raise NotFree(
                f"{each.type} {each.id} is Pulumi's already, as {owner.urn}",
                remedy="leave it out of the layer: an object has one owner",
            )
