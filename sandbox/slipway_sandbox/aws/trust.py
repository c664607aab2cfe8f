"""Who may assume a role: its trust policy, read as AWS reads it.

Pure: a policy document and a caller in, a decision out. moto lets anybody assume any role, existing or not,
which would hide the mistakes that matter most in a deployment across accounts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from slipway_sandbox.aws.identity import Caller

_ASSUME_ACTIONS = frozenset({"sts:assumerole", "sts:*", "*"})


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the conditions of a trust policy may look at.

    Attributes:
        caller: who asks.
        external_id: the ``ExternalId`` that was passed, if any.
        session_name: the ``RoleSessionName``.
    """

    caller: Caller
    external_id: str | None
    session_name: str


class UnknownConditionError(Exception):
    """The trust policy has a condition that is not evaluated here; the message names it."""


def may_assume(policy: Mapping[str, Any], request: Request) -> bool:
    """Decide whether the trust policy lets the caller in.

    Raises:
        UnknownConditionError: a matching statement has a condition that cannot be evaluated.
    """
    matching = [one for one in _many(policy.get("Statement")) if _matches(one, request)]
    effects = {statement.get("Effect") for statement in matching}
    return "Allow" in effects and "Deny" not in effects


def _matches(statement: Mapping[str, Any], request: Request) -> bool:
    actions = {str(action).lower() for action in _many(statement.get("Action"))}
    if not actions & _ASSUME_ACTIONS or not _is_principal(statement.get("Principal"), request.caller):
        return False
    return all(
        _holds(operator, key, {str(value) for value in _many(values)}, request)
        for operator, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    )


def _is_principal(principal: Any, caller: Caller) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    own = {"*", caller.account, f"arn:aws:iam::{caller.account}:root", caller.arn, caller.role_arn}
    return any(name in own for name in _many(principal.get("AWS")))


def _holds(operator: str, key: str, wanted: set[str], request: Request) -> bool:
    given = _given(key.lower(), request)
    if given is _UNKNOWN or operator not in {
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "ArnLike",
        "ArnEquals",
    }:
        raise UnknownConditionError(f"{operator} {key}")
    if operator == "StringEquals":
        return given in wanted
    if operator == "StringNotEquals":
        return given not in wanted
    return given is not None and any(re.fullmatch(_glob(pattern), given) for pattern in wanted)


_UNKNOWN = "\0"


def _given(key: str, request: Request) -> str | None:
    values = {
        "sts:externalid": request.external_id,
        "sts:rolesessionname": request.session_name,
        "aws:principalarn": request.caller.role_arn or request.caller.arn,
        "aws:principalaccount": request.caller.account,
    }
    return values.get(key, _UNKNOWN)


def _glob(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _many(value: Any) -> Iterable[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
