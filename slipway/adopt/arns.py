"""Where an object is, as its ARN or its own words say. Pure.

An ARN is arn:partition:service:region:account:resource
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
"""

from typing import Final

from slipway.adopt.state import Instance

_AWS: Final = "aws"
_REGION: Final = 3
_ACCOUNT: Final = 4
_PARTS: Final = 5


def region_of(instance: Instance) -> str:
    """Return the AWS region of an object; empty for what is in none, or does not say."""
    if instance.provider.type != _AWS:
        return ""
    said = instance.value("region")
    return said if isinstance(said, str) and said else _part(instance, _REGION)


def account_of(instance: Instance) -> str:
    """Return the AWS account of an object; empty where nothing says it."""
    return _part(instance, _ACCOUNT)


def _part(instance: Instance, number: int) -> str:
    for name in ("arn", "id"):
        parts = str(instance.value(name) or "").split(":", _PARTS)
        if parts[0] == "arn" and len(parts) > number and parts[number]:
            return parts[number]
    return ""
