"""Diff: paths, kinds and replacements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import MessageToDict

from slipway_sandbox.provider.stubs import provider_pb2
from tests.provider.engine import SIG, UNKNOWN, Resource, secret, struct

if TYPE_CHECKING:
    from tests.provider.engine import Engine

BUCKET = Resource("aws:s3/bucket:Bucket", "data")
OBJECT = Resource("aws:s3/bucketObject:BucketObject", "file")
RULES = [{"enabled": True, "id": "a"}, {"enabled": True, "id": "b"}]


def asset(content_hash: str, **where: str) -> dict[str, str]:
    """A file on the wire."""
    return {SIG: "c44067f5952c0a294b673a41bacd8c17", "hash": content_hash, **where}


def changes(aws: Engine, old: dict[str, Any], new: dict[str, Any], olds: dict[str, Any] | None = None) -> Any:
    """Kind by path."""
    answer = aws.diff(BUCKET, "data", old, {**old, **(olds or {})}, new)
    return {
        path: change.get("kind", "ADD")
        for path, change in MessageToDict(answer).get("detailedDiff", {}).items()
    }


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"bucket": "a"}, {"bucket": "a"}, {}),
        ({"bucket": "a"}, {"bucket": "a", "forceDestroy": True}, {"forceDestroy": "ADD"}),
        ({"forceDestroy": True}, {}, {"forceDestroy": "DELETE"}),
        ({"forceDestroy": True}, {"forceDestroy": UNKNOWN}, {"forceDestroy": "UPDATE"}),
        ({"acl": secret("a")}, {"acl": secret("b")}, {"acl": "UPDATE"}),
        ({"acl": secret("a")}, {"acl": "a"}, {}),
        ({"acl": "private"}, {}, {}),  # computed: left to the provider, it keeps what it has
        ({"lifecycleRules": RULES}, {"lifecycleRules": RULES[:1]}, {"lifecycleRules[1]": "DELETE"}),
        (
            {"lifecycleRules": RULES},
            {"lifecycleRules": [RULES[0], {"enabled": False, "id": "b", "prefix": "x"}]},
            {"lifecycleRules[1].enabled": "UPDATE", "lifecycleRules[1].prefix": "ADD"},
        ),
        ({"tags": {"a.b": "1"}}, {"tags": {"a.b": "2"}}, {'tags["a.b"]': "UPDATE"}),
    ],
)
def test_a_change_is_told_by_its_path(aws: Engine, old: Any, new: Any, found: dict[str, str]) -> None:
    """As the engine's own differ writes paths."""
    seen = changes(aws, old, new, {"tagsAll": new.get("tags", {})})
    assert seen == found


def test_what_the_server_has_already_is_no_change(aws: Engine) -> None:
    """The program now writes down a value that was computed."""
    assert changes(aws, {}, {"acl": "private"}, {"acl": "private"}) == {}
    assert changes(aws, {}, {"acl": "public"}, {"acl": "private"}) == {"acl": "ADD"}


def test_another_region_replaces(aws: Engine) -> None:
    """A bucket cannot move; neither can anything else of a region."""
    answer = aws.diff(BUCKET, "data", {}, {"region": "eu-west-1"}, {"region": "us-east-1"})
    assert list(answer.replaces) == ["region"]
    answer = aws.diff(BUCKET, "data", {}, {"region": "us-east-1"}, {})
    assert list(answer.replaces) == ["region"]  # the provider's region is another now


def test_the_sdks_own_words_replace(aws: Engine) -> None:
    """Where a property's description says that it forces a new resource."""
    cluster = Resource("aws:elasticache/cluster:Cluster", "c")
    old = {"clusterId": "c", "engine": "redis", "nodeType": "x"}
    answer = aws.diff(cluster, "c", old, old, {**old, "engine": "valkey"})
    assert set(answer.replaces) <= {"engine"}
    assert list(answer.diffs) == ["engine"]


def test_a_file_changes_with_its_content_not_with_its_path(aws: Engine) -> None:
    """Checkouts stand in different folders; an edited file keeps its path."""
    old = {"bucket": "b", "source": asset("aa", path="/one/index.html")}
    moved = {"bucket": "b", "source": asset("aa", path="/two/index.html")}
    edited = {"bucket": "b", "source": asset("bb", path="/one/index.html")}
    assert aws.diff(OBJECT, "b/k", old, old, moved).changes == 1
    assert list(aws.diff(OBJECT, "b/k", old, old, edited).diffs) == ["source"]


def test_ignored_paths_are_left_alone(aws: Engine) -> None:
    """`ignore_changes` of a nested path ignores what is below it."""
    request = provider_pb2.DiffRequest(
        **BUCKET.who,
        id="data",
        old_inputs=struct({"versioning": {"enabled": True}, "forceDestroy": True}),
        olds=struct({}),
        news=struct({"versioning": {"enabled": False}, "forceDestroy": False}),
        ignoreChanges=["versioning"],
    )
    assert list(aws.stub.Diff(request).diffs) == ["forceDestroy"]


def test_an_engine_that_sends_no_old_inputs_still_gets_a_difference(aws: Engine) -> None:
    """Outputs stand in for them."""
    request = provider_pb2.DiffRequest(
        **BUCKET.who, id="data", olds=struct({"forceDestroy": True}), news=struct({"forceDestroy": False})
    )
    assert list(aws.stub.Diff(request).diffs) == ["forceDestroy"]
