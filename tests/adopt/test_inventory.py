"""What becomes of each instance, and why; the numbers add up to the instances of the file."""

import json
from typing import Any

import pytest

from slipway.adopt.classification import Class, Kind, classify
from slipway.adopt.faults import LayerUnclear, SameStateTwice
from slipway.adopt.import_ids import ImportIds
from slipway.adopt.inventory import take_inventory
from slipway.adopt.layers import parse_layers
from slipway.adopt.state_reading import read_state
from tests.doubles.terraform_states import BUCKET, ESTATE, a_resource, an_instance, of_type, only, read

WRITTEN = [{"type": "get_attr", "value": "secret_string"}]


@pytest.mark.parametrize(
    ("resource", "kind", "reason"),
    [
        (a_resource(), Kind.AS_IS, "the provider reads all of it by its import id"),
        (a_resource(mode="data"), Kind.DROP, "a data source: Terraform only reads it"),
        (
            of_type("terraform_data", {"id": "x"}, provider='provider["terraform.io/builtin/terraform"]'),
            Kind.DROP,
            "it is no object anywhere, so nothing is to be owned",
        ),
        (
            of_type("aws_acm_certificate_validation", {"id": "x"}),
            Kind.DROP,
            "it is no object anywhere, so nothing is to be owned",
        ),
        (
            a_resource(an_instance(status="tainted")),
            Kind.STAYS,
            "tainted: the next apply replaces it; apply, or `terraform untaint`, first",
        ),
        (
            a_resource(an_instance(deposed="0a1b2c3d")),
            Kind.STAYS,
            "deposed: what its replacement has left; `terraform apply` destroys it",
        ),
        (
            a_resource({"attributes_flat": {"id": "lake"}}),
            Kind.STAYS,
            "written before Terraform 0.12: `terraform apply -refresh-only` writes it anew",
        ),
        (a_resource({"schema_version": 0}), Kind.STAYS, "the state has no values of it"),
        (
            of_type("aws_opsworks_stack", {"id": "x"}),
            Kind.STAYS,
            "pulumi-aws has the type no more: upgrade its provider in Terraform first",
        ),
        (
            of_type(
                "random_password",
                {"id": "none", "result": "x"},
                provider='provider["registry.terraform.io/hashicorp/random"]',
            ),
            Kind.STAYS,
            "the platform's program has no SDK of random",
        ),
        (
            of_type("aws_kinesis_stream", {"name": ""}),
            Kind.STAYS,
            "its import id is {name}, and the state lacks",
        ),
        (
            of_type("aws_iam_policy_attachment", {"id": "x"}),
            Kind.WITH_OUTPUTS,
            "its provider cannot import the type: its values come from the state",
        ),
        (
            of_type("aws_s3_object", {"id": "k", "key": "k", "bucket": "b", "content": "x"}),
            Kind.WITH_OUTPUTS,
            "reading it back may not bring content: from the state",
        ),
        (
            a_resource(
                an_instance(
                    attributes={"id": "arn:x|1", "secret_string": "x", "secret_binary": ""},
                    sensitive_attributes=[WRITTEN, [{"type": "get_attr", "value": "secret_binary"}]],
                ),
                type="aws_secretsmanager_secret_version",
            ),
            Kind.WITH_OUTPUTS,
            "reading it back may not bring secret_string: from the state",
        ),
        (
            of_type("aws_db_instance", {"id": "db-1", "identifier": "ledger", "password_wo_version": 1}),
            Kind.WITH_OUTPUTS,
            "password_wo: write-only, in no state; the program has to give it",
        ),
        (of_type("aws_novelty", {"id": "x"}), Kind.UNKNOWN, "the tables of aws have no such type"),
        (
            of_type(
                "datadog_monitor", {"id": "x"}, provider='provider["registry.terraform.io/datadog/datadog"]'
            ),
            Kind.UNKNOWN,
            "no table is of the provider datadog/datadog",
        ),
        (
            a_resource(provider='provider["example.com/acme/aws"]'),
            Kind.UNKNOWN,
            "no table is of the provider example.com/acme/aws",
        ),
        (a_resource(mode="ephemeral"), Kind.UNKNOWN, "neither a resource nor a data source"),
        (a_resource(provider="provider.aws"), Kind.AS_IS, "the provider reads all of it by its import id"),
    ],
)
def test_what_becomes_of_an_instance(resource: dict[str, Any], kind: Kind, reason: str) -> None:
    """Each with the reason that a person needs to go on."""
    found = classify(only(resource), ImportIds([]))
    assert found.kind is kind
    assert found.reason.startswith(reason)
    assert isinstance(found, Class)


def test_every_instance_is_counted_once() -> None:
    """The sample estate was made by Terraform 1.11 and the AWS provider; the file says how many there are."""
    content = ESTATE.read_bytes()
    in_file = sum(len(each["instances"]) for each in json.loads(content)["resources"])
    inventory = take_inventory([read_state(content, "estate")])
    assert len(inventory.entries) == in_file == 93
    assert sum(inventory.totals().values()) == in_file
    assert sum(sum(kinds.values()) for kinds in inventory.counts().values()) == in_file
    assert dict(inventory.totals()) == {
        Kind.AS_IS: 84,
        Kind.WITH_OUTPUTS: 2,
        Kind.STAYS: 0,
        Kind.DROP: 7,
        Kind.UNKNOWN: 0,
    }


def test_an_address_may_have_several_instances() -> None:
    """The current object and deposed ones are instances by themselves."""
    state = read(a_resource(an_instance(), an_instance(deposed="0a1b2c3d"), an_instance(deposed="ffffffff")))
    totals = take_inventory([state]).totals()
    assert (totals[Kind.AS_IS], totals[Kind.STAYS]) == (1, 2)


def test_many_states_are_one_estate() -> None:
    """Their instances are told together, each with its state."""
    one = read(a_resource(), source="a", lineage="1")
    two = read(a_resource(), a_resource(name="other"), source="b", lineage="2")
    inventory = take_inventory([one, two])
    assert [(each.instance.state, each.instance.address) for each in inventory.entries] == [
        ("a", "aws_s3_bucket.lake"),
        ("b", "aws_s3_bucket.lake"),
        ("b", "aws_s3_bucket.other"),
    ]
    with pytest.raises(SameStateTwice):
        take_inventory([one, one])


@pytest.mark.parametrize(
    ("layer", "addresses"),
    [
        ("x=aws_s3_bucket.zone", ['aws_s3_bucket.zone["a"]', 'aws_s3_bucket.zone["b.c"]']),
        ('x=aws_s3_bucket.zone["a"]', ['aws_s3_bucket.zone["a"]']),
        ("x=module.pipeline", ['module.pipeline["p"].aws_s3_bucket.this']),
        ("x=module.*", ['module.pipeline["p"].aws_s3_bucket.this', "module.pipelines.aws_s3_bucket.this"]),
        ("x=*.this", ['module.pipeline["p"].aws_s3_bucket.this', "module.pipelines.aws_s3_bucket.this"]),
    ],
)
def test_a_pattern_ends_at_a_step(layer: str, addresses: list[str]) -> None:
    """`module.pipeline` is not `module.pipelines`; a key may hold dots."""
    zone = a_resource(an_instance(index_key="a"), an_instance(index_key="b.c"), name="zone")
    state = read(
        zone,
        a_resource(name="zones"),
        a_resource(name="this", module='module.pipeline["p"]'),
        a_resource(name="this", module="module.pipelines"),
    )
    inventory = take_inventory([state], parse_layers([layer]))
    assert [each.instance.address for each in inventory.entries if each.layer == "x"] == addresses


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (["lake"], "--layer lake names no layer"),
        (["Lake=x"], "--layer Lake=x names no layer"),
        (["lake="], "--layer lake= names no layer"),
        (["lake=aws_s3_buckets.lake"], "the layer lake takes nothing"),
        (["a=aws_s3_bucket", "b=*"], "aws_s3_bucket.lake is taken by the layers a and b"),
    ],
)
def test_layers_are_clear(layers: list[str], message: str) -> None:
    """Nothing is adopted twice, and a misspelt pattern is told."""
    with pytest.raises(LayerUnclear) as unclear:
        take_inventory([read(a_resource(an_instance(attributes=BUCKET)))], parse_layers(layers))
    assert unclear.value.message == message
