"""Every resource that can carry tags says whose it is, what it belongs to and what it costs whom."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from policies.rules.rule import NoLimits, Resource, Rule
from slipway.model.environment import StackName
from slipway.model.pipeline import Criticality, DataClass
from slipway.model.policy_report import Severity
from slipway.model.tags import REQUIRED_TAGS

_VOCABULARIES: Final[Mapping[str, tuple[str, ...]]] = {
    "Criticality": tuple(Criticality),
    "DataClass": tuple(DataClass),
    "Environment": tuple(StackName),
}


@cache
def taggable_types() -> frozenset[str]:
    """Return the AWS types that take tags; `policies/taggable.py` writes them from the SDK's schema."""
    return frozenset(json.loads(files(__package__).joinpath("taggable.json").read_text(encoding="utf-8")))


def _missing_tags(resource: Resource, _: NoLimits) -> Iterator[str]:
    tags = _tags(resource.properties)
    missing = [tag for tag in REQUIRED_TAGS if not tags.get(tag)]
    if missing:
        yield f"{resource.told} lacks the tags {', '.join(missing)}"
    for tag, words in _VOCABULARIES.items():
        value = tags.get(tag)
        if value and value not in words:
            yield f"{resource.told}: {tag}={value} is none of {', '.join(words)}"


def _tags(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return the resource's own tags over its provider's defaults, which the engine shows as `tagsAll`."""
    return {**(properties.get("tagsAll") or {}), **(properties.get("tags") or {})}


REQUIRED_TAGS_RULE: Final = Rule(
    id="required-tags",
    severity=Severity.MEDIUM,
    frameworks=("SOX ITGC", "FinOps"),
    rationale="A resource without an owner and a cost center is nobody's to pay for, and nobody's to fix.",
    remedy="Give the component Tags (slipway/model/tags.py); Pipeline=platform where no pipeline owns it.",
    limits=NoLimits,
    judges=taggable_types(),
    violations=_missing_tags,
)
