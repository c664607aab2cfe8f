"""The table of types says nothing that the schema of pulumi-aws does not know."""

from __future__ import annotations

import pytest

from slipway_sandbox.provider import schema
from slipway_sandbox.provider.aws import AWS_INVOKES, AWS_TYPES
from slipway_sandbox.provider.aws.resource import Resource

AWS = schema.load("aws")


@pytest.mark.parametrize("token", sorted(AWS_TYPES))
def test_a_type_speaks_of_inputs_that_exist(token: str) -> None:
    """What it takes, repeats, names and replaces on are inputs of the type, and it takes what is required."""
    resource, type_ = AWS_TYPES[token], AWS.resource(token)
    assert isinstance(resource, Resource)
    named = {resource.autoname} if resource.autoname else set()
    spoken = resource.takes | resource.silent | named | resource.defaults.keys()
    assert spoken - type_.inputs.keys() == set()
    assert {name.partition(".")[0] for name in resource.replace_on} - type_.inputs.keys() == set()
    required = {name for name, prop in type_.inputs.items() if prop.role is schema.Role.REQUIRED}
    assert required - resource.takes - resource.silent == set()
    assert (resource.tagging is not None) is type_.taggable


def test_data_sources_exist() -> None:
    """Each answered data source is one of pulumi-aws."""
    assert AWS_INVOKES.keys() - AWS.functions == set()
