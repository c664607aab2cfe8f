"""The compact schema in Pulumi's own form, for the commands that generate code (`pulumi import`).

Only names, types and roles: the descriptions stay in the SDK.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.schema import ANY, Kind, Property, Role, Schema, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCES = {
    Kind.ANY: "pulumi.json#/Any",
    Kind.ASSET: "pulumi.json#/Asset",
    Kind.ARCHIVE: "pulumi.json#/Archive",
}


def package_schema(schema: Schema) -> str:
    """The package's schema as JSON text."""
    tokens = {name: _token(schema.package, name) for name in schema.objects}
    renderer = _Renderer(tokens)
    return json.dumps(
        {
            "name": schema.package,
            "version": schema.version,
            "provider": {"inputProperties": renderer.properties(schema.config)},
            "resources": {
                token: renderer.resource(schema.resource(token).properties) for token in schema.tokens
            },
            "types": {tokens[name]: renderer.object(schema.object(name)) for name in schema.objects},
            "language": {"python": {"inputTypes": "classes-and-dicts"}},
        }
    )


def _token(package: str, name: str) -> str:
    """The token of a nested type: "s3.BucketWebsite" is "aws:s3/BucketWebsite:BucketWebsite"."""
    module, _, type_ = name.rpartition(".")
    return f"{package}:{module.rstrip('_') or 'index'}/{type_}:{type_}"


class _Renderer:
    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = tokens

    def resource(self, properties: Mapping[str, Property]) -> dict[str, Any]:
        inputs = {name: prop for name, prop in properties.items() if prop.role.is_input}
        outputs = {name: prop for name, prop in properties.items() if prop.role is not Role.INPUT_ONLY}
        return {
            "inputProperties": self.properties(inputs),
            "requiredInputs": _required(inputs),
            "properties": self.properties(outputs),
            "required": sorted(
                n for n, p in outputs.items() if p.role not in {Role.OPTIONAL, Role.MAYBE_OUTPUT}
            ),
        }

    def object(self, fields: Mapping[str, Property]) -> dict[str, Any]:
        return {"type": "object", "properties": self.properties(fields), "required": _required(fields)}

    def properties(self, properties: Mapping[str, Property]) -> dict[str, Any]:
        return {name: self._type(prop.shape) for name, prop in properties.items()}

    def _type(self, shape: Shape) -> dict[str, Any]:
        match shape.kind:
            case Kind.LIST:
                return {"type": "array", "items": self._type(shape.item or ANY)}
            case Kind.MAP:
                return {"type": "object", "additionalProperties": self._type(shape.item or ANY)}
            case Kind.OBJECT:
                return {"$ref": f"#/types/{self._tokens[shape.name]}"}
            case Kind.ANY | Kind.ASSET | Kind.ARCHIVE:
                return {"$ref": _REFERENCES[shape.kind]}
            case _:
                return {"type": shape.kind.value}


def _required(properties: Mapping[str, Property]) -> list[str]:
    return sorted(name for name, prop in properties.items() if prop.role is Role.REQUIRED)
