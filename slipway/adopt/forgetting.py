"""What Terraform has to be told so that it forgets a layer, and destroys nothing. Pure.

A `removed` block (Terraform's internal/configs, Removed) names a resource or a module of the configuration
without keys: it takes every instance. So it is written where all instances are the layer's; the rest is
`terraform state rm`. Terraform destroys what a block without `destroy = false` names, and OpenTofu knows that
argument since 1.10 only: before that it gets `state rm`, too.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from slipway.adopt.classification import is_no_object
from slipway.adopt.state import Instance, Mode, State
from slipway.model.adopted import AdoptedLayer

_REMOVED_SINCE: Final = {"terraform": (1, 7), "tofu": (1, 10)}
_IMPORT_SINCE: Final = (1, 5)
_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)")
_OPENTOFU_HOST: Final = "registry.opentofu.org"


@unique
class Tool(StrEnum):
    """Whose state it is: the name of its command."""

    TERRAFORM = "terraform"
    OPENTOFU = "tofu"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """What the tool understands that has written a state.

    Attributes:
        tool: which.
        version: of it.
    """

    tool: Tool
    version: tuple[int, int]

    @property
    def has_removed(self) -> bool:
        """Whether a block can say that something is to be forgotten, not destroyed."""
        return self.version >= _REMOVED_SINCE[self.tool]

    @property
    def has_import(self) -> bool:
        """Whether a block can say that something is to be imported."""
        return self.version >= _IMPORT_SINCE


@dataclass(frozen=True, kw_only=True)
class Forgetting:
    """What is to be forgotten.

    Attributes:
        dialect: of the tool.
        blocks: addresses of the configuration, for `removed` blocks: modules and resources.
        rows: addresses of instances, for `state rm`.
        named: addresses of the layer's instances that the blocks name.
        besides: addresses that the blocks name, too, and that are no object anywhere.
    """

    dialect: Dialect
    blocks: tuple[str, ...]
    rows: tuple[str, ...]
    named: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()


def dialect_of(state: State, *, version: str = "") -> Dialect | None:
    """Say what has written a state, and so what it understands.

    Args:
        state: of Terraform or OpenTofu: the hosts of its providers tell which.
        version: of the tool that will be run, where that is another one than has written the state.

    Returns:
        None: neither tells a version.
    """
    found = _VERSION.match(version or state.id.terraform_version)
    if found is None:
        return None
    is_tofu = any(each.provider.host == _OPENTOFU_HOST for each in state.instances)
    tool = Tool.OPENTOFU if is_tofu else Tool.TERRAFORM
    return Dialect(tool=tool, version=(int(found[1]), int(found[2])))


def forgetting(layer: AdoptedLayer, state: State, dialect: Dialect) -> Forgetting:
    """Say how one state forgets what it still has of a layer.

    Args:
        layer: what Pulumi owns.
        state: as it is now.
        dialect: what the tool understands.
    """
    own = {each.address for each in layer.resources if each.state == state.id.lineage}
    managed = [each for each in state.instances if each.mode is Mode.MANAGED]
    there = [each for each in managed if each.address in own]
    if not dialect.has_removed:
        return Forgetting(dialect=dialect, blocks=(), rows=tuple(each.address for each in there))
    kept = [each for each in managed if each.address not in own]
    spoken_for = {place for each in kept for place in _kept_places(each)}
    found = {each.address: _block(each, spoken_for) for each in there}
    blocks = tuple(dict.fromkeys(filter(None, found.values())))
    return Forgetting(
        dialect=dialect,
        blocks=blocks,
        rows=tuple(address for address, block in found.items() if not block),
        named=tuple(address for address, block in found.items() if block),
        besides=tuple(each.address for each in kept if not set(blocks).isdisjoint(_places(each))),
    )


def _kept_places(instance: Instance) -> Iterator[str]:
    """What a block may not name while an instance stays; a module may go with what is no object."""
    *modules, resource = _places(instance)
    yield resource
    if not is_no_object(instance):
        yield from modules


def _block(instance: Instance, spoken_for: set[str]) -> str:
    """The widest address that names nothing else; empty: each has something that stays."""
    return next((place for place in _places(instance) if place not in spoken_for), "")


def _places(instance: Instance) -> Iterator[str]:
    """Addresses without keys, from the outermost module down to the resource."""
    modules = [f"module.{step.name}" for step in instance.module]
    yield from (".".join(modules[:depth]) for depth in range(1, len(modules) + 1))
    yield ".".join([*modules, f"{instance.type}.{instance.name}"])


def removed_blocks(found: Forgetting) -> str:
    """Write the `removed` blocks, for the root module."""
    return "\n".join(
        f"removed {{\n  from = {each}\n\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"
        for each in found.blocks
    )


def state_rm(found: Forgetting) -> str:
    """Write one command, so that the state is locked and written once."""
    return command_lines([found.dialect.tool.value, "state", "rm"], found.rows)


def command_lines(command: Sequence[str], arguments: Iterable[str]) -> str:
    """Write a command with an argument a line, quoted for a shell."""
    return " \\\n  ".join([shlex.join(command), *map(shlex.quote, arguments)]) + "\n"
