"""A proof is of each side by itself; what cannot be looked at is not proven, and refutes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slipway.adopt.proof import write_proof
from slipway.adopt.verifying import (
    belongs,
    held_digest,
    judge_handed_back,
    judge_owned,
    judge_preview,
    judge_terraform,
)
from slipway.attest import digest_of_document
from slipway.model.adopted import AdoptedComponent, AdoptedLayer, AdoptedResource
from slipway.model.adoption import AdoptionProof, Owner, Result, Side, SideFinding
from slipway.model.digest import Digest
from slipway.model.environment import StackName
from slipway.ports.stack_engine import Program, Violation
from slipway.ports.stack_imports import Held
from slipway.ports.terraform_engine import PlannedChange
from tests.doubles.previewed import Planned, Previewed
from tests.doubles.terraform_states import BUCKET as BUCKET_VALUES
from tests.doubles.terraform_states import LINEAGE, a_resource, an_instance, read

TYPE = "aws:s3/bucket:Bucket"
LAYER = "urn:pulumi:dev::slipway::slipway:adopted:Layer::lake"
LAKE = f"urn:pulumi:dev::slipway::slipway:adopted:Layer${TYPE}::lake/lake"
STRAY = f"urn:pulumi:dev::slipway::slipway:adopted:Layer${TYPE}::lake/stray"
OTHER = f"urn:pulumi:dev::slipway::slipway:adopted:Layer${TYPE}::lake-two/lake"
DIGEST = Digest(f"sha256:{'0' * 64}")
RESOURCE = AdoptedResource(
    state=LINEAGE,
    address="aws_s3_bucket.lake",
    type=TYPE,
    py="pulumi_aws.s3.Bucket",
    name="lake/lake",
    urn=LAKE,
    parent=LAYER,
    id="lake",
    arguments={"bucket": "lake"},
)
ADOPTED = AdoptedLayer(
    layer="lake",
    stack=StackName.DEV,
    proposal=DIGEST,
    components=(AdoptedComponent(type="slipway:adopted:Layer", name="lake", urn=LAYER, parent=""),),
    resources=(RESOURCE,),
)
ROOT = Held(urn=LAYER, type="slipway:adopted:Layer", id="", protected=True)
BUCKET = Held(urn=LAKE, type=TYPE, id="lake", protected=True)
PROGRAM = Program(stack=StackName.DEV, workspace=Path("/workspace"))


def test_a_layer_that_is_held_as_it_was_adopted_is_proven() -> None:
    """Other layers, also one whose name begins the same, have nothing to do with it."""
    other = Held(urn=OTHER, type=TYPE, id="x", protected=False)
    found = judge_owned(ADOPTED, [ROOT, BUCKET, other], [read(a_resource())])
    assert found == SideFinding(side=Side.OWNED, result=Result.PROVEN)
    assert not belongs("lake", OTHER)


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ([ROOT], f"{LAKE} is not in the stack's state"),
        ([ROOT, replace(BUCKET, id="x")], f"{LAKE} has the id x in the stack's state, lake was adopted"),
        ([ROOT, replace(BUCKET, protected=False)], f"{LAKE} is not protected"),
        ([replace(ROOT, protected=False), BUCKET], f"{LAYER} is not protected"),
        (
            [ROOT, BUCKET, replace(BUCKET, urn=STRAY)],
            f"{STRAY} is in the stack's state, and the layer's file does not have it",
        ),
    ],
)
def test_what_is_held_otherwise_refutes(held: Sequence[Held], says: str) -> None:
    """The engine's own preview counts a lost protection as no change."""
    found = judge_owned(ADOPTED, held, [])
    assert (found.result, found.says) == (Result.REFUTED, (says,))


def test_an_address_has_one_urn_and_a_urn_one_address() -> None:
    """In both directions."""
    twin = RESOURCE.model_copy(update={"urn": STRAY})
    held = [ROOT, BUCKET, replace(BUCKET, urn=STRAY)]
    found = judge_owned(ADOPTED.model_copy(update={"resources": (RESOURCE, twin)}), held, [])
    assert found.says == ("aws_s3_bucket.lake has 2 URNs",)
    twin = RESOURCE.model_copy(update={"address": "aws_s3_bucket.other"})
    found = judge_owned(ADOPTED.model_copy(update={"resources": (RESOURCE, twin)}), [ROOT, BUCKET], [])
    assert found.says == (f"{LAKE} has 2 addresses",)


def test_terraform_has_every_address_until_it_is_released() -> None:
    """Where its states are named."""
    found = judge_owned(ADOPTED, [ROOT, BUCKET], [read(a_resource(name="other"))])
    assert found.says == ("aws_s3_bucket.lake is in no Terraform state that was named",)
    other = read(a_resource(an_instance(attributes={**BUCKET_VALUES, "id": "other"})))
    found = judge_owned(ADOPTED, [ROOT, BUCKET], [other])
    assert found.says == ("aws_s3_bucket.lake has the id other in Terraform, lake was adopted",)


def test_terraform_has_no_address_once_it_was_released() -> None:
    """The same state that was right before is a second owner then."""
    state = read(a_resource())
    assert judge_owned(ADOPTED, [ROOT, BUCKET], [state], Owner.BOTH).result is Result.PROVEN
    found = judge_owned(ADOPTED, [ROOT, BUCKET], [state], Owner.PULUMI)
    assert found.says == (
        "aws_s3_bucket.lake has two owners: Terraform had forgotten it, and data.tfstate has it",
    )
    assert judge_owned(ADOPTED, [ROOT, BUCKET], [read()], Owner.PULUMI).result is Result.PROVEN


def test_nothing_of_a_layer_that_was_handed_back_is_left() -> None:
    """Neither what its file had nor a stray one; and Terraform has all of it."""
    stray = replace(BUCKET, urn=STRAY)
    assert judge_handed_back(ADOPTED, [], [read(a_resource())]).result is Result.PROVEN
    found = judge_handed_back(ADOPTED, [stray], [read()])
    assert found.says == (
        f"{STRAY} is in the stack's state still",
        "aws_s3_bucket.lake is in no Terraform state that was named",
    )


def test_a_preview_is_about_the_layer() -> None:
    """Changes elsewhere are told; its own refute, also of what its file does not have."""
    assert judge_preview(ADOPTED, Previewed(), PROGRAM) == SideFinding(
        side=Side.PREVIEW, result=Result.PROVEN
    )
    elsewhere = judge_preview(ADOPTED, Previewed(OTHER), replace(PROGRAM, refresh=True))
    assert elsewhere == SideFinding(
        side=Side.REFRESH, result=Result.PROVEN, says=("1 change elsewhere in the stack",)
    )
    own = judge_preview(ADOPTED, Previewed(LAKE, OTHER, STRAY), PROGRAM)
    assert (own.result, own.says) == (Result.REFUTED, (f"{LAKE}: update", f"{STRAY}: update"))


def test_policies_are_about_the_layer() -> None:
    """What they refuse elsewhere is told; what they say of an exemption of the layer is about the layer."""

    def judged(*urns: str, violations: tuple[Violation, ...]) -> tuple[Result, tuple[str, ...]]:
        found = judge_preview(ADOPTED, Previewed(*urns, violations=violations), PROGRAM)
        return found.result, found.says

    other = Violation(rule="public-acl", urn=OTHER, says="the bucket is public")
    own = Violation(rule="public-acl", urn=LAKE, says="the bucket is public")
    stack = "urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev"
    unused = f"the waiver of public-acl for {LAKE} (PLAT-7) exempts nothing: remove it"
    stale = Violation(rule="whole-stack", urn=stack, says=unused)
    open_ = Violation(rule="whole-stack", urn="", says="the waiver of public-acl for urn:pulumi:* (PLAT-7)")
    assert judged(violations=(other, open_)) == (
        Result.PROVEN,
        ("2 policy violations elsewhere in the stack",),
    )
    assert judged(OTHER, violations=(other,)) == (
        Result.PROVEN,
        ("1 change elsewhere in the stack", "1 policy violation elsewhere in the stack"),
    )
    assert judged(LAKE, violations=(own, other, stale)) == (
        Result.REFUTED,
        (
            f"{LAKE}: update",
            f"{LAKE}: policy public-acl: the bucket is public",
            f"{stack}: policy whole-stack: {unused}",
        ),
    )


def test_a_preview_that_is_refused_proves_nothing() -> None:
    """A provider that cannot read is not a difference."""
    found = judge_preview(ADOPTED, Previewed(refuses="cannot read"), PROGRAM)
    assert (found.result, found.says) == (Result.NOT_PROVEN, ("cannot read",))


@pytest.mark.parametrize(
    ("engine", "folder", "result", "says"),
    [
        (Planned(), Path("tf"), Result.PROVEN, ()),
        (
            Planned(PlannedChange(address="a.b", action="update")),
            Path("tf"),
            Result.REFUTED,
            ("a.b (update)",),
        ),
        (Planned(unable="no terraform"), Path("tf"), Result.NOT_PROVEN, ("no terraform",)),
        (
            Planned(),
            None,
            Result.NOT_PROVEN,
            ("no folder of its configuration was named: --terraform FOLDER",),
        ),
    ],
)
def test_terraforms_side_is_proven_where_it_can_plan(
    engine: Planned, folder: Path | None, result: Result, says: tuple[str, ...]
) -> None:
    """Else it is not, and says why."""
    assert judge_terraform(engine, folder) == SideFinding(
        side=Side.TERRAFORM, result=result, says=says, left_out=folder is None
    )


@pytest.mark.parametrize(
    ("results", "whole"),
    [
        ([Result.PROVEN, Result.PROVEN], Result.PROVEN),
        ([Result.PROVEN, Result.NOT_PROVEN], Result.NOT_PROVEN),
        ([Result.NOT_PROVEN, Result.REFUTED], Result.REFUTED),
    ],
)
def test_a_proof_is_as_good_as_its_worst_side(results: Sequence[Result], whole: Result) -> None:
    """And its digest is of all of it."""
    proof = AdoptionProof(
        layer="lake",
        stack=StackName.DEV,
        owner=Owner.BOTH,
        proposal=DIGEST,
        file=DIGEST,
        pulumi=held_digest(ADOPTED, [ROOT, BUCKET]),
        states=(),
        findings=tuple(SideFinding(side=Side.PREVIEW, result=each) for each in results),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        actor="ana",
    )
    assert proof.result is whole
    assert digest_of_document(proof) in write_proof(proof)
    assert held_digest(ADOPTED, [ROOT, BUCKET]) != held_digest(ADOPTED, [ROOT, replace(BUCKET, id="x")])
