"""How strictly each rule holds and where its thresholds are: what a pack says, and over it what it is given.

The file is Pulumi's own (`--policy-pack-config`): `all`, or the id of a rule, tells a level or an object with
`enforcementLevel` and the rule's thresholds. Rules that look at a whole stack run as one policy of the
engine, `whole-stack`: its own level is that of all of them, and what is about one of them is in its `rules`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from policies.catalogue import ALL_RULES, GRAPH_RULES
from policies.rules.rule import AnyRule
from slipway.model.errors import DefinitionError
from slipway.model.frozen import Frozen
from slipway.model.policy_report import PolicyLevel

PACKS: Final = Path(__file__).with_name("packs")
WHOLE_STACK: Final = "whole-stack"
"""The policy of the engine that runs the rules that look at a whole stack."""
NOTES: Final = "notes"
"""The policy of the engine that tells what is waived, undecided, or only advised about a whole stack."""

_LEVEL: Final = "enforcementLevel"
_ALL: Final = "all"
_RULES: Final = "rules"
_OF_WHOLE: Final = frozenset(rule.id for rule in GRAPH_RULES)


class ConfigurationError(DefinitionError):
    """The configuration of a pack does not fit its schema."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """How one rule holds.

    Attributes:
        level: what a violation does.
        limits: its thresholds.
    """

    level: PolicyLevel
    limits: Frozen


@dataclass(frozen=True)
class Configuration:
    """How every rule holds.

    Attributes:
        held: by the rule's id.
    """

    held: Mapping[str, Held]

    def of(self, rule: AnyRule) -> Held:
        """How a rule holds."""
        return self.held[rule.id]


def read_configuration(pack: str, given: Path | None = None) -> Configuration:
    """Read a pack's configuration, and over it a file in the format of `--policy-pack-config`.

    Raises:
        ConfigurationError: a file is malformed, names no rule, or has a threshold that cannot be.
    """
    own = PACKS / pack / "config.json"
    if not own.exists():
        names = ", ".join(sorted(path.parent.name for path in PACKS.glob("*/config.json")))
        raise ConfigurationError(f"there is no pack {pack}", remedy=f"choose one of {names}")
    settings, over = _settings(own), {} if given is None else _settings(given)
    return Configuration({rule.id: _held(rule, settings, over, given or own) for rule in ALL_RULES})


def _held(
    rule: AnyRule,
    own: Mapping[str, Mapping[str, Any]],
    over: Mapping[str, Mapping[str, Any]],
    source: Path,
) -> Held:
    """As the engine has it: what is said of all policies stands behind what is said of one, in each file.

    For a rule of the whole stack that is its policy's level, and it is no stricter than that.
    """
    every = over.get(_ALL, {})
    values = {**own.get(_ALL, {}), **own.get(rule.id, {})}
    policy = {**every, **over.get(WHOLE_STACK, {})} if rule.id in _OF_WHOLE else {}
    values |= {**({} if rule.id in _OF_WHOLE else every), **over.get(rule.id, {})}
    said = values.pop(_LEVEL, PolicyLevel.MANDATORY.value)
    levels = [_level(rule, each, source) for each in (said, policy.get(_LEVEL, PolicyLevel.MANDATORY.value))]
    return Held(level=min(levels, key=list(PolicyLevel).index), limits=limits_of(rule, values))


def _level(rule: AnyRule, said: Any, source: Path) -> PolicyLevel:
    try:
        return PolicyLevel(said)
    except ValueError as error:
        raise ConfigurationError(
            f"{source.name}: {rule.id}: {said} is no level", remedy=f"use one of {', '.join(PolicyLevel)}"
        ) from error


def limits_of(rule: AnyRule, values: Mapping[str, Any]) -> Frozen:
    """Read a rule's thresholds.

    Raises:
        ConfigurationError: there is no such threshold, or its value cannot be.
    """
    try:
        limits: Frozen = rule.limits.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([rule.id, *(str(part) for part in first["loc"])])
        raise ConfigurationError(
            f"the pack's configuration: {where}: {first['msg']}",
            remedy=f"slipway policy explain {rule.id} tells its thresholds",
        ) from error
    return limits


def _settings(path: Path) -> dict[str, dict[str, Any]]:
    """Read a file; every rule flat, whichever way it runs."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}", remedy="write it as JSON") from error
    if not isinstance(read, dict):
        raise ConfigurationError(f"{path} is no object", remedy="its keys are `all` and the ids of rules")
    told = {key: _said(path, key, value) for key, value in read.items()}
    whole = told.pop(WHOLE_STACK, {})
    if displaced := sorted(_OF_WHOLE & set(told)):
        raise ConfigurationError(
            f"{path.name} configures {displaced[0]}, which the engine runs as part of {WHOLE_STACK}",
            remedy=f"write it as an object below {WHOLE_STACK}, {_RULES}: there Pulumi reads it too",
        )
    flat = {**_of_whole_stack(path, whole.pop(_RULES, {})), **told}
    if unknown := sorted(set(flat) - {_ALL, *(rule.id for rule in ALL_RULES)}):
        raise ConfigurationError(
            f"{path.name} configures {unknown[0]}, and there is no such rule",
            remedy="slipway policy list tells the rules",
        )
    if others := sorted(set(whole) - {_LEVEL}):
        raise ConfigurationError(
            f"{path.name}: {WHOLE_STACK} cannot say {others[0]}", remedy=f"it takes {_LEVEL} and {_RULES}"
        )
    return {**flat, WHOLE_STACK: whole}


def _said(path: Path, key: str, value: Any) -> dict[str, Any]:
    """What is said of one key, in either of Pulumi's ways: a level, or an object."""
    if isinstance(value, str):
        return {_LEVEL: value}
    if isinstance(value, dict):
        return dict(value)
    raise ConfigurationError(
        f"{path.name}: {key} is {json.dumps(value)}, which says no level",
        remedy=f"write a level ({', '.join(PolicyLevel)}), or an object with {_LEVEL} and thresholds",
    )


def _of_whole_stack(path: Path, rules: Any) -> dict[str, dict[str, Any]]:
    """What is said of each rule that the engine's one policy runs: objects, as its schema has them."""
    where, ids = f"{WHOLE_STACK}.{_RULES}", ", ".join(sorted(_OF_WHOLE))
    for rule in sorted(rules) if isinstance(rules, dict) else [None]:
        if rule not in _OF_WHOLE or not isinstance(rules[rule], dict):
            raise ConfigurationError(
                f"{path.name}: {where}{f'.{rule}' if rule else ''} cannot be",
                remedy=f"write objects with {_LEVEL} and thresholds, by the ids of {ids}",
            )
    return {rule: dict(values) for rule, values in rules.items()}
