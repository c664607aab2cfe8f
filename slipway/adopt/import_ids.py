"""What `pulumi import` takes as the id of an object, by the rules of data/import_ids.json. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slipway.adopt.knowledge import IdRule, ImportRule, import_rule
from slipway.adopt.state import Instance

_SEPARATORS: Final = "/,|:#"
_SLOT: Final = re.compile(r"\{(\w+)(?:\|(\w+))?\}")
_JOINS: Final = (",", "|", "/", "#", ":")
_SAID_BY_NOTHING: Final = {("aws_cloudwatch_event_target", "event_bus_name"): "default"}
"""Values that an id leaves out as if there were none (note of the type's rule)."""


@dataclass(frozen=True, kw_only=True)
class ImportId:
    """An import id, or why there is none.

    Attributes:
        value: the id; empty where there is none.
        missing: why not; empty where there is one.
    """

    value: str = ""
    missing: str = ""


class ImportIds:
    """Finds import ids; some need another object of the same estate.

    Args:
        instances: every instance that was read.
    """

    def __init__(self, instances: Iterable[Instance]) -> None:
        self._repositories = {
            str(each.value("node_id")): str(each.value("name"))
            for each in instances
            if each.type == "github_repository" and each.value("node_id")
        }

    def of(self, instance: Instance) -> ImportId:
        """Find an instance's import id."""
        rule = import_rule(instance.type)
        own = _text(instance.value("id"))
        match rule.rule:
            case IdRule.NOT_IMPORTABLE:
                return ImportId(missing="its provider cannot import the type")
            case IdRule.ID:
                return _required(own, "the state has no id of it")
            case IdRule.TEMPLATE:
                return self._from_templates(instance, rule)
            case IdRule.ID_OR_TEMPLATE:
                if own and (not rule.examples or any(_alike(own, each) for each in rule.examples)):
                    return ImportId(value=own)
                found = self._from_templates(instance, rule)
                return found if found.value else _required(own, found.missing)
            case IdRule.DOC_EXAMPLE_ONLY:
                return _from_identity(instance, rule)

    def _from_templates(self, instance: Instance, rule: ImportRule) -> ImportId:
        values = _Values(instance, self._repositories)
        for template in rule.templates:
            filled = values.fill(template)
            if filled is not None:
                return ImportId(value=filled)
        wanted = " or ".join(rule.templates)
        return ImportId(missing=f"its import id is {wanted}, and the state lacks values of that")


class _Values:
    """The attributes of one instance, as templates ask for them."""

    def __init__(self, instance: Instance, repositories: Mapping[str, str]) -> None:
        self._instance = instance
        filters: Mapping[str, Callable[[Any], str]] = {
            "": _text,
            "last_segment": lambda value: _text(value).rpartition("/")[2],
            "last_colon": lambda value: _text(value).rpartition(":")[2],
            "join_slash": lambda value: "/".join(map(str, value)),
            "join_underscore": lambda value: "_".join(map(str, value)),
            "repo_name": lambda value: repositories.get(_text(value), _repository(_text(value))),
        }
        self._filters = filters

    def fill(self, template: str) -> str | None:
        """Fill a template; None where a value is missing."""
        found = {slot[0]: self._value(slot[1], slot[2] or "") for slot in _SLOT.finditer(template)}
        if not all(found.values()):
            return None
        return _SLOT.sub(lambda slot: found[slot[0]], template)

    def _value(self, name: str, filter_: str) -> str:
        value = _rule_sources(self._instance) if name == "sources" else self._instance.value(name)
        if value is None or value == _SAID_BY_NOTHING.get((self._instance.type, name)):
            return ""
        return self._filters[filter_](value)


def _rule_sources(rule: Instance) -> Sequence[str]:
    """The sources of a security group's rule, in the order of its import id."""
    group = _text(rule.value("source_security_group_id"))
    if rule.value("self"):
        return ["self"]
    if group:
        return [group]
    names = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids")
    return [str(each) for name in names for each in rule.value(name) or ()]


def _repository(text: str) -> str:
    """A repository's name; empty for the node id of one that is in none of the states."""
    return "" if re.fullmatch(r"R_\w+|MDEwOlJlcG9zaXRvcnk\w+=*", text) else text


def _from_identity(instance: Instance, rule: ImportRule) -> ImportId:
    """Join what the provider calls the identity as the documented example does."""
    parts = [_text(instance.value(name)) for name in rule.identity]
    if parts and all(parts):
        join = next((each for each in _JOINS if _splits(rule, each, len(parts))), None)
        if len(parts) == 1 or join is not None:
            return ImportId(value=(join or "").join(parts))
    return _required(_text(instance.value("id")), "the state has neither an id of it nor all of its identity")


def _splits(rule: ImportRule, join: str, parts: int) -> bool:
    return any(example.count(join) == parts - 1 for example in rule.examples)


def _alike(own: str, example: str) -> bool:
    """Whether two ids are of one form: the same separators, and both or none of them an ARN."""
    marks = [{mark for mark in _SEPARATORS if mark in each} for each in (own, example)]
    return marks[0] == marks[1] and own.startswith("arn:") == example.startswith("arn:")


def _required(value: str, missing: str) -> ImportId:
    return ImportId(value=value) if value else ImportId(missing=missing)


def _text(value: Any) -> str:
    """Write a value as ids have it; nothing for what is no scalar."""
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
        case _:
            return ""
