"""How values of the wire are read, and where a resource is."""

from typing import Any

import pytest

from policies.rules.place import environment_of, is_within, stack_of
from policies.rules.values import block, number, said, stored
from slipway.model.environment import Environment
from tests.policies.placed import resource_at, urn_at


@pytest.mark.parametrize(
    ("value", "read"),
    [(1, 1), (1.5, 1.5), ("60", 60), ("many", None), (None, None), (True, None), ([], None), ("", None)],
)
def test_a_number_is_read_whatever_way_it_came(value: Any, read: float | None) -> None:
    """What is none is not there."""
    assert number(value) == read
    assert number(value, 7) == (7 if read is None else read)


@pytest.mark.parametrize(
    ("amount", "text"), [(None, "no"), (2.0, "2"), (1.5, "1.5"), (1234567.0, "1234567"), (3, "3")]
)
def test_a_number_is_written_as_people_write_it(amount: float | None, text: str) -> None:
    """Large ones too."""
    assert said(amount) == text


def test_a_block_that_is_not_there_is_empty() -> None:
    """So that its own defaults count."""
    assert block({}, "a") == {}
    assert block({"a": None}, "a") == {}
    assert block({"a": {"b": 1}}, "a") == {"b": 1}


@pytest.mark.parametrize("name", ["X_Y", '"X_Y"', "x_y"])
def test_a_name_of_snowflake_is_one_name(name: str) -> None:
    """Quoted or not."""
    assert stored(name) == "X_Y"
    assert stored(None) == ""


@pytest.mark.parametrize(
    ("stack", "environment"),
    [
        ("dev", Environment.DEV),
        ("staging", Environment.STAGING),
        ("prod", Environment.PROD),
        ("shared", Environment.DEV),
    ],
)
def test_a_resource_is_in_an_environment(stack: str, environment: Environment) -> None:
    """What is in none is held like dev."""
    urn = urn_at("a:b:C", stack=stack)
    assert stack_of(urn) == stack
    assert environment_of(urn) is environment


def test_a_resource_is_within_all_components_around_it() -> None:
    """But not within itself."""
    deep = resource_at("a:b:C", {}, within="slipway:x:Y$slipway:z:W")
    assert is_within(deep, "slipway:x:")
    assert is_within(deep, "slipway:z:W")
    assert not is_within(deep, "a:b:C")
    assert not is_within(resource_at("slipway:x:Y", {}), "slipway:x:")
