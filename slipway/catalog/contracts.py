"""Reads ODCS documents, as far as a release compares them with tables.

The standard's own schema is the contract checks' business; here an unknown field is passed over, but what is
read must be right: a promise that is misspelt must not become no promise.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from slipway.model.contract import CONTROL_SUM, ROWS, Band, Contract, PromisedColumn
from slipway.model.errors import DefinitionError
from slipway.model.snowflake_objects import Column

_CURRENCY = "currencyColumn"
_ROWS = "rowBand"
_SUMS = "controlSumBand"


class ContractError(DefinitionError):
    """A contract that cannot be read."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class _Custom(_Read):
    property: str
    value: Any


class _Property(_Read):
    name: str
    physical_name: str = ""
    physical_type: str = ""
    required: bool = False
    primary_key: bool = False
    primary_key_position: int = 0
    custom_properties: tuple[_Custom, ...] = ()


class _Object(_Read):
    name: str
    properties: tuple[_Property, ...] = Field(min_length=1)
    custom_properties: tuple[_Custom, ...] = ()


class _Document(_Read):
    objects: tuple[_Object, ...] = Field(alias="schema", min_length=1, max_length=1)


def read_contract(root: Path, path: str) -> Contract:
    """Read the contract of one table.

    Args:
        root: the workspace's folder.
        path: of the document, relative to it.

    Raises:
        ContractError: the file is missing, is no YAML, or a field is not what the standard says.
    """
    try:
        document = _Document.model_validate(yaml.safe_load((root / path).read_text(encoding="utf-8")))
        return _contract(path, document.objects[0])
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise _unreadable(path, f"{place}: {first['msg']}") from error
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise _unreadable(path, str(error)) from error


def _contract(path: str, table: _Object) -> Contract:
    keyed = sorted((each for each in table.properties if each.primary_key), key=_key_position)
    return Contract(
        path=path,
        columns=tuple(_column(each) for each in table.properties),
        key=tuple(_stored(each) for each in keyed),
        rows=_band(table.custom_properties, _ROWS, ROWS),
        sums=_band(table.custom_properties, _SUMS, CONTROL_SUM),
    )


def _column(written: _Property) -> PromisedColumn:
    return PromisedColumn(
        name=_stored(written),
        type=written.physical_type.upper().replace(" ", ""),
        required=written.required,
        is_amount=any(custom.property == _CURRENCY for custom in written.custom_properties),
    )


def _stored(written: _Property) -> Column:
    """What is written without quotes is stored in upper case."""
    return Column((written.physical_name or written.name).upper())


def _key_position(written: _Property) -> int:
    return written.primary_key_position


def _band(customs: tuple[_Custom, ...], name: str, default: Band) -> Band:
    written = next((custom.value for custom in customs if custom.property == name), None)
    if written is None:
        return default
    if isinstance(written, dict) and written.keys() == {"below", "above"}:
        return Band(below=Decimal(str(written["below"])), above=Decimal(str(written["above"])))
    raise ValueError(f"{name} is {written!r}, not {{below: 0.1, above: 0.5}}")


def _unreadable(path: str, why: str) -> ContractError:
    return ContractError(
        f"{path} is no contract that can be read: {why}",
        remedy="correct it as the Open Data Contract Standard, version 3, says",
    )
