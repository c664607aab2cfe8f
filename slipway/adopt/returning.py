"""What Terraform has to be told so that it has a layer again that it had forgotten. Pure.

`import` blocks (Terraform and OpenTofu since 1.5) name instances with their keys; before that it is a command
for each. What a provider cannot import comes back from the state of before, and from nowhere else.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from slipway.adopt.forgetting import Dialect
from slipway.adopt.state import State
from slipway.model.adopted import AdoptedLayer, AdoptedResource

_REGION: Final = "region"


@dataclass(frozen=True, kw_only=True)
class Returning:
    """What a state is to have again.

    Attributes:
        dialect: of the tool.
        imports: address and import id of each.
        lost: addresses of what cannot be imported.
    """

    dialect: Dialect
    imports: tuple[tuple[str, str], ...]
    lost: tuple[str, ...]


def returning(layer: AdoptedLayer, state: State, dialect: Dialect) -> Returning | None:
    """Say what a state lacks of a layer.

    Args:
        layer: what Pulumi owns.
        state: as it is now.
        dialect: what the tool understands.

    Returns:
        None: it lacks nothing.
    """
    there = {each.address for each in state.instances}
    own = [each for each in layer.resources if each.state == state.id.lineage]
    lacks = [each for each in own if each.address not in there]
    if not lacks:
        return None
    return Returning(
        dialect=dialect,
        imports=tuple((each.address, import_id(each)) for each in lacks if each.import_id),
        lost=tuple(each.address for each in lacks if not each.import_id),
    )


def import_id(resource: AdoptedResource) -> str:
    """Return what Terraform takes: in another region it has a provider of its own for that, and no suffix."""
    region = resource.arguments.get(_REGION)
    return resource.import_id.removesuffix(f"@{region}") if region else resource.import_id


def import_blocks(found: Returning) -> str:
    """Write the `import` blocks, for the root module."""
    return "\n".join(
        f'import {{\n  to = {address}\n  id = "{_quoted(id_)}"\n}}\n' for address, id_ in found.imports
    )


def import_commands(found: Returning) -> str:
    """Write a command for each, for a tool that knows no blocks."""
    return "".join(
        shlex.join([found.dialect.tool.value, "import", address, id_]) + "\n"
        for address, id_ in found.imports
    )


def other_ids(layer: AdoptedLayer, states: Sequence[State]) -> tuple[str, ...]:
    """Say which addresses are other objects in Terraform than Pulumi owns."""
    there = {(state.id.lineage, each.address): each for state in states for each in state.instances}
    found = []
    for each in layer.resources:
        instance = there.get((each.state, each.address))
        id_ = "" if instance is None else str(instance.value("id") or "")
        if id_ and id_ != each.id:
            found.append(f"{each.address} has the id {id_} in Terraform, {each.id} was adopted")
    return tuple(found)


def _quoted(text: str) -> str:
    """Escape what HCL reads within quotes (hcl/hclsyntax/spec.md, template literals)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return escaped.replace("${", "$${").replace("%{", "%%{")
