"""Check: what a program cannot mean is refused by path, with the nearest name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from tests.provider.engine import SIG, UNKNOWN, Resource, secret

if TYPE_CHECKING:
    from tests.provider.engine import Engine

BUCKET = Resource("aws:s3/bucket:Bucket", "data")
FUNCTION = Resource("aws:lambda/function:Function", "worker")
ROLE = "arn:aws:iam::111122223333:role/worker"


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"buckett": "x"}, "buckett", "aws:s3/bucket:Bucket has no property buckett; did you mean bucket?"),
        ({"zzz": 1}, "zzz", "aws:s3/bucket:Bucket has no property zzz"),
        ({"arn": "x"}, "arn", "aws:s3/bucket:Bucket computes the property arn: it cannot be set"),
        ({"forceDestroy": "maybe"}, "forceDestroy", "expected a value of type boolean, got str 'maybe'"),
        ({"tags": ["a"]}, "tags", "expected a map, got a list"),
        ({"tags": {"a": ["b"]}}, "tags.a", "expected a value of type string, got a list"),
        ({"versioning": [{"enabled": True}]}, "versioning", "expected an object, got a list"),
        (
            {"versioning": {"enable": True}},
            "versioning.enable",
            "BucketVersioning has no property enable; did you mean enabled?",
        ),
        (
            {"corsRules": [{"allowedMethods": ["GET"]}]},
            "corsRules[0].allowedOrigins",
            "BucketCorsRule needs the property allowedOrigins",
        ),
        (
            {"corsRules": [{"allowedMethods": ["GET"], "allowedOrigin": ["*"]}]},
            "corsRules[0].allowedOrigins",
            "BucketCorsRule needs the property allowedOrigins; is it what you wrote as allowedOrigin?",
        ),
        ({"lifecycleRules": [{"enabled": secret("no")}]}, "lifecycleRules[0].enabled", None),
    ],
)
def test_what_cannot_be_meant_is_refused(
    aws: Engine, given: dict[str, Any], path: str, reason: str | None
) -> None:
    """Each mistake, alone, is told at its place."""
    _, failures = aws.check(BUCKET, given)
    assert failures[path] == reason or (
        reason is None and "expected a value of type boolean" in failures[path]
    )


def test_a_missing_required_property_is_refused(aws: Engine) -> None:
    """Before anything is created; the nearest of what was written is named."""
    _, failures = aws.check(FUNCTION, {"rolle": ROLE})
    assert failures["role"] == (
        "aws:lambda/function:Function needs the property role; is it what you wrote as rolle?"
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"timeout": "5"}, {"timeout": 5.0}),
        ({"timeout": UNKNOWN}, {"timeout": UNKNOWN}),
        ({"timeout": secret(UNKNOWN)}, {"timeout": secret(UNKNOWN)}),
        ({"publish": "true"}, {"publish": True}),
        ({"memorySize": 128.0, "layers": [UNKNOWN, "a"]}, {"memorySize": 128.0, "layers": [UNKNOWN, "a"]}),
        ({"description": 5}, {"description": "5"}),
        ({"description": True}, {"description": "true"}),
        ({"description": None, "tags": {"a": None, "b": 1}}, {"tags": {"b": "1"}}),
        (
            {"environment": {"variables": {"A": secret("b")}}},
            {"environment": {"variables": {"A": secret("b")}}},
        ),
    ],
)
def test_what_the_real_providers_convert_is_converted(
    aws: Engine, given: dict[str, Any], kept: dict[str, Any]
) -> None:
    """Text for numbers and booleans, and the other way round; null means not given; unknowns stay."""
    inputs, failures = aws.check(FUNCTION, given | {"role": ROLE, "name": "f"})
    assert (failures, inputs) == ({}, kept | {"role": ROLE, "name": "f"})


@pytest.mark.parametrize("value", ["1.5", 1.5, True, "", "many", {SIG: secret("x")[SIG], "value": "many"}])
def test_what_is_no_integer_is_refused(aws: Engine, value: Any) -> None:
    """A timeout of 1.5 seconds would be cut by the server without a word."""
    assert "timeout" in aws.check(FUNCTION, {"timeout": value, "role": ROLE})[1]


def test_a_secret_of_a_wrong_type_is_not_shown(aws: Engine) -> None:
    """The reason is printed on a terminal."""
    _, failures = aws.check(FUNCTION, {"timeout": secret("hush-hush"), "role": ROLE})
    assert failures["timeout"] == "expected a value of type integer, in a secret"


def test_an_archive_where_text_belongs_is_refused(aws: Engine) -> None:
    """Assets have their own places."""
    archive = {SIG: "0def7320c3a5731c473e5ecbe6d01bc7", "assets": {}}
    assert aws.check(FUNCTION, {"handler": archive, "role": ROLE})[1]["handler"].endswith("got an archive")


def test_a_type_that_does_not_exist_is_refused_by_name(aws: Engine) -> None:
    """As a program in another version of the SDK would ask for it."""
    with pytest.raises(grpc.RpcError) as error:
        aws.check(Resource("aws:s3/bukket:Bukket", "x"), {})
    told = str(error.value.details())
    assert "aws:s3/bukket:Bukket is not a type of pulumi-aws 7.51.1" in told
    assert "did you mean aws:s3/bucket:Bucket?" in told
