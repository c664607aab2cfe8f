"""The inputs that adoption proposes for the sample estate are ones that the real AWS provider accepts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.pulumi.sdk_types import InstalledTypes
from slipway.adopt.inputs import SECRET
from slipway.adopt.layers import parse_layers
from slipway.adopt.propose import Target, propose
from slipway.adopt.state_reading import read_state
from tests.doubles.terraform_states import ESTATE
from tests.validation.findings import validate
from tests.validation.record import differences
from tests.validation.resources import Resource
from tests.validation.terraform import Terraform, TerraformMissing, installed_provider

pytestmark = pytest.mark.integration


def _in_clear(value: Any) -> Any:
    """Put a text in place of each secret."""
    match value:
        case {**one} if set(one) == {SECRET}:
            return "a secret"
        case Mapping():
            return {name: _in_clear(each) for name, each in value.items()}
        case list():
            return [_in_clear(each) for each in value]
        case _:
            return value


def test_the_provider_accepts_every_proposed_input(tmp_path: Path) -> None:
    """A copy of all attributes failed 774 times on 543 resources of such an estate."""
    try:
        provider = installed_provider()
    except TerraformMissing as missing:
        pytest.skip(f"{missing}")
    layers = parse_layers(["all=aws_*", "all=module.*"])
    target = Target(stack="dev", project="slipway", region="us-east-1")
    (proposal,) = propose([read_state(ESTATE.read_bytes(), "estate")], layers, target, InstalledTypes())
    resources = [
        Resource(stack="dev", token=each.type, name=each.name, inputs=_in_clear(each.inputs))
        for each in proposal.resources
    ]
    found = validate(Terraform(tmp_path, provider), resources, differences(provider.version))
    assert (found.count, list(found.findings), list(found.left_out)) == (86, [], [])
