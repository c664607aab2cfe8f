"""A layer is released upon a proof of what is there, and when Terraform's state shows that it is gone."""

from typing import Any

import pytest

from slipway.adopt.faults import NotFree, NotProven, NotTold, ProposalOutdated
from slipway.adopt.releasing import (
    require_adopted,
    require_forgotten,
    require_one_owner,
    require_proven,
    require_revisions,
    standing,
)
from slipway.adopt.verifying import held_digest
from slipway.model.adoption import Owner, Result, Side, SideFinding
from tests.doubles.adopted_layers import DIGEST, a_change, a_layer, a_proof, all_but, held_of
from tests.doubles.terraform_states import LINEAGE, a_resource, read

LAYER = a_layer("aws_s3_bucket.lake", "aws_s3_bucket.raw")
HELD = held_digest(LAYER, held_of(LAYER))
WHOLE = read(a_resource(), a_resource(name="raw"), a_resource(name="other"))
HALF = read(a_resource(), a_resource(name="other"), serial=8)
NONE = read(a_resource(name="other"), serial=9)


def test_every_address_is_looked_for_in_every_state_of_the_layer() -> None:
    """A state that was not named may still have something."""
    found = standing(LAYER, [HALF])
    assert [each.address for each in found.there] == ["aws_s3_bucket.lake"]
    assert [each.address for each in found.gone] == ["aws_s3_bucket.raw"]
    with pytest.raises(NotTold, match=f"is of the state with the lineage {LINEAGE}, which was not named"):
        standing(LAYER, [read(a_resource(), lineage="other")])


def test_what_the_ledger_does_not_know_is_not_released() -> None:
    """Nor what was handed back."""
    change = a_change(Owner.BOTH, LAYER, WHOLE)
    assert require_adopted(LAYER, change) is change
    for told in (None, a_change(Owner.HANDED_BACK, LAYER, WHOLE)):
        with pytest.raises(NotTold, match="does not say that lake was imported into dev"):
            require_adopted(LAYER, told)


def test_a_proof_of_all_sides_is_one() -> None:
    """A side that could not be looked at, though somebody asked, keeps nobody."""
    proof = a_proof(LAYER, WHOLE)
    assert require_proven(LAYER, proof, HELD) is proof
    tried = SideFinding(side=Side.TERRAFORM, result=Result.NOT_PROVEN, says=("no provider",))
    without = a_proof(LAYER, findings=all_but(Side.TERRAFORM, tried))
    assert require_proven(LAYER, without, HELD) is without


def _left_out(side: Side) -> tuple[SideFinding, ...]:
    return all_but(side, SideFinding(side=side, result=Result.NOT_PROVEN, left_out=True))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"file": DIGEST}, "is of another file of the layer"),
        ({"pulumi": DIGEST}, "is of another state of the stack"),
        ({"findings": _left_out(Side.REFRESH)}, "has left a side out: refresh"),
        ({"findings": _left_out(Side.TERRAFORM)}, "has left a side out: terraform"),
        ({"findings": all_but(Side.REFRESH, None)}, "has left a side out: refresh"),
        (
            {"findings": all_but(Side.REFRESH, SideFinding(side=Side.REFRESH, result=Result.REFUTED))},
            "refutes a side: refresh",
        ),
        (
            {"findings": all_but(Side.PREVIEW, SideFinding(side=Side.PREVIEW, result=Result.NOT_PROVEN))},
            "does not prove a side: preview",
        ),
    ],
)
def test_a_proof_of_something_else_or_of_less_is_none(fields: dict[str, Any], says: str) -> None:
    """Each by itself, and the remedy is to verify again."""
    with pytest.raises(NotProven, match=says) as refused:
        require_proven(LAYER, a_proof(LAYER, WHOLE, **fields), HELD)
    assert refused.value.remedy.startswith("slipway adopt verify -s dev --layer lake")


def test_a_layer_that_was_never_verified_is_not_released() -> None:
    """There is no proof at all."""
    with pytest.raises(NotProven, match="was never verified"):
        require_proven(LAYER, None, HELD)


def test_a_state_is_what_was_proven_until_it_begins_to_forget() -> None:
    """Then it is a later revision of the same."""
    proof = a_proof(LAYER, WHOLE)
    for state in (WHOLE, HALF, NONE):
        require_revisions(LAYER, proof, [state], standing(LAYER, [state]))
    edited = read(a_resource(), a_resource(name="raw"), serial=8)
    older = read(a_resource(), serial=6)
    for state in (edited, older):
        with pytest.raises(ProposalOutdated, match=r"is another revision than was proven: serial [68]"):
            require_revisions(LAYER, proof, [state], standing(LAYER, [state]))
    with pytest.raises(ProposalOutdated, match=r"does not say that it has seen data.tfstate"):
        require_revisions(LAYER, a_proof(LAYER), [WHOLE], standing(LAYER, [WHOLE]))


def test_an_older_state_has_forgotten_nothing() -> None:
    """One from before the layer was made has no address of it either."""
    change = a_change(Owner.BOTH, LAYER, WHOLE)
    require_forgotten(LAYER, change, [NONE])
    with pytest.raises(ProposalOutdated, match="has the serial 3, and was imported with 7"):
        require_forgotten(LAYER, change, [read(serial=3)])


def test_what_was_released_has_one_owner() -> None:
    """Somebody has imported it into Terraform again."""
    require_one_owner(LAYER, standing(LAYER, [NONE]))
    with pytest.raises(NotFree, match=r"aws_s3_bucket.lake has two owners: the layer lake was released"):
        require_one_owner(LAYER, standing(LAYER, [HALF]))
