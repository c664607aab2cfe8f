"""Terraform states as a test writes them: format 4, resource by resource."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from slipway.adopt.state import Instance, State
from slipway.adopt.state_reading import read_state

ESTATE: Final = Path(__file__).parents[2] / "examples" / "finedge" / "terraform" / "terraform.tfstate"
"""The sample estate: made by Terraform 1.11.4 and the AWS provider 5.100."""
AWS = 'provider["registry.terraform.io/hashicorp/aws"]'
LINEAGE = "5217f8f4-3f91-4905-cb9c-60ef3525a806"
BUCKET = {"id": "lake", "bucket": "lake", "arn": "arn:aws:s3:::lake"}


def an_instance(**fields: Any) -> dict[str, Any]:
    """An instance of a bucket; named fields are replaced."""
    return {"schema_version": 0, "attributes": BUCKET, "sensitive_attributes": [], **fields}


def a_resource(*instances: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A resource; without instances it has one bucket, named fields are replaced."""
    return {
        "mode": "managed",
        "type": "aws_s3_bucket",
        "name": "lake",
        "provider": AWS,
        "instances": list(instances) or [an_instance()],
        **fields,
    }


def of_type(type_: str, attributes: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A resource of one instance."""
    return a_resource(an_instance(attributes=dict(attributes)), **{"type": type_, "name": "this", **fields})


def a_state(*resources: Mapping[str, Any], **fields: Any) -> bytes:
    """The bytes of a state."""
    document = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 7,
        "lineage": LINEAGE,
        "outputs": {},
        "resources": list(resources),
        "check_results": None,
        **fields,
    }
    return json.dumps(document).encode()


def read(*resources: Mapping[str, Any], source: str = "data.tfstate", **fields: Any) -> State:
    """A state, read."""
    return read_state(a_state(*resources, **fields), source)


def only(resource: Mapping[str, Any]) -> Instance:
    """The one instance of a state with one resource."""
    (instance,) = read(resource).instances
    return instance
