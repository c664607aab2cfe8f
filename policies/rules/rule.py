"""What a rule is. Whether it warns or refuses is a pack's decision, never the rule's."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any


@unique
class Severity(StrEnum):
    """How much a violation costs when it reaches production; not whether it blocks."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource as the engine shows it to policies.

    Attributes:
        type: Pulumi type token, such as `aws:s3/bucket:Bucket`.
        name: logical name.
        properties: inputs under their names on the wire (camel case).
    """

    type: str
    name: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, with everything a person needs to understand a violation of it.

    Attributes:
        id: stable, kebab-case; packs and waivers refer to it.
        severity: cost of a violation.
        frameworks: controls that it serves.
        rationale: why it exists, one sentence.
        remedy: what to do about a violation, one sentence.
        violations: the messages for one resource; none when it complies or is no concern of the rule.
    """

    id: str
    severity: Severity
    frameworks: tuple[str, ...]
    rationale: str
    remedy: str
    violations: Callable[[Resource], Iterable[str]]
