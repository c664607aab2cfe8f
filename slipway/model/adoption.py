"""Who owns what was Terraform's, and what proves it: evidence of adoptions, and the events that name it."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Final, Literal

from slipway.model.digest import DigestField
from slipway.model.environment import StackName
from slipway.model.frozen import Frozen
from slipway.model.policy_report import PolicyPack

LAYER: Final = "layer"
"""The figure of `ownership-changed` and `layer-verified` that names the layer."""

OWNER: Final = "owner"
"""The figure of `ownership-changed` that says whose the layer is now."""


def layers_subject(stack: StackName) -> str:
    """What events about the layers of a stack are about."""
    return f"layers of {stack}"


@unique
class Owner(StrEnum):
    """Who owns an object. A layer has one owner for all of its objects."""

    TERRAFORM = "terraform"
    """Terraform alone: nobody has adopted it."""
    BOTH = "both"
    """Pulumi's state has it, and Terraform has not forgotten it: neither may change it alone."""
    PULUMI = "pulumi"
    """Pulumi alone: Terraform has forgotten it."""
    HANDED_BACK = "handed back"
    """Terraform again: Pulumi has forgotten it."""


class Revision(Frozen):
    """The revision of a Terraform state.

    Attributes:
        source: what was named on the command line.
        lineage: of the state.
        serial: of the revision.
        digest: of its bytes.
        version: the store's name of the revision.
    """

    source: str
    lineage: str
    serial: int
    digest: DigestField
    version: str = ""


class OwnedObject(Frozen):
    """An object, and what each side calls it.

    Attributes:
        state: lineage of the Terraform state that has it, or had it.
        address: in Terraform.
        type: Pulumi's token.
        urn: in Pulumi.
        id: the cloud's.
    """

    state: str
    address: str
    type: str
    urn: str
    id: str


class OwnershipChange(Frozen):
    """Evidence: a layer has another owner.

    Attributes:
        layer: its name.
        stack: which owns it, or owned it.
        owner: whose it is from now on.
        proposal: digest of what was reviewed.
        file: digest of what the program declares the layer from, or declared it from.
        proof: digest of the proof that it rests on; None where a change needs none.
        states: the revisions of Terraform's states that were looked at.
        objects: all of the layer.
        components: URNs of its components.
        at: when.
        actor: ARN of who changed it.
    """

    kind: Literal["ownership-change"] = "ownership-change"
    layer: str
    stack: StackName
    owner: Owner
    proposal: DigestField
    file: DigestField
    proof: DigestField | None = None
    states: tuple[Revision, ...]
    objects: tuple[OwnedObject, ...]
    components: tuple[str, ...]
    at: datetime
    actor: str

    def says_the_same(self, other: "OwnershipChange") -> bool:
        """Whether another one tells of the same change: only when and by whom may differ."""
        return (self.layer, self.stack, self.owner, self.proposal, self.file, self.proof) == (
            other.layer,
            other.stack,
            other.owner,
            other.proposal,
            other.file,
            other.proof,
        )


@unique
class Side(StrEnum):
    """What is proven, each by itself."""

    OWNED = "owned"
    """Every address has one URN and every URN one address, and the states of both sides have each."""
    PREVIEW = "preview"
    """The program would change nothing, and no policy refuses what it declares."""
    REFRESH = "refresh"
    """Nor would it after a look at the cloud."""
    TERRAFORM = "terraform"
    """Terraform would change nothing."""


@unique
class Result(StrEnum):
    """How it came out."""

    PROVEN = "proven"
    REFUTED = "refuted"
    NOT_PROVEN = "not proven"


class SideFinding(Frozen):
    """What is known of one side.

    Attributes:
        side: which.
        result: how it came out.
        says: why, a sentence each; what differs where it is refuted.
        left_out: it is not proven because nobody asked for it.
    """

    side: Side
    result: Result
    says: tuple[str, ...] = ()
    left_out: bool = False


class AdoptionProof(Frozen):
    """Evidence: what a verification of a layer has found.

    Attributes:
        layer: its name.
        stack: whose.
        owner: whose the layer was by then.
        proposal: digest of what was reviewed.
        file: digest of what the program declares it from.
        pulumi: digest of what the stack's state says of it: URNs, types, ids, protection.
        pack: the policies that judged the preview; None: none did.
        states: the revisions of Terraform states that were looked at.
        findings: a row for each side.
        at: when.
        actor: ARN of who asked.
    """

    kind: Literal["adoption-proof"] = "adoption-proof"
    layer: str
    stack: StackName
    owner: Owner
    proposal: DigestField
    file: DigestField
    pulumi: DigestField
    pack: PolicyPack | None = None
    states: tuple[Revision, ...]
    findings: tuple[SideFinding, ...]
    at: datetime
    actor: str

    @property
    def result(self) -> Result:
        """Proven where every side is; refuted where one is."""
        results = {each.result for each in self.findings}
        if Result.REFUTED in results:
            return Result.REFUTED
        return Result.NOT_PROVEN if Result.NOT_PROVEN in results else Result.PROVEN
