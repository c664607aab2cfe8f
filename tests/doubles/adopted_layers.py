"""A layer that was adopted: its file, what the stack's state has of it, what was proven of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from slipway.adopt.records import change_to, file_digest
from slipway.adopt.state import State
from slipway.adopt.verifying import held_digest
from slipway.model.adopted import AdoptedComponent, AdoptedLayer, AdoptedResource
from slipway.model.adoption import AdoptionProof, Owner, OwnershipChange, Result, Side, SideFinding
from slipway.model.digest import Digest
from slipway.model.environment import StackName
from slipway.ports.stack_imports import Held
from tests.doubles.terraform_states import LINEAGE

AT: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
BUCKET_TYPE: Final = "aws:s3/bucket:Bucket"
ROOT: Final = "urn:pulumi:dev::slipway::slipway:adopted:Layer::lake"
DIGEST: Final = Digest(f"sha256:{'0' * 64}")


def an_adopted(address: str = "aws_s3_bucket.lake", **fields: Any) -> AdoptedResource:
    """A bucket, called as its address."""
    return AdoptedResource(
        **{
            "state": LINEAGE,
            "address": address,
            "type": BUCKET_TYPE,
            "py": "pulumi_aws.s3.Bucket",
            "name": f"lake/{address}",
            "urn": f"urn:pulumi:dev::slipway::slipway:adopted:Layer${BUCKET_TYPE}::lake/{address}",
            "parent": ROOT,
            "id": "lake",
            "arguments": {"bucket": "lake"},
            "import_id": "lake",
            **fields,
        }
    )


def a_layer(*addresses: str, resources: Sequence[AdoptedResource] = (), **fields: Any) -> AdoptedLayer:
    """A layer of buckets; without an address it has `aws_s3_bucket.lake`."""
    named = [an_adopted(each) for each in addresses or ("aws_s3_bucket.lake",)]
    return AdoptedLayer(
        **{
            "layer": "lake",
            "stack": StackName.DEV,
            "proposal": DIGEST,
            "components": (AdoptedComponent(type="slipway:adopted:Layer", name="lake", urn=ROOT, parent=""),),
            "resources": tuple(resources or named),
            **fields,
        }
    )


def held_of(layer: AdoptedLayer) -> tuple[Held, ...]:
    """What a stack's state has of a layer, protected; components first."""
    return (
        *(
            Held(
                urn=each.urn,
                type=each.type,
                id="",
                protected=True,
                needs=frozenset({each.parent} - {""}),
            )
            for each in layer.components
        ),
        *(
            Held(urn=each.urn, type=each.type, id=each.id, protected=True, needs=frozenset({each.parent}))
            for each in layer.resources
        ),
    )


def a_change(owner: Owner, layer: AdoptedLayer, *states: State) -> OwnershipChange:
    """What the ledger was told."""
    return change_to(owner, layer, states=[each.revision for each in states], at=AT, actor="ana")


def a_proof(layer: AdoptedLayer, *states: State, **fields: Any) -> AdoptionProof:
    """A proof of all sides."""
    return AdoptionProof(
        **{
            "layer": layer.layer,
            "stack": layer.stack,
            "owner": Owner.BOTH,
            "proposal": layer.proposal,
            "file": file_digest(layer),
            "pulumi": held_digest(layer, held_of(layer)),
            "states": tuple(each.revision for each in states),
            "findings": tuple(SideFinding(side=each, result=Result.PROVEN) for each in Side),
            "at": AT,
            "actor": "ana",
            **fields,
        }
    )


def all_but(side: Side, finding: SideFinding | None) -> tuple[SideFinding, ...]:
    """The findings of a proof of all sides but one, which is found otherwise, or not looked at."""
    proven = tuple(SideFinding(side=each, result=Result.PROVEN) for each in Side if each is not side)
    return proven if finding is None else (*proven, finding)
