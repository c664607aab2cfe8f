"""The file of an adopted layer: what the program declares, without a secret. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from slipway.adopt.inputs import secret_way
from slipway.adopt.proposal import Proposal, ProposedResource
from slipway.model.adopted import AdoptedComponent, AdoptedLayer, AdoptedResource
from slipway.model.environment import StackName
from slipway.ports.resource_types import ResourceTypes

STAND_IN: Final = "kept in Pulumi's state"
"""What the program gives in place of a secret; the engine takes the state's value instead."""
_WORD: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def declared(proposal: Proposal, ids: Mapping[str, str], types: ResourceTypes) -> AdoptedLayer:
    """Write what the program declares.

    Args:
        proposal: that was imported.
        ids: of its resources, by URN.
        types: what the SDK says.
    """
    return AdoptedLayer(
        layer=proposal.layer,
        stack=StackName(proposal.stack),
        proposal=proposal.digest,
        components=tuple(
            AdoptedComponent(type=each.type, name=each.name, urn=each.urn, parent=each.parent)
            for each in proposal.components
        ),
        resources=tuple(_declared(each, ids[each.urn], types) for each in proposal.resources),
    )


def _declared(resource: ProposedResource, id_: str, types: ResourceTypes) -> AdoptedResource:
    python = {each.wire: name for name, each in types.resource(resource.py).arguments.items()}
    return AdoptedResource(
        state=resource.state,
        address=resource.address,
        type=resource.type,
        py=resource.py,
        name=resource.name,
        urn=resource.urn,
        parent=resource.parent,
        id=id_,
        arguments={python[wire]: _stood_in(value) for wire, value in resource.inputs.items()},
        secrets=tuple(_ways(resource.inputs, "")),
        import_id=resource.import_id,
    )


def _stood_in(value: Any) -> Any:
    if secret_way(value) is not None:
        return STAND_IN
    match value:
        case dict():
            return {key: _stood_in(each) for key, each in value.items()}
        case list():
            return [_stood_in(each) for each in value]
        case _:
            return value


def _ways(value: Any, way: str) -> Iterator[str]:
    """Ways to secrets, in the engine's property paths: `environment.variables["DB-PASSWORD"]`."""
    if secret_way(value) is not None:
        yield way
        return
    match value:
        case dict():
            for key, each in value.items():
                yield from _ways(each, _step(way, key))
        case list():
            for number, each in enumerate(value):
                yield from _ways(each, f"{way}[{number}]")
        case _:
            return


def _step(way: str, key: str) -> str:
    if not _WORD.fullmatch(key):
        quoted = key.replace("\\", "\\\\").replace('"', '\\"')
        return f'{way}["{quoted}"]'
    return f"{way}.{key}" if way else key
