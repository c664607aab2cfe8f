"""How far components of the platform are from what the sample estate has: why `wrap` uses none (ADR 38)."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components.durable_table import DurableTable, DurableTableArgs
from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from slipway.adapters.pulumi.sdk_types import InstalledTypes
from slipway.adopt.layers import parse_layers
from slipway.adopt.propose import Target, propose
from slipway.adopt.state_reading import read_state
from slipway.model.environment import StackName
from slipway.model.tags import REQUIRED_TAGS, Tags
from tests.doubles.terraform_states import ESTATE
from tests.doubles.wrapped_layers import Declared

TAGS = Tags(
    owner="data-platform",
    pipeline="platform",
    criticality="standard",
    cost_center="data-platform",
    data_class="internal",
    stack=StackName.DEV,
)
BUCKET = "finedge-dev-landing"
KEY = next(
    each.value("arn")
    for each in read_state(ESTATE.read_bytes(), str(ESTATE)).instances
    if each.type == "aws_kms_key"
)
Inputs = Mapping[str, Mapping[str, Any]]
"""Arguments by type."""


@pytest.fixture(scope="module")
def estate() -> Mapping[str, list[Mapping[str, Any]]]:
    """What the estate's resources are given, by type."""
    state = read_state(ESTATE.read_bytes(), str(ESTATE))
    target = Target(stack="dev", project="slipway", region="us-east-1")
    (proposal,) = propose([state], parse_layers(["all=*"]), target, InstalledTypes())
    found: dict[str, list[Mapping[str, Any]]] = {}
    for each in proposal.resources:
        found.setdefault(each.type, []).append(each.inputs)
    return found


def made_by(create: Callable[[], object]) -> Inputs:
    """Run a component, and return what it makes."""
    seen = Declared({("aws:s3/bucket:Bucket", "lake"): {"id": BUCKET}})
    mocks.set_mocks(seen, project="slipway", stack="dev")
    awaited: Any = pulumi.runtime.test
    awaited(lambda: create() and None)()
    return {type_: inputs for (type_, _), inputs in seen.inputs.items()}


def a_bucket() -> object:
    """The component that is nearest to the estate's buckets."""
    return PrivateBucket("lake", PrivateBucketArgs(bucket=BUCKET, key_arn=str(KEY), tags=TAGS))


def a_key() -> object:
    """The one that is nearest to its key."""
    args = EncryptionKeyArgs(
        purpose="finedge dev data lake", alias="alias/finedge-dev-data", policy=[], tags=TAGS
    )
    return EncryptionKey("data", args)


def a_table() -> object:
    """The one that is nearest to its tables."""
    args = DurableTableArgs(
        table="finedge-dev-terraform-locks", hash_key="LockID", key_arn=str(KEY), tags=TAGS
    )
    return DurableTable("locks", args)


NOT_THERE = {
    "aws:s3/bucket:Bucket": {"objectLockEnabled", "tags"},
    "aws:s3/bucketVersioning:BucketVersioning": set(),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": set(),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": set(),
    "aws:s3/bucketPolicy:BucketPolicy": None,
    "aws:kms/key:Key": {"deletionWindowInDays", "policy", "tags"},
    "aws:kms/alias:Alias": set(),
    "aws:dynamodb/table:Table": {"deletionProtectionEnabled", "serverSideEncryption", "tags"},
}
"""What a component gives that no resource of the type has in the estate; None: none is of that type."""


@pytest.mark.parametrize("create", [a_bucket, a_key, a_table])
def test_no_component_of_the_platform_declares_what_was_adopted(
    create: Callable[[], object], estate: Mapping[str, list[Mapping[str, Any]]]
) -> None:
    """Each gives an argument, or makes a resource, that a preview would show as a change."""
    for type_, given in made_by(create).items():
        there = estate.get(type_)
        differs = (
            None
            if there is None
            else {name for name, value in given.items() if all(each.get(name) != value for each in there)}
        )
        assert differs == NOT_THERE[type_], type_


def test_nothing_in_the_estate_has_the_tags_of_the_platform(
    estate: Mapping[str, list[Mapping[str, Any]]],
) -> None:
    """Every component gives all of them to whatever can have tags: each would change the cloud."""
    tagged = [each["tags"] for found in estate.values() for each in found if "tags" in each]
    assert len(tagged) > 50
    assert [tags for tags in tagged if set(REQUIRED_TAGS) <= tags.keys()] == []
