"""Evaluates IAM policy documents as AWS does: denials, allowances, conditions, variables, wildcards.

Source: IAM user guide, "Policy evaluation logic", "Condition operators", "Variables and tags". What it does
not know it refuses to judge, by an error that names it. Not a library's: moto's evaluator knows no
conditions, and PMapper has had no release since 2022.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, unique
from functools import cache
from typing import Any

Statement = Mapping[str, Any]
Document = Sequence[Statement]
_KNOWN = {"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"}
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


@unique
class Answer(Enum):
    """What one document says of a request."""

    DENIED = "explicitly denied"
    ALLOWED = "allowed"
    SILENT = "not mentioned"


@dataclass(frozen=True, kw_only=True)
class Request:
    """Who wants to do what with what.

    Attributes:
        action: `service:Action`.
        resource: an ARN; empty where a role is assumed.
        principal: kind (`AWS`, `Service`, `Federated`) and value; None where a document names no principal.
        context: condition keys that AWS would know of the request.
    """

    action: str
    resource: str = ""
    principal: tuple[str, str] | None = None
    context: Mapping[str, str] = field(default_factory=dict)

    def known(self, key: str) -> str | None:
        """Return a value of the context; condition keys have no case."""
        return next((value for name, value in self.context.items() if name.lower() == key.lower()), None)


def judge(document: Document, request: Request) -> Answer:
    """Return what a document says: one denial outweighs all allowances."""
    effects = {statement["Effect"] for statement in document if _speaks_of(statement, request)}
    if "Deny" in effects:
        return Answer.DENIED
    return Answer.ALLOWED if "Allow" in effects else Answer.SILENT


def _speaks_of(statement: Statement, request: Request) -> bool:
    if unknown := statement.keys() - _KNOWN:
        raise NotImplementedError(f"statement {statement.get('Sid')} has {unknown}")
    return (
        any(_like(each.lower(), request.action.lower()) for each in _many(statement["Action"]))
        and _is_about(statement, request)
        and _is_by(statement, request)
        and all(
            _holds(operator, key, _many(values), request)
            for operator, tests in statement.get("Condition", {}).items()
            for key, values in tests.items()
        )
    )


def _is_about(statement: Statement, request: Request) -> bool:
    if "NotResource" in statement:
        return not _names(statement["NotResource"], request)
    return "Resource" not in statement or _names(statement["Resource"], request)


def _names(patterns: Any, request: Request) -> bool:
    filled = (_filled(each, request) for each in _many(patterns))
    return any(each is not None and each.fullmatch(request.resource) for each in filled)


def _is_by(statement: Statement, request: Request) -> bool:
    if "Principal" not in statement or statement["Principal"] == "*":
        return True
    if request.principal is None:
        raise NotImplementedError(f"statement {statement.get('Sid')} asks for a principal")
    kind, value = request.principal
    named = _many(statement["Principal"].get(kind, []))
    account = f"arn:aws:iam::{value.split(':')[4]}:root" if value.startswith("arn:") else value
    return "*" in named or value in named or account in named


def _holds(operator: str, key: str, wanted: Sequence[str], request: Request) -> bool:
    found = request.known(key)
    if operator == "Null":
        return (found is None) == (wanted[0] == "true")
    if operator in _NEGATED:
        return found is None or not _holds(_NEGATED[operator], key, wanted, request)
    if operator not in _TESTS:
        raise NotImplementedError(f"the operator {operator}")
    return found is not None and any(_TESTS[operator](found, each, request) for each in wanted)


def _matches(found: str, pattern: str, request: Request) -> bool:
    filled = _filled(pattern, request)
    return filled is not None and filled.fullmatch(found) is not None


def _equals(found: str, wanted: str, request: Request) -> bool:
    parts = [request.known(part) if at % 2 else part for at, part in enumerate(_VARIABLE.split(wanted))]
    return None not in parts and found == "".join(str(part) for part in parts)


_TESTS: Mapping[str, Callable[[str, str, Request], bool]] = {
    "StringEquals": _equals,
    "ForAnyValue:StringEquals": _equals,  # a request of a test has one value a key
    "StringLike": _matches,
    "ArnEquals": _matches,
    "ArnLike": _matches,
    "Bool": lambda found, wanted, _: found.lower() == wanted.lower(),
    "NumericLessThan": lambda found, wanted, _: float(found) < float(wanted),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def _filled(pattern: str, request: Request) -> re.Pattern[str] | None:
    """Fill variables in; a wildcard in a value is no wildcard. None: a variable has no value."""
    pieces = []
    for at, part in enumerate(_VARIABLE.split(pattern)):
        value = request.known(part) if at % 2 else None
        if at % 2 and value is None:
            return None
        pieces.append(re.escape(str(value)) if at % 2 else _wild(part))
    return _compiled("".join(pieces))


def _like(pattern: str, text: str) -> bool:
    return _compiled(_wild(pattern)).fullmatch(text) is not None


@cache
def _wild(text: str) -> str:
    """`*` stands for anything, slashes too, `?` for one letter."""
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.DOTALL)


def _many(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _is_narrow(statement: Statement) -> bool:
    """Whether a statement of a bucket's policy speaks of less than the bucket: of more it cannot."""
    return all(each.count("/") > 1 for each in statement["Resource"])


def loosened(statement: Statement) -> Iterable[tuple[str, Statement | None]]:
    """Yield what a careless edit could make of a statement, each with its name; None: it is gone.

    A refusal is taken away; an allowance gets all actions, all resources, or loses one of its conditions. Who
    is named is left alone where a condition on the principal says it more narrowly.
    """
    if statement["Effect"] == "Deny":
        yield "refusal gone", None
        return
    if statement["Action"] != ["*"] and not all(each.startswith("sts:") for each in statement["Action"]):
        yield "all actions", {**statement, "Action": ["*"]}
    if statement.get("Resource", ["*"]) != ["*"] and ("Principal" not in statement or _is_narrow(statement)):
        yield "all resources", {**statement, "Resource": ["*"]}
    conditions = statement.get("Condition", {})
    for operator, tests in conditions.items():
        for key in tests:
            rest = {name: value for name, value in tests.items() if name != key}
            yield f"no {operator} {key}", {**statement, "Condition": {**conditions, operator: rest}}
    if "Principal" in statement and not any("aws:PrincipalArn" in tests for tests in conditions.values()):
        yield "all principals", {**statement, "Principal": "*"}
