"""Automatic names, as the real providers make them and the engine's settings steer them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from slipway_sandbox.provider.stubs import provider_pb2
from tests.provider.engine import Engine, Resource

if TYPE_CHECKING:
    from typing import Any

QUEUE = Resource("aws:sqs/queue:Queue", "jobs")
Options = provider_pb2.CheckRequest.AutonamingOptions


def named(aws: Engine, olds: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The checked inputs of a queue that gives no name."""
    inputs, failures = aws.check(QUEUE, {}, olds, **more)
    assert failures == {}
    return inputs


def test_a_name_is_the_programs_name_and_seven_hex_digits(aws: Engine) -> None:
    """From the engine's seed: the same in a preview and the update of that plan."""
    inputs = named(aws)
    assert re.fullmatch(r"jobs-[0-9a-f]{7}", inputs["name"])
    assert inputs["__defaults"] == ["name"]
    assert named(aws) == inputs
    assert named(aws, randomSeed=b"other")["name"] != inputs["name"]


def test_a_name_stays_as_long_as_the_resource(aws: Engine) -> None:
    """Another seed, but the old inputs had an automatic name."""
    before = named(aws)
    assert named(aws, before, randomSeed=b"other") == before


def test_a_name_that_the_program_no_longer_gives_becomes_automatic(aws: Engine) -> None:
    """The old one was the program's own: it is not taken over."""
    assert named(aws, {"name": "mine"})["name"] != "mine"


def test_fifo_queues_keep_their_suffix(aws: Engine) -> None:
    """AWS refuses a FIFO queue under another name."""
    inputs, _ = aws.check(QUEUE, {"fifoQueue": True})
    assert re.fullmatch(r"jobs-[0-9a-f]{7}\.fifo", inputs["name"])


def test_a_prefix_leaves_the_name_to_the_server(aws: Engine) -> None:
    """namePrefix and name exclude each other."""
    inputs, failures = aws.check(QUEUE, {"namePrefix": "jobs-"})
    assert (inputs, failures) == ({"namePrefix": "jobs-"}, {})


@pytest.mark.parametrize("mode", [Options.PROPOSE, Options.ENFORCE])
def test_the_engines_proposal_is_taken(aws: Engine, mode: int) -> None:
    """`pulumi:autonaming` in the project's configuration."""
    assert named(aws, autonaming=Options(proposed_name="dev-jobs", mode=mode))["name"] == "dev-jobs"


def test_a_missing_name_is_refused_where_names_are_not_made(aws: Engine) -> None:
    """`pulumi:autonaming: {mode: disabled}`."""
    _, failures = aws.check(QUEUE, {}, autonaming=Options(mode=Options.DISABLE))
    assert failures == {"name": "automatic naming is disabled and jobs gives no name; set name"}
    _, failures = aws.check(QUEUE, {"name": "mine"}, autonaming=Options(mode=Options.DISABLE))
    assert failures == {}


def test_a_type_without_a_computed_name_gets_none(aws: Engine) -> None:
    """A VPC has tags, not a name."""
    assert aws.check(Resource("aws:ec2/vpc:Vpc", "net"), {})[0] == {}
