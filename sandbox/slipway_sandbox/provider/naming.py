"""The names that a resource gets when its program gives none, as the real providers make them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from slipway_sandbox.provider.contract import Properties, ProviderFault
from slipway_sandbox.provider.schema import Kind, ResourceType, Role

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Materialiser

HEX_DIGITS = 7
DEFAULTS = "__defaults"
"""The input in which a provider remembers which inputs it filled itself (the Terraform bridge's own key)."""
_FIFO = {"aws:sqs/queue:Queue": "fifoQueue", "aws:sns/topic:Topic": "fifoTopic"}


class Mode(Enum):
    """What the engine's autonaming settings ask for."""

    DEFAULT = "default"
    PROPOSE = "propose"
    ENFORCE = "enforce"
    DISABLE = "disable"


@dataclass(frozen=True, kw_only=True)
class Autonaming:
    """The engine's autonaming settings for one resource."""

    mode: Mode = Mode.DEFAULT
    proposed: str = ""


def named_property(type_: ResourceType, materialiser: Materialiser | None) -> str | None:
    """The input that is named automatically: the materialiser's word, else an optional computed `name`."""
    if materialiser is not None:
        return materialiser.autoname
    name = type_.properties.get("name")
    automatic = name is not None and name.role is Role.COMPUTED and name.shape.kind is Kind.STRING
    return "name" if automatic else None


def named(
    property_: str | None,
    token: str,
    name: str,
    *,
    olds: Properties,
    news: Properties,
    seed: bytes,
    how: Autonaming,
) -> Properties:
    """The inputs with a name: the program's own, else the one it had, else a new one.

    Raises:
        ProviderFault: autonaming is disabled and there is no name.
    """
    if property_ is None or property_ in news or f"{property_}Prefix" in news:
        return news
    if property_ in olds.get(DEFAULTS, []) and property_ in olds:
        return {**news, property_: olds[property_], DEFAULTS: [property_]}
    if how.mode is Mode.DISABLE:
        raise ProviderFault(
            f"automatic naming is disabled and {name} gives no {property_}", remedy=f"set {property_}"
        )
    fresh = how.proposed or f"{name}-{_hex(seed, token, name)}"
    return {**news, property_: fresh + _suffix(token, news), DEFAULTS: [property_]}


def _hex(seed: bytes, token: str, name: str) -> str:
    return hashlib.sha256(seed + token.encode() + b"\0" + name.encode()).hexdigest()[:HEX_DIGITS]


def _suffix(token: str, inputs: Properties) -> str:
    return ".fifo" if inputs.get(_FIFO.get(token, "")) is True else ""


def keeps_name(property_: str | None, olds: Properties, news: Properties) -> bool:
    """Whether a replacement would need its predecessor's name, so that the old one must go first."""
    if property_ is None or property_ not in news or property_ in news.get(DEFAULTS, []):
        return False
    return bool(news[property_] == olds.get(property_))
