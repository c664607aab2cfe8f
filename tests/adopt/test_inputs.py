"""Inputs as an engineer would have written them: nothing that says nothing, and no secret in clear."""

import json
from typing import Any

import pytest

from slipway.adopt.documented import conflicts, is_default
from slipway.adopt.inputs import SECRET, Inputs, minimal_inputs
from slipway.adopt.secret_values import SecretValues
from slipway.ports.resource_types import Argument, ResourceType, Shape, ShapeKind
from tests.doubles.sdk_types import (
    BLOCK,
    BLOCKS,
    TEXT,
    TEXT_MAP,
    TEXTS,
    TRUTH,
    WHOLE,
    MemoryTypes,
    a_type,
    an_argument,
)
from tests.doubles.terraform_states import a_resource, an_instance, only

HIDDEN = "hunter2-not-to-be-seen"
NUMBER = Shape(kind=ShapeKind.NUMBER)


def _inputs(
    type_: ResourceType,
    attributes: dict[str, Any],
    *fields: Argument,
    terraform_type: str = "aws_s3_bucket",
    sensitive: list[Any] | None = None,
    without: tuple[str, ...] = (),
) -> Inputs:
    instance = only(
        a_resource(
            an_instance(attributes=attributes, sensitive_attributes=sensitive or []), type=terraform_type
        )
    )
    types = MemoryTypes(type_, *fields)
    return minimal_inputs(instance, type_, types, home_region="us-east-1", without=without)


@pytest.mark.parametrize(
    ("shape", "value", "written"),
    [
        (TEXT, "lake", "lake"),
        (TEXT, 443, "443"),
        (TEXT, True, "true"),
        (WHOLE, "443", 443),
        (NUMBER, "1.5", 1.5),
        (WHOLE, "many", "many"),
        (TRUTH, "true", True),
        (TEXT, ["only"], "only"),
        (TEXTS, ["a", None, "b"], ["a", "b"]),
        (TEXT_MAP, {"a": "1", "b": None, "c": 2}, {"a": "1", "c": "2"}),
        (BLOCK, [{"inner_name": "x", "count": 0}], {"innerName": "x"}),
        (BLOCK, {"inner_name": "x"}, {"innerName": "x"}),
        (BLOCKS, [{"inner_name": "x"}, {"inner_name": "y"}], [{"innerName": "x"}, {"innerName": "y"}]),
    ],
)
def test_a_value_gets_the_form_of_the_argument(shape: Shape, value: Any, written: Any) -> None:
    """Terraform has blocks as lists, and now and then numbers as texts."""
    fields = (an_argument("inner_name"), an_argument("count", WHOLE))
    assert _inputs(a_type(an_argument("value", shape)), {"value": value}, *fields).values == {
        "value": written
    }


@pytest.mark.parametrize("value", [None, "", [], {}, False, 0])
def test_what_says_nothing_is_left_out(value: Any) -> None:
    """Copied, such values were refused by the provider 774 times in 543 resources."""
    type_ = a_type(an_argument("value", Shape(kind=ShapeKind.ANY)), an_argument("name", required=True))
    assert _inputs(type_, {"value": value, "name": "lake"}).values == {"name": "lake"}


def test_a_required_argument_stays_whatever_it_is() -> None:
    """A port that is 0 is a port."""
    assert _inputs(a_type(an_argument("port", WHOLE, required=True)), {"port": 0}).values == {"port": 0}


@pytest.mark.parametrize(
    ("says", "shape", "value", "kept"),
    [
        ("Whether DNS works. Defaults to `true`.", TRUTH, True, False),
        ("Whether DNS works. Defaults to `true`.", TRUTH, False, True),
        ("Seconds. Default is `30`.", WHOLE, 30, False),
        ("Seconds. Default is `30`.", WHOLE, 0, True),
        ("Seconds. Default is `30`.", WHOLE, 31, True),
        ("Default: `STANDARD`", TEXT, "STANDARD", False),
        ("The default value is `STANDARD`.", TEXT, "GLACIER", True),
        ("Anything.", TRUTH, True, True),
        ("Set to `false` to disable merge commits.", TRUTH, False, True),
        ("Set to `false` to disable merge commits.", TRUTH, True, False),
        ("Defaults to what the service does.", TRUTH, False, False),
        ("Defaults to what the service does.", WHOLE, 0, False),
        ("Share. Defaults to `0.5`.", NUMBER, 0.5, False),
    ],
)
def test_a_documented_default_is_left_out(says: str, shape: Shape, value: Any, *, kept: bool) -> None:
    """And `false` stays where the default is true: leaving it out would change the cloud."""
    argument = an_argument("value", shape, says=says)
    assert is_default(argument, value) is not kept
    assert _inputs(a_type(argument), {"value": value}).values == ({"value": value} if kept else {})


def test_a_zero_within_a_block_was_not_set() -> None:
    """Terraform's older SDK writes 0 for it, and the provider refuses that: it wants 1 to 35 days."""
    days = an_argument("days", WHOLE, says="Between 1 and 35. Default is `35`.")
    enabled = an_argument("enabled", TRUTH, required=True)
    found = _inputs(
        a_type(an_argument("value", BLOCK)), {"value": [{"enabled": True, "days": 0}]}, days, enabled
    )
    assert found.values == {"value": {"enabled": True}}


def test_an_empty_block_that_was_written_stays() -> None:
    """`filter {}` of a lifecycle rule takes everything; without it the rule is another one."""
    field = an_argument("prefix")
    rules = _inputs(a_type(an_argument("value", BLOCKS)), {"value": [{"prefix": ""}]}, field)
    assert rules.values == {"value": [{}]}
    one = _inputs(a_type(an_argument("value", BLOCK)), {"value": [{"prefix": None}]}, field)
    assert one.values == {"value": {}}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"name": "lake", "name_prefix": "la"}, {"name": "lake"}),
        ({"name_prefix": "la"}, {"namePrefix": "la"}),
    ],
)
def test_of_two_that_conflict_one_stays(given: dict[str, str], kept: dict[str, str]) -> None:
    """The provider refuses both; the documentation of one of them is enough."""
    type_ = a_type(an_argument("name"), an_argument("name_prefix", says="A prefix. Conflicts with `name`."))
    assert _inputs(type_, given).values == kept


def test_a_required_argument_wins_a_conflict() -> None:
    """Whatever its name."""
    type_ = a_type(
        an_argument("a", says="Conflicts with `z_prefix`."), an_argument("z_prefix", required=True)
    )
    assert _inputs(type_, {"a": "1", "z_prefix": "2"}).values == {"zPrefix": "2"}


def test_conflicts_are_read_from_the_documentation() -> None:
    """In the words that it uses."""
    says = "One of many. Conflicts with `a` and `b`. Cannot be used with `c`. Use `d` instead."
    assert conflicts(an_argument("x", says=says)) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("terraform_type", "attributes", "kept"),
    [
        ("aws_ssm_parameter", {"value": "x", "arn": "arn:x"}, {"value": "x"}),
        ("aws_iam_role", {"value": "x", "path": "/"}, {"value": "x"}),
        ("aws_iam_role", {"value": "x", "path": "/data/"}, {"value": "x", "path": "/data/"}),
        ("aws_sns_topic", {"value": "x", "policy": '{"Id": "__default_policy_ID"}'}, {"value": "x"}),
        (
            "aws_sns_topic",
            {"value": "x", "policy": '{"Id": "ours"}'},
            {"value": "x", "policy": '{"Id": "ours"}'},
        ),
    ],
)
def test_what_the_provider_has_made_is_left_out(
    terraform_type: str, attributes: dict[str, Any], kept: dict[str, Any]
) -> None:
    """Nobody has written it, and left out it stays as it is."""
    type_ = a_type(*(an_argument(name) for name in ("value", "arn", "path", "policy")))
    assert _inputs(type_, attributes, terraform_type=terraform_type).values == kept


def test_an_arn_that_is_asked_for_stays() -> None:
    """The target of a rule has another object's."""
    type_ = a_type(an_argument("arn", required=True))
    assert _inputs(type_, {"arn": "arn:x"}).values == {"arn": "arn:x"}


def test_tags_are_all_tags() -> None:
    """Default tags of Terraform's provider are the object's; Pulumi's provider has none."""
    type_ = a_type(an_argument("tags", TEXT_MAP))
    found = _inputs(type_, {"tags": {"a": "1"}, "tags_all": {"a": "1", "b": "2"}})
    assert found.values == {"tags": {"a": "1", "b": "2"}}


@pytest.mark.parametrize(
    ("attributes", "kept"),
    [
        ({"region": "us-east-1"}, {}),
        ({"region": "eu-west-1"}, {"region": "eu-west-1"}),
        ({"arn": "arn:aws:sns:eu-west-1:1:x"}, {"region": "eu-west-1"}),
        ({"arn": "arn:aws:iam::1:role/x"}, {}),
    ],
)
def test_an_object_elsewhere_says_where_it_is(attributes: dict[str, Any], kept: dict[str, Any]) -> None:
    """The region of an alias needs no provider of its own (AWS provider 6)."""
    assert _inputs(a_type(an_argument("region")), attributes).values == kept


def test_what_separate_resources_own_is_left_out() -> None:
    """Both would undo each other."""
    type_ = a_type(an_argument("policy"), an_argument("bucket"))
    assert _inputs(type_, {"policy": "{}", "bucket": "lake"}, without=("policy",)).values == {
        "bucket": "lake"
    }


@pytest.mark.parametrize(
    ("shape", "value", "note"),
    [
        (
            Shape(kind=ShapeKind.FILE),
            "code.zip",
            "value is left out: a file or archive, which no state has: the program has to give it",
        ),
        (TEXT, ["a", "b"], "value is left out: it has several values where the SDK takes one"),
        (TEXTS, "a", "value is left out: its value has another form than the SDK's argument"),
        (BLOCK, [{"lost": "x"}], "value.0.lost is left out: the SDK has no such argument"),
    ],
)
def test_nothing_is_left_out_silently(shape: Shape, value: Any, note: str) -> None:
    """A person looks at what could not be taken over."""
    assert _inputs(a_type(an_argument("value", shape)), {"value": value}).notes == [note]


@pytest.mark.parametrize(
    ("attributes", "sensitive", "by_sdk", "way"),
    [
        ({"plain": HIDDEN}, [["plain"]], (), "plain"),
        ({"plain": HIDDEN}, [], ("plain",), "plain"),
        ({"password": HIDDEN}, [], (), "password"),
        ({"environment": {"DB_PASSWORD": HIDDEN}}, [], (), "environment.DB_PASSWORD"),
        ({"block": [{"name": "API_TOKEN", "value": HIDDEN}]}, [], (), "block.0.value"),
        ({"block": [{"value": HIDDEN}]}, [["block", 0, "value"]], (), "block.0.value"),
        ({"environment": {"x": HIDDEN}}, [["environment"]], (), "environment"),
        ({"plain": [HIDDEN]}, [["plain", 0]], (), "plain.0"),
        ({"anything": {"list": [{"x": HIDDEN}]}}, [["anything", "list", 0, "x"]], (), "anything.list.0.x"),
        ({"anything": {"api_key": HIDDEN}}, [], (), "anything.api_key"),
    ],
)
def test_a_secret_is_marked_and_never_written(
    attributes: dict[str, Any], sensitive: list[list[str | int]], by_sdk: tuple[str, ...], way: str
) -> None:
    """By the state, by the SDK, or by its name."""
    type_ = a_type(
        an_argument("plain"),
        an_argument("password"),
        an_argument("environment", TEXT_MAP),
        an_argument("block", BLOCKS),
        an_argument("anything", Shape(kind=ShapeKind.ANY)),
        secrets=frozenset(by_sdk),
    )
    paths = [[_step(step) for step in path] for path in sensitive]
    found = _inputs(type_, attributes, an_argument("name"), an_argument("value"), sensitive=paths)
    assert found.secrets == [way]
    assert HIDDEN not in repr(found)
    steps = [int(step) if step.isdigit() else step for step in way.split(".")]
    assert json.dumps({SECRET: steps}) in json.dumps(found.values)


def _step(step: str | int) -> dict[str, Any]:
    if isinstance(step, int):
        return {"type": "index", "value": {"value": step, "type": "number"}}
    return {"type": "get_attr", "value": step}


@pytest.mark.parametrize(
    "name", ["master_password", "auth_token", "DB-PASSWD", "apiKey", "client_secret_value"]
)
def test_names_of_secrets(name: str) -> None:
    """When in doubt a value is one."""
    assert SecretValues((), ()).has((name,), HIDDEN, {})


@pytest.mark.parametrize(
    "name", ["secret_id", "secret_arn", "token_url", "password_length", "passage", "key"]
)
def test_names_of_no_secrets(name: str) -> None:
    """A proposal full of marks cannot be reviewed."""
    assert not SecretValues((), ()).has((name,), "plain", {})
