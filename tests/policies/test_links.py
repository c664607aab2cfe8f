"""Which resource another one is about: by where its value comes from, or by equal values."""

import pytest

from policies.rules.links import BUCKETS, is_bare, s3_types
from policies.rules.rule import Graph, Node
from tests.policies.judged import node_of, urn_of

VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LAKE = node_of(BUCKETS[0], {"bucket": "finedge-lake"})
OTHER = node_of(BUCKETS[0], {"bucket": "finedge-other"}, name="other")


def _without(*nodes: Node) -> list[str]:
    graph = Graph((LAKE, OTHER, *nodes))
    bare = (each for each in (LAKE, OTHER) if is_bare(graph, each, *s3_types("BucketVersioning")))
    return [each.resource.name for each in bare]


def test_both_tokens() -> None:
    """The tokens of version 6 of the SDK are still there."""
    assert s3_types("BucketVersioning") == (VERSIONING, "aws:s3/bucketVersioningV2:BucketVersioningV2")


def test_nothing_speaks_of_a_bucket() -> None:
    """Each bucket that lacks something is named."""
    assert _without() == ["lake", "other"]


@pytest.mark.parametrize("type_", s3_types("BucketVersioning"))
def test_the_source_tells(type_: str) -> None:
    """The value itself may be unknown still: it is not read."""
    assert _without(node_of(type_, {}, bucket=LAKE.resource.urn)) == ["other"]


def test_a_source_counts_more_than_a_value() -> None:
    """What comes from another bucket is about that one, whatever its value looks like."""
    assert _without(node_of(VERSIONING, {"bucket": "finedge-lake"}, bucket=OTHER.resource.urn)) == ["lake"]


def test_an_equal_value_tells_where_no_bucket_is_the_source() -> None:
    """An imported resource names its bucket by hand; a source of another type says nothing."""
    assert _without(node_of(VERSIONING, {"bucket": "finedge-lake"})) == ["other"]
    elsewhere = urn_of("pulumi:pulumi:StackReference", "shared")
    reference = node_of("pulumi:pulumi:StackReference", {}, name="shared")
    told = node_of(VERSIONING, {"bucket": "finedge-lake"}, bucket=elsewhere)
    assert _without(told) == ["other"]
    assert _without(reference, told) == ["other"]


def test_no_value_is_not_an_equal_one() -> None:
    """Neither is known: that is no relation."""
    nameless = node_of(BUCKETS[0], {}, name="nameless")
    graph = Graph((nameless, node_of(VERSIONING, {})))
    assert is_bare(graph, nameless, VERSIONING)


def test_another_type_does_not_count() -> None:
    """Only the companions that are asked for."""
    policy = node_of("aws:s3/bucketPolicy:BucketPolicy", {}, bucket=LAKE.resource.urn)
    assert _without(policy) == ["lake", "other"]
