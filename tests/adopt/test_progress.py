"""Whose everything is, from what the records say; every managed instance is counted once."""

from typing import Any

import pytest

from slipway.adopt.addresses import resource_type
from slipway.adopt.progress import KnownLayer, progress, summary
from slipway.cli.adopt_status_view import bar
from slipway.model.adopted import AdoptedLayer
from slipway.model.adoption import Owner, Result, Side, SideFinding
from slipway.model.environment import StackName
from tests.doubles.adopted_layers import a_change, a_layer, a_proof, all_but, an_adopted
from tests.doubles.terraform_states import a_resource, an_instance, of_type, read

LAYER = a_layer()
STATE = read(a_resource())


def _known(owner: Owner | None = Owner.BOTH, layer: AdoptedLayer = LAYER, **fields: Any) -> KnownLayer:
    """A layer as its records have it: declared where Pulumi has it, verified since."""
    change = None if owner is None else a_change(owner, layer, STATE)
    return KnownLayer(
        **{
            "name": layer.layer,
            "stack": layer.stack,
            "file": None if owner is Owner.HANDED_BACK else layer,
            "change": change,
            "proof": a_proof(layer, STATE, owner=owner or Owner.BOTH),
            **fields,
        }
    )


def test_every_managed_instance_is_counted_once() -> None:
    """What was adopted by its owner, the rest as Terraform's; data sources are no one's."""
    bucket = a_resource(an_instance(index_key="a.b"), an_instance(index_key="c"), module='module.m["x.y"]')
    data = of_type("aws_region", {"id": "x"}, mode="data")
    taken = 'module.m["x.y"].aws_s3_bucket.lake["a.b"]'
    found = progress([_known(layer=a_layer(taken))], [read(bucket, data)])
    assert found.rows == {
        ("lake", "aws_s3_bucket"): {Owner.BOTH: 1},
        ("module.m", "aws_s3_bucket"): {Owner.TERRAFORM: 1},
    }
    assert summary(found) == "2 objects: 1 terraform, 1 both"
    assert found.stays == {"importable as is: in no layer yet": 1}


def test_the_type_is_found_behind_any_module() -> None:
    """Keys may have dots and brackets."""
    assert resource_type('module.a["b.c[0]"].module.d[1].aws_sqs_queue.q["x.y"]') == "aws_sqs_queue"
    assert resource_type("aws_sqs_queue.q") == "aws_sqs_queue"


def _without(side: Side) -> Any:
    finding = SideFinding(side=side, result=Result.NOT_PROVEN, left_out=True)
    return a_proof(LAYER, STATE, findings=all_but(side, finding))


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (_known(Owner.PULUMI), []),
        (_known(Owner.HANDED_BACK), []),
        (_known(), ["not released: Terraform has it, too"]),
        (_known(proof=None), ["never verified"]),
        (
            _known(proof=_without(Side.REFRESH)),
            ["left out of its proof: refresh", "not released: Terraform has it, too"],
        ),
        (_known(Owner.PULUMI, proof=a_proof(LAYER, STATE)), ["not verified since it is: pulumi"]),
        (
            _known(None),
            [
                "the ledger does not know its import: run slipway adopt import again",
                "not released: Terraform has it, too",
            ],
        ),
        (
            _known(Owner.PULUMI, file=None),
            ["adopted/lake.json is not in this checkout: take a revision that has it before an update"],
        ),
        (
            _known(Owner.PULUMI, file=a_layer(resources=[an_adopted(arguments={"bucket": "x"})])),
            ["adopted/lake.json is another one than was imported"],
        ),
        (
            _known(Owner.HANDED_BACK, file=LAYER),
            ["adopted/lake.json is here still, and the layer was handed back: commit its removal"],
        ),
    ],
)
def test_what_is_to_be_done_is_told(known: KnownLayer, says: list[str]) -> None:
    """Nothing where a layer is whose it is to be."""
    assert list(known.blocks()) == says


def test_drift_is_what_the_newest_proof_refutes() -> None:
    """By side; what could not be looked at is none."""
    refuted = SideFinding(side=Side.REFRESH, result=Result.REFUTED, says=("urn: update",))
    found = progress([_known(proof=a_proof(LAYER, findings=all_but(Side.REFRESH, refuted)))], [])
    assert found.drifted
    assert list(found.layers[0].drift()) == ["refresh: urn: update"]
    assert not progress([_known(proof=_without(Side.REFRESH))], []).drifted


def test_an_object_has_one_owner() -> None:
    """Two owners are agreed to from import to release; anything else is told."""
    assert progress([_known()], [STATE]).doubles == ()
    (again,) = progress([_known(Owner.PULUMI)], [STATE]).doubles
    assert again == "aws_s3_bucket.lake: dev's alone, and data.tfstate has it again"
    twin = an_adopted("aws_s3_bucket.twin", urn="urn:pulumi:dev::slipway::slipway:adopted:Layer::two/twin")
    two = _known(layer=a_layer(layer="two", resources=[twin]))
    (twice,) = progress([_known(), two], []).doubles
    assert twice.startswith("aws_s3_bucket.twin: ")
    assert twice.endswith(" are one object")
    elsewhere = _known(layer=a_layer(stack=StackName.PROD, resources=[twin]), stack=StackName.PROD)
    assert progress([_known(), elsewhere], []).doubles == ()
    returned = _known(Owner.HANDED_BACK, layer=a_layer(layer="two", resources=[twin]))
    assert progress([_known(), returned], []).doubles == ()


@pytest.mark.parametrize(
    ("numbers", "drawn"),
    [
        ({Owner.TERRAFORM: 3, Owner.PULUMI: 1}, "██░░░░░░"),
        ({Owner.TERRAFORM: 999, Owner.PULUMI: 1}, "█░░░░░░░"),
        ({Owner.TERRAFORM: 1, Owner.PULUMI: 999}, "███████░"),
        ({Owner.BOTH: 2}, "▓▓▓▓▓▓▓▓"),
        ({Owner.TERRAFORM: 1, Owner.PULUMI: 1, Owner.BOTH: 1, Owner.HANDED_BACK: 99}, "█▓▒▒▒▒▒░"),
    ],
)
def test_a_bar_has_one_width_and_shows_whoever_has_something(numbers: dict[Owner, int], drawn: str) -> None:
    """However little that is."""
    assert bar(numbers, width=8) == drawn
