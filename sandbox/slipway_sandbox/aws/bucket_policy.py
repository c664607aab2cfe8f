"""Which statements of a bucket policy apply to a request: moto leaves conditions out of account.

A statement whose condition does not hold has no effect (IAM user guide, "Policy evaluation logic"); moto
reads such a statement as a refusal, so that a bucket which only demands TLS would be closed to everybody.
Principals are left to moto, which does not tell them apart.
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import S3ClientError

_TLS = "aws:securetransport"


def permission(policy: bytes | None, action: str, resource: str) -> PermissionResult:
    """Decide on a request by the bucket's policy alone.

    Args:
        policy: the policy document; None where the bucket has none.
        action: ``s3:GetObject`` and the like.
        resource: the object's ARN.

    Raises:
        S3ClientError: a statement has a condition that is not evaluated here; the message names it.
    """
    document = json.loads(policy) if policy else {}
    statements = [each for each in _many(document.get("Statement")) if _applies(each)]
    if not statements:
        return PermissionResult.NEUTRAL
    unconditional = [_without_condition(each) for each in statements]
    text = json.dumps({**document, "Statement": unconditional})
    return IAMPolicy(text).is_action_permitted(action, resource)


def _applies(statement: Mapping[str, Any]) -> bool:
    return all(
        _holds(statement, operator, key, values)
        for operator, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    )


def _holds(statement: Mapping[str, Any], operator: str, key: str, values: Any) -> bool:
    """The one condition that is evaluated: the loopback connection stands for the TLS that AWS would see.

    An allowance under another condition is left out, since nothing here needs one; a refusal never is.
    """
    if (operator.lower(), key.lower()) == ("bool", _TLS):
        return "true" in {str(value).lower() for value in _many(values)}
    if statement.get("Effect") == "Allow":
        return False
    message = f"the sandbox does not evaluate the condition {operator} {key} of a bucket policy"
    raise S3ClientError("NotImplemented", message)


def _without_condition(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {element: value for element, value in statement.items() if element != "Condition"}


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
