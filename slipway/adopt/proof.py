"""What a verification of an adopted layer has found: evidence, side by side, with digests. Pure."""

import json
from datetime import datetime
from enum import StrEnum, unique
from typing import Literal

from slipway.adopt.proposal import Revision
from slipway.attest import digest_of_document
from slipway.model.digest import Digest
from slipway.model.frozen import Frozen


@unique
class Side(StrEnum):
    """What is proven, each by itself."""

    OWNED = "owned"
    """Every address has one URN and every URN one address, and the stack's state has each, protected."""
    PREVIEW = "preview"
    """The program would change nothing."""
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


class Finding(Frozen):
    """What is known of one side.

    Attributes:
        side: which.
        result: how it came out.
        says: why, a sentence each; what differs where it is refuted.
    """

    side: Side
    result: Result
    says: tuple[str, ...] = ()


class Proof(Frozen):
    """What was found.

    Attributes:
        format: of this document.
        layer: its name.
        stack: whose.
        proposal: digest of what was reviewed.
        file: digest of what the program declares it from.
        pulumi: digest of what the stack's state says of it: URNs, types, ids, protection.
        states: the revisions of Terraform states that were looked at.
        findings: a row for each side.
        at: when.
        actor: who asked.
    """

    format: Literal[1] = 1
    layer: str
    stack: str
    proposal: Digest
    file: Digest
    pulumi: Digest
    states: tuple[Revision, ...]
    findings: tuple[Finding, ...]
    at: datetime
    actor: str

    @property
    def digest(self) -> Digest:
        """What names this proof, and no other."""
        return digest_of_document(self)

    @property
    def result(self) -> Result:
        """Proven where every side is; refuted where one is."""
        results = {each.result for each in self.findings}
        if Result.REFUTED in results:
            return Result.REFUTED
        return Result.NOT_PROVEN if Result.NOT_PROVEN in results else Result.PROVEN


def write_proof(proof: Proof) -> str:
    """Write a proof as a file: indented JSON, its digest first."""
    document = {"digest": proof.digest, "result": proof.result, "proof": proof.model_dump(mode="json")}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
