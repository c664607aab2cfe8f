"""Values that a provider writes into a state where nobody has set them. Pure.

They are of optional arguments that are computed too: left out, the provider keeps what is there, and some
of them it would refuse. The SDK does not tell them apart; each row was seen in a state of the provider.
"""

from collections.abc import Mapping
from typing import Any, Final

_UNSET: Final[Mapping[str, Mapping[str, Any]]] = {
    "aws_glue_job": {"timeout": 0, "execution_property": [{"max_concurrent_runs": 0}]},
    "aws_iam_role": {"path": "/", "max_session_duration": 3600},
    "aws_iam_policy": {"path": "/"},
    "aws_iam_user": {"path": "/"},
    "aws_iam_group": {"path": "/"},
    "aws_iam_instance_profile": {"path": "/"},
}

_POLICIES: Final[Mapping[str, str]] = {
    "aws_kms_key": '"Id":"key-default-1"',
    "aws_sns_topic": '"Id":"__default_policy_ID"',
}
"""What marks the policy that AWS gives to an object without one."""

_YIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "aws_glue_job": {"max_capacity": "number_of_workers"},
    "aws_subnet": {"availability_zone_id": "availability_zone"},
}
"""Attributes that are computed from another one, and must not be given beside it."""


def made_by_provider(type_: str, name: str, attributes: Mapping[str, Any]) -> bool:
    """Whether the provider, and no configuration, has made a value.

    Args:
        type_: Terraform's.
        name: of the attribute.
        attributes: all of the instance.
    """
    value = attributes[name]
    other = _YIELDS.get(type_, {}).get(name)
    mark = _POLICIES.get(type_)
    return (
        (name in _UNSET.get(type_, {}) and _UNSET[type_][name] == value)
        or (other is not None and bool(attributes.get(other)))
        or (name == "policy" and mark is not None and mark in str(value).replace(" ", ""))
        or ((type_, name) == ("aws_s3_bucket", "grant") and _is_only_owner(value))
    )


def _is_only_owner(grants: Any) -> bool:
    """Whether a bucket's grants are those of every bucket: its owner may do everything."""
    return len(grants) == 1 and grants[0].get("permissions") == ["FULL_CONTROL"]
