"""What adopting a layer would do: a file for people to review, with the digest that approves it. Pure.

No secret is in it: where an input is one, the file says where in the state it is.
"""

import json
from enum import StrEnum, unique
from typing import Any, Final, Literal

from pydantic import ValidationError

from slipway.adopt.faults import ProposalUnreadable
from slipway.attest import digest_of_document
from slipway.model.adoption import Revision
from slipway.model.digest import Digest
from slipway.model.frozen import Frozen

FORMAT: Final = 1


class ProviderUse(Frozen):
    """A Terraform provider's configuration, and what stands for it in Pulumi.

    Attributes:
        provider: as Terraform has it, with its alias.
        package: Pulumi's.
        version: of the SDK.
        regions: where its objects are.
        accounts: whose they are.
        resources: how many.
    """

    provider: str
    package: str
    version: str
    regions: tuple[str, ...]
    accounts: tuple[str, ...]
    resources: int


class ProposedComponent(Frozen):
    """A module's instance, or the layer itself.

    Attributes:
        module: its address in Terraform; empty for the layer.
        type: the component's.
        name: in Pulumi.
        urn: of the component.
        parent: URN of the one around it; empty for the layer.
    """

    module: str
    type: str
    name: str
    urn: str
    parent: str


class ProposedResource(Frozen):
    """One resource.

    Attributes:
        state: lineage of the state that has it.
        address: in Terraform.
        provider: its configuration there.
        type: Pulumi's token.
        py: the way to its Python class.
        name: in Pulumi.
        urn: of the resource.
        parent: URN of its component.
        import_id: what `pulumi import` takes; empty where its values have to come from the state.
        outputs_from_state: reading it back does not bring everything.
        why: the reason of that.
        inputs: by the engine's names.
        secrets: ways to those in the state.
        notes: what a person should look at.
    """

    state: str
    address: str
    provider: str
    type: str
    py: str
    name: str
    urn: str
    parent: str
    import_id: str
    outputs_from_state: bool
    why: str
    inputs: dict[str, Any]
    secrets: tuple[str, ...]
    notes: tuple[str, ...]


class LeftOut(Frozen):
    """An instance of the layer that is not adopted.

    Attributes:
        address: in Terraform.
        becomes: what becomes of it.
        why: the reason.
    """

    address: str
    becomes: str
    why: str


@unique
class OverlapKind(StrEnum):
    """How two of them have to do with one object."""

    TWICE = "in Terraform twice"
    IN_PULUMI = "in Pulumi already"
    URN_TAKEN = "URN taken"
    INLINE = "inline and separate"


class Overlap(Frozen):
    """An object, or a part of one, that more than one resource has.

    Attributes:
        kind: how.
        address: of the layer's resource.
        other: the other one: an address, or a URN.
        says: one sentence: what it means, and what the proposal does about it.
        blocks: it has to be settled before the layer can be imported.
    """

    kind: OverlapKind
    address: str
    other: str
    says: str
    blocks: bool


class Proposal(Frozen):
    """What adopting a layer would do.

    Attributes:
        format: of this file.
        layer: its name.
        patterns: of the addresses that it takes.
        stack: which would own it.
        project: Pulumi's.
        home_region: the stack's.
        states: the revisions that were read.
        providers: that its resources are managed through.
        components: the layer first, each after the one around it.
        resources: in the order of the states.
        left_out: what is not adopted.
        overlaps: what has more than one owner, or would have.
    """

    format: Literal[1] = FORMAT
    layer: str
    patterns: tuple[str, ...]
    stack: str
    project: str
    home_region: str
    states: tuple[Revision, ...]
    providers: tuple[ProviderUse, ...]
    components: tuple[ProposedComponent, ...]
    resources: tuple[ProposedResource, ...]
    left_out: tuple[LeftOut, ...]
    overlaps: tuple[Overlap, ...]

    @property
    def digest(self) -> Digest:
        """What names this proposal, and no other."""
        return digest_of_document(self)

    @property
    def blocked(self) -> bool:
        """Whether something has to be settled before the import."""
        return any(overlap.blocks for overlap in self.overlaps)


def write_proposal(proposal: Proposal) -> str:
    """Write a proposal as the file that people review: indented JSON, its digest first."""
    document = {"digest": proposal.digest, "proposal": proposal.model_dump(mode="json")}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_proposal(content: bytes, source: str) -> Proposal:
    """Read what `write_proposal` wrote.

    Args:
        content: of the file.
        source: what messages call it.

    Raises:
        ProposalUnreadable: it is none, or was changed since its digest was written.
    """
    remedy = "run slipway adopt propose again, and review what it writes"
    try:
        document = json.loads(content)
        proposal = Proposal.model_validate(document["proposal"])
        digest = document["digest"]
    except (ValueError, TypeError, KeyError) as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else "JSON"
        raise ProposalUnreadable(f"{source} is no proposal: {place} is wrong", remedy=remedy) from None
    if digest != proposal.digest:
        raise ProposalUnreadable(
            f"{source} was changed since it was written: its digest is of another proposal", remedy=remedy
        )
    return proposal
