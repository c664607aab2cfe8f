"""IAM policy documents as rules ask of them: parsed once, whatever way they are written.

Grammar: IAM JSON policy elements reference. One statement or a list, a word or a list of words; actions,
operators and keys of conditions in any case.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

EVERYBODY: Final = "*"

_WILD: Final = "*?"
_ARN_PARTS: Final = 6  # arn:partition:service:region:account:resource
# Operators that no request passes in which the key lacks. Not among them: `Null`, `...Not...`, `...IfExists`,
# and whatever is prefixed by `ForAllValues:`, which an empty set of values passes.
_DEMANDING: Final = frozenset(
    {"arnequals", "arnlike", "stringequals", "stringequalsignorecase", "stringlike"}
)
_ANY_VALUE: Final = "foranyvalue:"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One key of a condition block; all of a statement's have to hold, and of its values one.

    Attributes:
        operator: in small letters.
        key: in small letters.
        values: as they are written.
    """

    operator: str
    key: str
    values: tuple[str, ...]

    @property
    def is_demanding(self) -> bool:
        """Whether the key has to be in the request, with one of the values."""
        return self.operator.removeprefix(_ANY_VALUE) in _DEMANDING


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a document.

    Attributes:
        sid: its name; empty where it has none.
        allows: False for a refusal.
        actions: in small letters.
        other_actions: `NotAction`: the statement speaks of all others.
        resources: ARNs or patterns.
        other_resources: `NotResource`: the statement speaks of all others.
        principals: kind (`AWS`, `Service`, `Federated`, ...) and value; everybody has the kind `AWS`.
        other_principals: `NotPrincipal`: the statement speaks of everybody else.
        conditions: one a key.
    """

    sid: str
    allows: bool
    actions: tuple[str, ...]
    other_actions: tuple[str, ...]
    resources: tuple[str, ...]
    other_resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    other_principals: tuple[tuple[str, str], ...]
    conditions: tuple[Condition, ...]

    @property
    def is_for_everybody(self) -> bool:
        """Whether it speaks of anybody, or of all but some."""
        return bool(self.other_principals) or any(value == EVERYBODY for _, value in self.principals)

    def speaks_of(self, action: str) -> bool:
        """Whether it is about an action, which is written in small letters."""
        if self.other_actions:
            return not any(fnmatchcase(action, each) for each in self.other_actions)
        return any(fnmatchcase(action, each) for each in self.actions)


def allowed(document: str | Mapping[str, Any] | None) -> list[Statement]:
    """Return the statements of a document that allow something.

    Args:
        document: as text or read already; None or empty for none.

    Raises:
        ValueError: it is no JSON.
    """
    return [each for each in statements(document) if each.allows]


def statements(document: str | Mapping[str, Any] | None) -> tuple[Statement, ...]:
    """Return the statements of a document.

    Args:
        document: as text or read already; None or empty for none.

    Raises:
        ValueError: it is no JSON.
    """
    if not document:
        return ()
    return _parsed(document) if isinstance(document, str) else tuple(_read(document))


@cache
def _parsed(text: str) -> tuple[Statement, ...]:
    return tuple(_read(json.loads(text)))


def _read(document: Mapping[str, Any]) -> Iterator[Statement]:
    told = document.get("Statement", ())
    for each in [told] if isinstance(told, Mapping) else told:
        yield Statement(
            sid=each.get("Sid", ""),
            allows=each.get("Effect") == "Allow",
            actions=tuple(word.lower() for word in _words(each.get("Action"))),
            other_actions=tuple(word.lower() for word in _words(each.get("NotAction"))),
            resources=_words(each.get("Resource")),
            other_resources=_words(each.get("NotResource")),
            principals=tuple(_principals(each.get("Principal"))),
            other_principals=tuple(_principals(each.get("NotPrincipal"))),
            conditions=tuple(_conditions(each.get("Condition") or {})),
        )


def _words(value: Any) -> tuple[str, ...]:
    """Return a word or a list of words as a tuple; JSON's `true` and numbers stand for their text."""
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(str(each) for each in value)
    return (str(value),)


def _principals(value: Any) -> Iterator[tuple[str, str]]:
    told = value if isinstance(value, Mapping) else {"AWS": value}
    for kind, names in told.items():
        for name in _words(names):
            yield kind, name


def _conditions(block: Mapping[str, Mapping[str, Any]]) -> Iterator[Condition]:
    for operator, keys in block.items():
        for key, values in keys.items():
            yield Condition(operator=operator.lower(), key=key.lower(), values=_words(values))


def is_wild(pattern: str) -> bool:
    """Whether a pattern is nothing but wildcards."""
    return not pattern.strip(_WILD)


def is_fixed(pattern: str) -> bool:
    """Whether a pattern is a value: not empty, and without wildcards."""
    return bool(pattern) and not any(each in pattern for each in _WILD)


def begins_wild(pattern: str) -> bool:
    """Whether it fixes nothing of how a value begins; an empty one does not either."""
    return pattern[:1] in _WILD


def arn_parts(arn: str) -> tuple[str, str] | None:
    """Return the account and the resource of an ARN or of a pattern of ARNs; None where it is none."""
    parts = arn.split(":", _ARN_PARTS - 1)
    return (parts[4], parts[5]) if parts[0] == "arn" and len(parts) == _ARN_PARTS else None


def is_every_resource(resource: str) -> bool:
    """Whether a statement's resource is everything, or everything of a service in any account."""
    parts = arn_parts(resource)
    if parts is None:
        return is_wild(resource)
    account, what = parts
    return is_wild(account) and is_wild(what)
