"""How GitHub names things: node ids, slugs, times, permissions.

Node ids have GitHub's present form: a type prefix and base64 of a MessagePack array of numbers. They can
be read back, as the provider's GraphQL types need.
"""

import base64
import re
from datetime import UTC, datetime
from enum import IntEnum, StrEnum

_ARRAY = 0x90  # MessagePack: an array of up to 15 items
_UINT32 = b"\xce"
_WIDTH = 4


class NodeType(StrEnum):
    """The prefix of a node id."""

    USER = "U"
    ORGANIZATION = "O"
    TEAM = "T"
    REPOSITORY = "R"
    PROTECTION_RULE = "BPR"
    RULESET = "RRS"
    ENVIRONMENT = "EN"
    LABEL = "LA"
    DEPLOYMENT_POLICY = "DBP"
    PULL_REQUEST = "PR"
    REVIEW = "PRR"
    STATUS = "SC"
    CHECK_SUITE = "CS"
    CHECK_RUN = "CR"
    APP = "A"


def node_id(kind: NodeType, *numbers: int) -> str:
    """The global id of an object, for example ``R_kgDOAAAD6Q``."""
    packed = bytes([_ARRAY + 1 + len(numbers), 0])
    packed += b"".join(_UINT32 + number.to_bytes(_WIDTH, "big") for number in numbers)
    return f"{kind}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def numbers_of(node: str) -> tuple[NodeType, tuple[int, ...]] | None:
    """What a node id says; None for a text that is none."""
    prefix, _, encoded = node.partition("_")
    try:
        kind = NodeType(prefix)
        packed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError:
        return None
    fields = [packed[at + 1 : at + 1 + _WIDTH] for at in range(2, len(packed), 1 + _WIDTH)]
    numbers = tuple(int.from_bytes(field, "big") for field in fields)
    return (kind, numbers) if node_id(kind, *numbers) == node else None


class Permission(IntEnum):
    """What somebody may do in a repository; each level includes those before it."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


_PERMISSION_WORDS = {
    "pull": Permission.READ,
    "read": Permission.READ,
    "triage": Permission.TRIAGE,
    "push": Permission.WRITE,
    "write": Permission.WRITE,
    "maintain": Permission.MAINTAIN,
    "admin": Permission.ADMIN,
}


def permission(word: str) -> Permission | None:
    """The level that a request names (``push`` or ``write``); None for an unknown word."""
    return _PERMISSION_WORDS.get(word)


def api_word(level: Permission) -> str:
    """The word for a level in requests and in team listings: ``pull``, ``push``, ..."""
    return {Permission.READ: "pull", Permission.WRITE: "push"}.get(level, level.name.lower())


def permission_flags(level: Permission) -> dict[str, bool]:
    """The ``permissions`` object of a repository."""
    levels = (Permission.ADMIN, Permission.MAINTAIN, Permission.WRITE, Permission.TRIAGE, Permission.READ)
    return {api_word(each): level >= each for each in levels}


def slug(name: str) -> str:
    """The name as it stands in URLs: ``Data Platform`` becomes ``data-platform``."""
    return re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")


def now() -> str:
    """The time, in whole seconds, as GitHub writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
