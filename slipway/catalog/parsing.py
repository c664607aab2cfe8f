"""From a file's tree to its document: pydantic's complaints become findings with a place and a remedy."""

import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from slipway.catalog.findings import Finding, Loc, RuleId
from slipway.catalog.tree import NotText, Tree
from slipway.model.errors import SlipwayError
from slipway.model.nearest import did_you_mean

DocumentT = TypeVar("DocumentT", bound=BaseModel)


def parse_document(model: type[DocumentT], tree: Tree) -> DocumentT | list[Finding]:
    """Read a file's fields.

    Args:
        model: the kind of file.
        tree: its content.

    Returns:
        The document, or everything that is wrong with single fields.
    """
    empty = list(_empty_fields(tree, tree.data, ()))
    try:
        document = model.model_validate(tree.data)
    except ValidationError as error:
        told = {finding.field for finding in empty}
        findings = [_finding(model, tree, detail) for detail in error.errors(include_url=False)]
        return empty + [finding for finding in findings if finding.field not in told]
    return empty or document


def _empty_fields(tree: Tree, value: Any, loc: Loc) -> Iterator[Finding]:
    """Find fields without a value; for an optional field pydantic would take one for the field left out."""
    if value is None:
        yield tree.finding(RuleId.WRONG_TYPE, loc, "the field has no value", "write one, or delete the line")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _empty_fields(tree, item, (*loc, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _empty_fields(tree, item, (*loc, index))


def _finding(model: type[BaseModel], tree: Tree, detail: ErrorDetails) -> Finding:
    loc: Loc = detail["loc"]
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, SlipwayError):
        return tree.finding(RuleId.WRONG_VALUE, loc, cause.message, cause.remedy)
    match detail["type"]:
        case "missing":
            example = _example(_model_at(model, loc[:-1]), str(loc[-1]))
            return tree.finding(
                RuleId.MISSING_FIELD, loc, "the field is missing", f"write {loc[-1]}: {example}"
            )
        case "extra_forbidden":
            remedy = did_you_mean(str(loc[-1]), _known(_model_at(model, loc[:-1]), tree, loc[:-1]))
            return tree.key_finding(RuleId.UNKNOWN_FIELD, loc, "there is no such field", remedy)
        case "enum" if isinstance(detail["input"], str):
            words = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
            message = f"{detail['input']!r} is none of {', '.join(words)}"
            return tree.finding(RuleId.WRONG_VALUE, loc, message, did_you_mean(detail["input"], words))
        case kind:
            return _wrong_type(tree, loc, _WANTED.get(kind, "another kind of value"), detail["input"])


_WANTED: Final = {
    "string_type": "text",
    "enum": "a word",
    "tuple_type": "a list",
    "model_type": "fields (`name: value`)",
    "model_attributes_type": "fields (`name: value`)",
}


def _wrong_type(tree: Tree, loc: Loc, wanted: str, given: Any) -> Finding:
    if isinstance(given, NotText):
        message = f"{given.text!r} is not text to YAML but {_YAML_KINDS.get(given.kind, given.kind)}"
        remedy = f"put it in quotes: {given.text!r}" if wanted == "text" else f"write {wanted}"
        return tree.finding(RuleId.WRONG_TYPE, loc, message, remedy)
    match given:
        case list():
            written = "a list"
        case dict():
            written = "fields"
        case _:
            written = f"the text {given!r}"
    remedy = f"write {wanted}" + (f": [{given}]" if wanted == "a list" and isinstance(given, str) else "")
    return tree.finding(RuleId.WRONG_TYPE, loc, f"{written} where {wanted} belongs", remedy)


_YAML_KINDS: Final = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "merge": "a merge of mappings",
    "value": "a default value",
}


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel]:
    """Follow a way through nested models; list indexes are part of the way, not of the models."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_of(model.model_fields[step].annotation) or model
    return model


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model_of(argument))), None)


def _known(model: type[BaseModel], tree: Tree, loc: Loc) -> list[str]:
    """The fields that may still be written there; those already written were not what was meant."""
    return [name for name in model.model_fields if (*loc, name) not in tree.values] or list(
        model.model_fields
    )


def _example(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    if field.examples:
        example = field.examples[0]
        return f"[{', '.join(example)}]" if isinstance(example, list) else str(example)
    words = [str(word) for word in field.annotation] if isinstance(field.annotation, type(RuleId)) else []
    return " or ".join(words) or f"... ({(field.description or name).rstrip('.')})"
