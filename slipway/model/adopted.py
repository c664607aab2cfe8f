"""An adopted layer: what was Terraform's, and is declared from a file until it is wrapped in components.

A wrapped layer's file says what it is and by whom it is declared; arguments are in the program then. The file
is `adopted/LAYER.json` beside the program. `slipway adopt import` writes it, the program reads it.
No secret is in it: the program leaves those to what Pulumi's state has.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final, Literal, TypeVar

from pydantic import ValidationError

from slipway.model.digest import DigestField
from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError
from slipway.model.frozen import Frozen

FOLDER: Final = "adopted"
"""Where the files of layers are, in the folder of the program."""

_REMEDY: Final = "restore it from git, or run slipway adopt import with its proposal again"


class AdoptedComponent(Frozen):
    """A module's instance, or the layer itself.

    Attributes:
        type: the component's.
        name: in Pulumi.
        urn: of the component.
        parent: URN of the one around it; empty for the layer.
        was: URN that it was adopted by, once it is wrapped; the stack has it until the next update.
    """

    type: str
    name: str
    urn: str
    parent: str
    was: str = ""


class AdoptedResource(Frozen):
    """One resource.

    Attributes:
        state: lineage of the Terraform state that has it.
        address: in Terraform.
        type: Pulumi's token.
        py: the way to its Python class.
        name: in Pulumi.
        urn: of the resource.
        parent: URN of its component.
        id: the cloud's, as the provider writes it.
        arguments: of the class, by their Python names; what is within them by the engine's.
        secrets: paths to the arguments whose values only Pulumi's state has.
        import_id: what takes the object into Terraform again; empty where its type cannot be imported.
        was: URN that it was adopted by, once it is wrapped; the stack has it until the next update.
    """

    state: str
    address: str
    type: str
    py: str
    name: str
    urn: str
    parent: str
    id: str
    arguments: dict[str, Any]
    secrets: tuple[str, ...] = ()
    import_id: str = ""
    was: str = ""


class AdoptedLayer(Frozen):
    """What was adopted together.

    Attributes:
        format: of the file.
        layer: its name.
        stack: which owns it.
        proposal: digest of what was reviewed.
        components: the layer first, each after the one around it.
        resources: of the layer.
        program: the module of the program that declares it; empty while its file does.
    """

    format: Literal[1] = 1
    layer: str
    stack: StackName
    proposal: DigestField
    components: tuple[AdoptedComponent, ...]
    resources: tuple[AdoptedResource, ...]
    program: str = ""

    @property
    def urns(self) -> frozenset[str]:
        """Every URN of the layer."""
        return frozenset({*(each.urn for each in self.components), *(each.urn for each in self.resources)})

    @property
    def rows(self) -> "tuple[AdoptedComponent | AdoptedResource, ...]":
        """Its components, then its resources."""
        return (*self.components, *self.resources)

    def as_held(self, urns: Collection[str]) -> "AdoptedLayer":
        """Return the layer by the URNs that a stack has now: until an update, a wrapped one's former ones.

        Args:
            urns: every one that the stack's state has.
        """
        former = {
            each.urn: each.was for each in self.rows if each.was and each.was in urns and each.urn not in urns
        }
        return self.model_copy(
            update={
                "components": tuple(_by(each, former) for each in self.components),
                "resources": tuple(_by(each, former) for each in self.resources),
            }
        )


_Row = TypeVar("_Row", AdoptedComponent, AdoptedResource)


def _by(row: _Row, former: Mapping[str, str]) -> _Row:
    urn, parent = former.get(row.urn, row.urn), former.get(row.parent, row.parent)
    return row.model_copy(update={"urn": urn, "parent": parent})


def file_name(layer: str) -> str:
    """Return the name of a layer's file."""
    return f"{layer}.json"


def write_layer(layer: AdoptedLayer) -> str:
    """Write a layer's file: indented JSON, for reviews."""
    return json.dumps(layer.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def read_layer(content: bytes, source: str) -> AdoptedLayer:
    """Read what `write_layer` wrote.

    Args:
        content: of the file.
        source: what messages call it.

    Raises:
        DefinitionError: it is no layer.
    """
    try:
        return AdoptedLayer.model_validate_json(content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False)[0]["loc"])) or "JSON"
        raise DefinitionError(f"{source} is no adopted layer: {place} is wrong", remedy=_REMEDY) from None
