"""Which instances are adopted together. Pure.

A pattern is an address, or the beginning of one that ends at a step: `module.batch_pipeline` takes every
instance of that module, `aws_s3_bucket.zone` all its keys. `*` stands for anything.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from slipway.adopt.faults import LayerUnclear
from slipway.adopt.state import Instance
from slipway.model.nearest import nearest

ROOT: Final = "root"
"""Where an instance belongs that no layer was named for, when it is in no module."""
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_STEP_ENDS: Final = r"(?:[.\[].*)?"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What is adopted together.

    Attributes:
        name: of the layer.
        patterns: of the addresses that it takes.
    """

    name: str
    patterns: tuple[str, ...]

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        wholes = (".*".join(map(re.escape, each.split("*"))) + _STEP_ENDS for each in self.patterns)
        return re.compile("|".join(f"(?:{each})" for each in wholes), re.DOTALL)

    def takes(self, address: str) -> bool:
        """Whether an address is one of its own."""
        return self._regex.fullmatch(address) is not None


def parse_layers(texts: Iterable[str]) -> tuple[Layer, ...]:
    """Read `NAME=PATTERN`; patterns of one name are one layer.

    Raises:
        LayerUnclear: a text is of another form.
    """
    patterns: dict[str, list[str]] = {}
    for text in texts:
        name, equals, pattern = text.partition("=")
        if not equals or not pattern or not _NAME.fullmatch(name):
            raise LayerUnclear(
                f"--layer {text} names no layer",
                remedy="write NAME=PATTERN, such as --layer 'lake=aws_s3_bucket.*'; a name has lower-case "
                "letters, digits and dashes",
            )
        patterns.setdefault(name, []).append(pattern)
    return tuple(Layer(name=name, patterns=tuple(each)) for name, each in patterns.items())


def assign(instances: Sequence[Instance], layers: Sequence[Layer]) -> Mapping[str, tuple[Instance, ...]]:
    """Give each layer its instances.

    Raises:
        LayerUnclear: two layers take one instance, or one takes none.
    """
    taken: dict[str, list[Instance]] = {layer.name: [] for layer in layers}
    for instance in instances:
        names = [layer.name for layer in layers if layer.takes(instance.address)]
        if len(names) > 1:
            raise LayerUnclear(
                f"{instance.address} is taken by the layers {' and '.join(names)}",
                remedy="write patterns of which only one names it",
            )
        for name in names:
            taken[name].append(instance)
    for layer in layers:
        if not taken[layer.name]:
            raise LayerUnclear(f"the layer {layer.name} takes nothing", remedy=_remedy(layer, instances))
    return {name: tuple(each) for name, each in taken.items()}


def _remedy(layer: Layer, instances: Sequence[Instance]) -> str:
    near = nearest(layer.patterns[0], {each.address for each in instances})
    meant = f"did you mean {near}? " if near else ""
    return f"{meant}slipway adopt inventory --format json lists every address"


def default_layer(instance: Instance) -> str:
    """Say where an instance belongs while no layers are named: its outermost module, else the root."""
    return f"module.{instance.module[0].name}" if instance.module else ROOT
