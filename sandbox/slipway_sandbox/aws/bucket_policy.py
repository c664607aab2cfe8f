"""Which statements of a bucket policy apply to a request: moto takes no account of conditions and variables.

A statement whose condition does not hold has no effect (IAM user guide, "Policy evaluation logic"); moto
reads such a statement as a refusal, so that a bucket which only demands TLS would be closed to everybody.
``NotResource`` and the variable ``${aws:userid}`` are evaluated here too. Principals are left to moto, which
does not tell them apart.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import S3ClientError

from slipway_sandbox.aws.acting import Acting

_TLS = "aws:securetransport"
_PRINCIPAL = "aws:principalarn"
_CREATION = "s3:objectcreationoperation"
_IF_NONE_MATCH = "s3:if-none-match"
_USER_ID = "${aws:userid}"
_NOTHING = "arn:aws:s3:::nothing"


def permission(policy: bytes | None, action: str, resource: str, acting: Acting) -> PermissionResult:
    """Decide on a request by the bucket's policy alone.

    Args:
        policy: the policy document; None where the bucket has none.
        action: ``s3:GetObject`` and the like.
        resource: the object's ARN.
        acting: who asks, and how.

    Raises:
        S3ClientError: a statement has a condition that is not evaluated here; the message names it.
    """
    document = json.loads(policy) if policy else {}
    statements = [
        _resolved(each, resource, acting.user_id)
        for each in _many(document.get("Statement"))
        if _applies(each, acting)
    ]
    if not statements:
        return PermissionResult.NEUTRAL
    unconditional = [_without_condition(each) for each in statements]
    text = json.dumps({**document, "Statement": unconditional})
    return IAMPolicy(text).is_action_permitted(action, resource)


def _applies(statement: Mapping[str, Any], acting: Acting) -> bool:
    return all(
        _holds(statement, (operator, key), {str(value).lower() for value in _many(values)}, acting)
        for operator, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    )


def _holds(statement: Mapping[str, Any], test: tuple[str, str], wanted: set[str], acting: Acting) -> bool:
    """What is evaluated: TLS, for which the loopback connection stands, who asks, and conditional writes.

    An allowance under another condition is left out, since nothing here needs one; a refusal never is.
    """
    operator, key = (each.lower() for each in test)
    if (operator, key) == ("bool", _TLS):
        return "true" in wanted
    if (operator, key) == ("arnnotequals", _PRINCIPAL):
        return acting.principal.lower() not in wanted
    if (operator, key) == ("bool", _CREATION):
        return acting.conditions.get(key) in wanted
    if (operator, key) == ("null", _IF_NONE_MATCH):
        return str(key not in acting.conditions).lower() in wanted
    if statement.get("Effect") == "Allow":
        return False
    message = f"the sandbox does not evaluate the condition {' '.join(test)} of a bucket policy"
    raise S3ClientError("NotImplemented", message)


def _resolved(statement: Mapping[str, Any], resource: str, user_id: str) -> Mapping[str, Any]:
    """The statement with its variable filled in, and with what ``NotResource`` means for this resource."""
    named = [str(each).replace(_USER_ID, user_id) for each in _many(statement.get("Resource"))]
    if "NotResource" not in statement:
        return {**statement, "Resource": named}
    exempt = [str(each).replace(_USER_ID, user_id) for each in _many(statement["NotResource"])]
    is_exempt = any(_matches(pattern, resource) for pattern in exempt)
    rest = {element: value for element, value in statement.items() if element != "NotResource"}
    return {**rest, "Resource": [_NOTHING if is_exempt else resource]}


def _matches(pattern: str, resource: str) -> bool:
    """``*`` and ``?`` stand for anything, slashes too (IAM user guide, Resource)."""
    wild = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(wild, resource, re.DOTALL) is not None


def _without_condition(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {element: value for element, value in statement.items() if element != "Condition"}


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
