"""How strictly each rule holds and where its thresholds are: what a pack says, and over it what it is given.

The file is Pulumi's own (`--policy-pack-config`): `all`, or the id of a rule, tells a level or an object with
`enforcementLevel` and the rule's thresholds. Rules that look at a whole stack run as one policy of the
engine, `whole-stack`: theirs are in its `rules`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from policies.catalogue import ALL_RULES
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
    settings = _settings(own)
    for rule, values in (_settings(given) if given else {}).items():
        settings[rule] = {**settings.get(rule, {}), **values}
    return Configuration({rule.id: _held(rule, settings, given or own) for rule in ALL_RULES})


def _held(rule: AnyRule, settings: Mapping[str, Mapping[str, Any]], source: Path) -> Held:
    values = {**settings.get(_ALL, {}), **settings.get(rule.id, {})}
    level = values.pop(_LEVEL, PolicyLevel.MANDATORY.value)
    try:
        return Held(level=PolicyLevel(level), limits=limits_of(rule, values))
    except ValueError as error:
        raise ConfigurationError(
            f"{source.name}: {rule.id}: {level} is no level", remedy=f"use one of {', '.join(PolicyLevel)}"
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
    whole = read.pop(WHOLE_STACK, {})
    flat = {**read, **(whole.get("rules", {}) if isinstance(whole, dict) else {})}
    known = {_ALL, *(rule.id for rule in ALL_RULES)}
    if unknown := sorted(set(flat) - known):
        raise ConfigurationError(
            f"{path.name} configures {unknown[0]}, and there is no such rule",
            remedy="slipway policy list tells the rules",
        )
    return {key: {_LEVEL: value} if isinstance(value, str) else dict(value) for key, value in flat.items()}
