"""What a stack has Snowflake do by a statement, beside what it declares: the same rules hold for both.

A statement is looked through, not parsed: what it has another one do (`EXECUTE IMMEDIATE '...'`) is seen too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.rules.rule import Resource
from policies.rules.values import stored

EXECUTE: Final = "snowflake:index/execute:Execute"

_RUN: Final = ("execute", "revert")
"""What is run when the resource is made, and when it is removed."""
_COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
# Snowflake's SQL reference, GRANT: where a role is granted, a role that gets it may be named without a kind.
_GRANT: Final = re.compile(
    r"\bGRANT\s+(?P<what>[^;]+?)\s+TO\s+(?:(?P<kind>(?:DATABASE|APPLICATION)\s+ROLE|SHARE|USER)\s+|ROLE\s+)?"
    r'(?P<holder>"[^"]*"(?:\."[^"]*")?|[\w$.]+)',
    re.IGNORECASE,
)
_BROAD: Final = re.compile(r"(ALL(?:\s+PRIVILEGES)?|OWNERSHIP)\s+ON\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class StatedGrant:
    """A grant that a statement makes.

    Attributes:
        broad: `ALL`, `ALL PRIVILEGES` or `OWNERSHIP`; empty where privileges or a role are named.
        holder: who has it then, as Snowflake stores the name.
        is_of_account: whether that is a role of the account.
    """

    broad: str
    holder: str
    is_of_account: bool


def statements_of(resource: Resource) -> Iterator[str]:
    """Return the statements of a resource, without their comments."""
    for each in _RUN:
        yield _COMMENT.sub(" ", str(resource.properties.get(each)))


def grants_of(resource: Resource) -> Iterator[StatedGrant]:
    """Return what the statements of a resource grant."""
    for statement in statements_of(resource):
        for found in _GRANT.finditer(statement):
            broad = _BROAD.match(found["what"])
            yield StatedGrant(
                broad=" ".join(broad[1].upper().split()) if broad else "",
                holder=stored(found["holder"]),
                is_of_account=found["kind"] is None,
            )
