"""Reads ODCS documents, as far as a release compares them with tables.

The standard's own schema is the contract checks' business; here an unknown field is passed over, but what is
read must be right: a promise that is misspelt must not become no promise.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from slipway.model.contract import CONTROL_SUM, ROWS, Band, Contract, PromisedColumn
from slipway.model.errors import DefinitionError
from slipway.model.pipeline import DataClass
from slipway.model.snowflake_objects import Column

_CURRENCY = "currencyColumn"
_SPLIT = "controlSumBy"
_TOLD = frozenset({DataClass.PUBLIC, DataClass.INTERNAL})
_ROWS = "rowBand"
_SUMS = "controlSumBand"
_LATENCY = "latency"
_OTHERS = "columnClassification"
"""Of a table: the classification of its columns that have none of their own."""


class ContractError(DefinitionError):
    """A contract that cannot be read."""


def _known(word: object) -> DataClass | None:
    """A word of the standard's free text; one that is none of ours classifies nothing: nobody is shown it."""
    return next((each for each in DataClass if each.value == word), None)


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
    classification: Annotated[DataClass | None, BeforeValidator(_known)] = None
    custom_properties: tuple[_Custom, ...] = ()


class _Object(_Read):
    name: str
    properties: tuple[_Property, ...] = Field(min_length=1)
    custom_properties: tuple[_Custom, ...] = ()


class _Sla(_Read):
    property: str
    element: str = ""


class _Document(_Read):
    objects: tuple[_Object, ...] = Field(alias="schema", min_length=1, max_length=1)
    sla_properties: tuple[_Sla, ...] = ()


def read_contract(root: Path, path: str) -> Contract:
    """Read the contract of one table.

    Args:
        root: the workspace's folder.
        path: of the document, relative to it.

    Raises:
        ContractError: the file is missing, is no YAML, or a field is not what the standard says.
    """
    return _read(root, path, lambda document: _contract(path, document.objects[0]))


def read_freshness_column(root: Path, path: str) -> Column | None:
    """Read which column tells how fresh a table is: the `element` of the contract's `latency`.

    Args:
        root: the workspace's folder.
        path: of the document, relative to it.

    Returns:
        The column as stored; None when the contract names none.

    Raises:
        ContractError: the document cannot be read, or the element is no column of the table.
    """
    return _read(root, path, _freshness_column)


_Told = TypeVar("_Told")


def _read(root: Path, path: str, tell: Callable[[_Document], _Told]) -> _Told:
    try:
        return tell(_Document.model_validate(yaml.safe_load((root / path).read_text(encoding="utf-8"))))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise _unreadable(path, f"{place}: {first['msg']}") from error
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise _unreadable(path, str(error)) from error


def _freshness_column(document: _Document) -> Column | None:
    table = document.objects[0]
    elements = [
        each.element for each in document.sla_properties if each.property == _LATENCY and each.element
    ]
    if not elements:
        return None
    columns = {f"{table.name}.{each.name}": _stored(each) for each in table.properties}
    if len(elements) > 1 or elements[0] not in columns:
        raise ValueError(
            f"the element of latency is {', '.join(elements)}, no column such as {next(iter(columns))}"
        )
    return columns[elements[0]]


def _contract(path: str, table: _Object) -> Contract:
    keyed = sorted((each for each in table.properties if each.primary_key), key=_key_position)
    return Contract(
        path=path,
        columns=tuple(_column(each, table) for each in table.properties),
        key=tuple(_stored(each) for each in keyed),
        rows=_band(table.custom_properties, _ROWS, ROWS),
        sums=_band(table.custom_properties, _SUMS, CONTROL_SUM),
    )


def _column(written: _Property, table: _Object) -> PromisedColumn:
    currency = _custom(written.custom_properties, _CURRENCY)
    split_by = tuple(_split_by(written, table, currency))
    return PromisedColumn(
        name=_stored(written),
        type=written.physical_type.upper().replace(" ", ""),
        required=written.required,
        is_amount=currency is not None or bool(split_by),
        currency=None if currency is None else _stored_as(str(currency), table),
        split_by=split_by,
        data_class=written.classification or _class_of_others(table),
    )


def _split_by(written: _Property, table: _Object, currency: Any) -> Iterator[Column]:
    """Read `controlSumBy`: columns of the table whose values may be told, for they name sums in evidence."""
    names = _custom(written.custom_properties, _SPLIT)
    if names is None:
        return
    if not isinstance(names, list) or not names:
        raise ValueError(
            f"{_SPLIT} of {written.name} is {names!r}, no list of columns such as [currency, country]"
        )
    columns = {each.name: each for each in table.properties}
    for name in names:
        if name not in columns:
            raise ValueError(f"{_SPLIT} of {written.name} names {name!r}, which is no column of {table.name}")
        data_class = columns[name].classification or _class_of_others(table)
        if name != currency and data_class not in _TOLD:
            told = data_class or "nowhere"
            raise ValueError(
                f"{_SPLIT} of {written.name} names {name}, which is classified {told}: its "
                "values would stand in evidence, so it has to be public or internal"
            )
        yield _stored(columns[name])


def _stored_as(name: str, table: _Object) -> Column:
    """How a column is stored that another one names, which may name one of another table."""
    named = next((each for each in table.properties if each.name == name), None)
    return Column(name.upper()) if named is None else _stored(named)


def _class_of_others(table: _Object) -> DataClass | None:
    said = _custom(table.custom_properties, _OTHERS)
    return _known(said)


def _custom(customs: tuple[_Custom, ...], name: str) -> Any:
    return next((custom.value for custom in customs if custom.property == name), None)


def _stored(written: _Property) -> Column:
    """What is written without quotes is stored in upper case."""
    return Column((written.physical_name or written.name).upper())


def _key_position(written: _Property) -> int:
    return written.primary_key_position


def _band(customs: tuple[_Custom, ...], name: str, default: Band) -> Band:
    written = _custom(customs, name)
    if written is None:
        return default
    if isinstance(written, dict) and {"below", "above"} <= written.keys() <= {"below", "above", "absolute"}:
        return Band(**{side: Decimal(str(figure)) for side, figure in written.items()})
    raise ValueError(f"{name} is {written!r}, not {{below: 0.1, above: 0.5}}, perhaps with absolute: 100")


def _unreadable(path: str, why: str) -> ContractError:
    return ContractError(
        f"{path} is no contract that can be read: {why}",
        remedy="correct it as the Open Data Contract Standard, version 3, says",
    )
