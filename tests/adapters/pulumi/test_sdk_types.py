"""What the installed SDKs say of their types, in the traps that are known."""

import pytest

from slipway.adapters.pulumi.sdk_types import InstalledTypes
from slipway.ports.resource_types import SdkMissing, ShapeKind

TYPES = InstalledTypes()


def test_arguments_have_names_wires_shapes_and_requirements() -> None:
    """As the generated class has them."""
    arguments = TYPES.resource("pulumi_aws.sqs.Queue").arguments
    told = {
        name: (arguments[name].wire, arguments[name].shape.kind, arguments[name].required)
        for name in ("delay_seconds", "fifo_queue", "tags")
    }
    assert told == {
        "delay_seconds": ("delaySeconds", ShapeKind.WHOLE, False),
        "fifo_queue": ("fifoQueue", ShapeKind.TRUTH, False),
        "tags": ("tags", ShapeKind.MAP, False),
    }
    assert "900" in arguments["delay_seconds"].says


def test_a_nested_block_is_not_taken_for_the_type() -> None:
    """s3.BucketVersioningArgs is a block of Bucket; the type's own class is BucketVersioningInitArgs."""
    arguments = TYPES.resource("pulumi_aws.s3.BucketVersioning").arguments
    assert {name for name, each in arguments.items() if each.required} == {
        "bucket",
        "versioning_configuration",
    }
    fields = TYPES.fields(arguments["versioning_configuration"].shape)
    assert {name: (each.wire, each.required) for name, each in fields.items()} == {
        "status": ("status", True),
        "mfa_delete": ("mfaDelete", False),
    }


def test_shapes_go_down_to_the_last_block() -> None:
    """A list of blocks, and one block in each."""
    rules = TYPES.resource("pulumi_aws.s3.BucketLifecycleConfiguration").arguments["rules"].shape
    assert (rules.kind, rules.item and rules.item.kind) == (ShapeKind.LIST, ShapeKind.OBJECT)
    assert rules.item is not None
    filters = TYPES.fields(rules.item)["filter"].shape
    assert filters.kind is ShapeKind.OBJECT
    assert "prefix" in TYPES.fields(filters)


@pytest.mark.parametrize(
    ("path", "argument", "kind"),
    [
        ("pulumi_aws.iam.Role", "assume_role_policy", ShapeKind.TEXT),
        ("pulumi_aws.lambda_.Function", "code", ShapeKind.FILE),
        ("pulumi_aws.lambda_.Function", "runtime", ShapeKind.TEXT),
    ],
)
def test_unions_enumerations_and_files(path: str, argument: str, kind: ShapeKind) -> None:
    """A policy may be a text or an object: a state has a text."""
    assert TYPES.resource(path).arguments[argument].shape.kind is kind


def test_secrets_are_named_in_python() -> None:
    """As a state's attributes are."""
    assert TYPES.resource("pulumi_aws.secretsmanager.SecretVersion").secrets == {
        "secret_string",
        "secret_binary",
        "secret_string_wo",
    }


def test_what_is_not_installed_is_named() -> None:
    """With what to do."""
    with pytest.raises(SdkMissing, match="pulumi_random is in no SDK that is installed"):
        TYPES.resource("pulumi_random.RandomPet")
    with pytest.raises(SdkMissing, match=r"pulumi_aws\.s3\.Novelty is in no SDK"):
        TYPES.resource("pulumi_aws.s3.Novelty")
    with pytest.raises(SdkMissing, match="pulumi-random is not installed"):
        TYPES.version("random")
    assert TYPES.version("aws") == "7.51.1"
