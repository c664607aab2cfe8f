"""What a state remembers, for a sandbox: every object once, by Pulumi's names, secrets told apart."""

from slipway.adopt.propose import Target
from slipway.adopt.seeding import remembered
from tests.doubles.sdk_types import TEXT_MAP, MemoryTypes, a_type, an_argument
from tests.doubles.terraform_states import BUCKET, a_resource, an_instance, of_type, read

HIDDEN = "hunter2-not-to-be-seen"
TARGET = Target(stack="dev", project="slipway", region="us-east-1")
TYPES = MemoryTypes(
    a_type(
        *(an_argument(name) for name in ("bucket", "region", "password")),
        an_argument("tags", TEXT_MAP),
        computed=(an_argument("arn"),),
    )
)


def test_every_object_of_every_state_is_there() -> None:
    """A tainted one exists too; of one address in two states both do."""
    one = read(a_resource(an_instance(status="tainted")), source="one.tfstate")
    two = read(a_resource(), lineage="another", source="two.tfstate")
    found = remembered([one, two], TARGET, TYPES)
    assert [(each.address, each.token, each.id) for each in found.objects] == [
        ("aws_s3_bucket.lake", "aws:s3/bucket:Bucket", "lake"),
        ("aws_s3_bucket.lake", "aws:s3/bucket:Bucket", "lake"),
    ]
    assert found.objects[0].inputs == {"bucket": "lake"}
    assert found.objects[0].outputs == {"id": "lake", "bucket": "lake", "arn": "arn:aws:s3:::lake"}
    assert found.left_out == ()


def test_what_is_no_object_is_left_out_with_its_reason() -> None:
    """Data sources, and what was replaced and could not be destroyed."""
    state = read(
        a_resource(an_instance(deposed="0a1b2c3d")), of_type("aws_s3_bucket", {"id": "x"}, mode="data")
    )
    found = remembered([state], TARGET, TYPES)
    assert found.objects == ()
    assert found.left_out == (
        ("aws_s3_bucket.lake (deposed 0a1b2c3d)", "it is deposed: the address has a newer object"),
        ("data.aws_s3_bucket.this", "a data source: Terraform only reads it"),
    )


def test_secrets_are_handed_over_and_told_apart() -> None:
    """The cloud has them in clear; nothing that is shown does."""
    state = read(a_resource(an_instance(attributes={**BUCKET, "password": HIDDEN})))
    (found,) = remembered([state], TARGET, TYPES).objects
    assert found.inputs["password"] == found.outputs["password"] == HIDDEN
    assert found.secrets == (HIDDEN,)
    assert HIDDEN not in repr(found)
