"""JSON Schemas of a workspace's files, for editors: made from the models that read them, so both agree."""

from enum import StrEnum, unique
from typing import Any, Final, assert_never

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from slipway.catalog.documents import PipelineDocument, TeamDocument, WorkspaceDocument


@unique
class DocumentKind(StrEnum):
    """A kind of file. Not a kind of pipeline."""

    PIPELINE = "pipeline"
    WORKSPACE = "workspace"
    TEAM = "team"


DIALECT: Final = GenerateJsonSchema.schema_dialect
"""Draft 2020-12."""


def schema_of(kind: DocumentKind) -> dict[str, Any]:
    """Describe a kind of file.

    Args:
        kind: which.

    Returns:
        A JSON Schema, draft 2020-12. What needs more than one file (is the owner a team?) it does not say.
    """
    schema = _model_of(kind).model_json_schema(mode="validation")
    return {"$schema": DIALECT, "title": f"Slipway {kind}", **_tidy(schema, is_schema=True)}


def _model_of(kind: DocumentKind) -> type[BaseModel]:
    match kind:
        case DocumentKind.PIPELINE:
            return PipelineDocument
        case DocumentKind.WORKSPACE:
            return WorkspaceDocument
        case DocumentKind.TEAM:
            return TeamDocument
        case _:
            assert_never(kind)


def _tidy(value: Any, *, is_schema: bool) -> Any:
    """Drop pydantic's titles, which repeat the names, and null, which an optional field may not be.

    A mapping below `properties` holds schemas by field name, and a field may be called `title` or `default`.
    """
    if isinstance(value, list):
        return [_tidy(item, is_schema=True) for item in value]
    if not isinstance(value, dict):
        return value
    if not is_schema:
        return {name: _tidy(item, is_schema=True) for name, item in value.items()}
    kept = {
        key: item
        for key, item in value.items()
        if key != "title" and not (key == "default" and item in (None, []))
    }
    alternatives = [item for item in kept.pop("anyOf", []) if item != {"type": "null"}]
    if len(alternatives) > 1:
        kept["anyOf"] = alternatives
    elif alternatives:
        kept = {**alternatives[0], **kept}
    return {key: _tidy(item, is_schema=key not in {"properties", "$defs"}) for key, item in kept.items()}
