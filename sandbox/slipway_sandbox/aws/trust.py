"""Who may assume a role: its trust policy, read as AWS reads it.

Pure: a policy document and a caller in, a decision out. moto lets anybody assume any role, existing or not,
which would hide the mistakes that matter most in a deployment across accounts.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
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
        with_device: a second factor was given: the number of a device, and a code.
        tags: of the session.
    """

    caller: Caller
    external_id: str | None
    session_name: str
    with_device: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    def known(self) -> dict[str, str | None]:
        """The condition keys that are evaluated, in small letters, with their values; None: there is none.

        A second factor is as old as the request: sessions that began with one are not kept apart.
        """
        is_user = self.caller.role_arn is None
        tags = {f"aws:requesttag/{key.lower()}": value for key, value in self.tags.items()}
        return {
            "sts:externalid": self.external_id,
            "sts:rolesessionname": self.session_name,
            "aws:principalarn": self.caller.role_arn or self.caller.arn,
            "aws:principalaccount": self.caller.account,
            "aws:username": self.caller.arn.rpartition("/")[2] if is_user else None,
            "aws:multifactorauthpresent": "true" if self.with_device else None,
            "aws:multifactorauthage": "0" if self.with_device else None,
            **tags,
        }


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
    known, name = request.known(), key.lower()
    if operator not in _OPERATORS or (name not in known and not name.startswith("aws:requesttag/")):
        raise UnknownConditionError(f"{operator} {key}")
    given = known.get(name)
    values = {filled for each in wanted if (filled := _filled(each, known)) is not None}
    if given is None:
        return operator == "StringNotEquals"
    return _OPERATORS[operator](given, values)


def _filled(text: str, known: Mapping[str, str | None]) -> str | None:
    """A value with its variables filled in; None where one has none (IAM user guide, "Variables")."""
    names = set(_VARIABLE.findall(text))
    if any(known.get(name.lower()) is None for name in names):
        return None
    return _VARIABLE.sub(lambda found: str(known[found[1].lower()]), text)


def _is_like(given: str, patterns: set[str]) -> bool:
    return any(re.fullmatch(_glob(pattern), given) for pattern in patterns)


_VARIABLE = re.compile(r"\$\{([^}]+)\}")
_OPERATORS: Mapping[str, Callable[[str, set[str]], bool]] = {
    "StringEquals": lambda given, wanted: given in wanted,
    "StringNotEquals": lambda given, wanted: given not in wanted,
    "StringLike": _is_like,
    "ArnLike": _is_like,
    "ArnEquals": _is_like,
    "Bool": lambda given, wanted: given in {each.lower() for each in wanted},
    "NumericLessThan": lambda given, wanted: any(float(given) < float(each) for each in wanted),
}


def _glob(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _many(value: Any) -> Iterable[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
