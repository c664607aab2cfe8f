"""Answers as drivers read them: types, rows in Arrow or JSON, values of placeholders."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
from fakesnow.arrow import to_ipc, to_sf
from fakesnow.converter import from_binding

from slipway_sandbox.snowflake.errors import malformed, unsupported
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.server.indenting import indented
from slipway_sandbox.snowflake.sql.columns import type_of_duckdb
from slipway_sandbox.snowflake.sql.types import Kind, SqlType

_JSON: Final = "JSON"
_LOGICAL: Final = {
    Kind.NUMBER: "fixed",
    Kind.FLOAT: "real",
    Kind.TEXT: "text",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.TIMESTAMP_NTZ: "timestamp_ntz",
    Kind.TIMESTAMP_LTZ: "timestamp_ltz",
    Kind.TIMESTAMP_TZ: "timestamp_tz",
    Kind.BINARY: "binary",
    Kind.VARIANT: "variant",
    Kind.OBJECT: "object",
    Kind.ARRAY: "array",
}
_TIMES: Final = frozenset({Kind.TIME, Kind.TIMESTAMP_NTZ, Kind.TIMESTAMP_LTZ, Kind.TIMESTAMP_TZ})
_BYTES_A_CHARACTER: Final = 4
_MOST_BYTES: Final = 16_777_216


def bound_values(bindings: Mapping[str, Mapping[str, Any]] | None) -> list[list[Any]]:
    """The values of a statement's placeholders, one list a row of an array binding, else one list.

    Args:
        bindings: position -> type and value, as a driver sends them.

    Raises:
        SnowflakeError: they have names.
    """
    if not bindings:
        return []
    if not all(position.isdigit() for position in bindings):
        raise unsupported("placeholders with names")
    positions = [str(position) for position in range(1, len(bindings) + 1)]
    given = [bindings.get(position) for position in positions]
    if not all(isinstance(each, Mapping) and {"type", "value"} <= each.keys() for each in given):
        raise malformed("the values of its placeholders are not numbered from 1, each with a type")
    ordered = [bindings[position] for position in positions]
    if any(isinstance(each["value"], list) for each in ordered):
        columns = [[_value({**each, "value": value}) for value in each["value"]] for each in ordered]
        return [list(row) for row in zip(*columns, strict=True)]
    return [[_value(each) for each in ordered]]


def _value(binding: Mapping[str, Any]) -> Any:
    if binding["value"] is None:
        return None
    try:
        if binding["type"] == "FIXED":  # decimals too, which fakesnow's own reader takes for whole numbers
            return Decimal(binding["value"]) if "." in binding["value"] else int(binding["value"])
        return _in_its_zone(binding["type"], from_binding(dict(binding)))
    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise malformed(f"{binding['value']!r} is no value of type {binding['type']}") from error


def _in_its_zone(kind: str, value: Any) -> Any:
    """A value without the zone that fakesnow's reader gives every moment, if its type has none."""
    return value.replace(tzinfo=None) if kind == "TIMESTAMP_NTZ" and isinstance(value, datetime) else value


def answer(result: Result) -> dict[str, Any]:
    """The part of a response that holds columns and rows."""
    types = [type_of_duckdb(name) for name in result.types]
    columns = [_column(name, kind) for name, kind in zip(result.table.column_names, types, strict=True)]
    facts = {"rowtype": columns, "total": result.table.num_rows, "statementTypeId": int(result.statement)}
    if result.statement.is_writing:
        return facts | {"queryResultFormat": "json", "rowset": _text_rows(result.table)}
    prepared = _prepared(_with_lines(result))
    arrow = to_ipc(_with_nulls(to_sf(prepared, columns), prepared))
    return facts | {"queryResultFormat": "arrow", "rowsetBase64": b64encode(arrow).decode()}


def _with_lines(result: Result) -> pa.Table:
    """The rows with VARIANTs as drivers get them."""
    table = result.table
    for number, kind in enumerate(result.types):
        if kind == _JSON:
            texts = [
                None if value is None else indented(str(value)) for value in table.column(number).to_pylist()
            ]
            table = table.set_column(number, table.column_names[number], pa.array(texts, type=pa.string()))
    return table


def _with_nulls(encoded: pa.Table, table: pa.Table) -> pa.Table:
    """Timestamps are encoded as pairs of numbers; where there is none, the pair itself must be NULL."""
    for number, column in enumerate(table.columns):
        if pa.types.is_timestamp(column.type) and column.null_count:
            pairs = encoded.column(number).combine_chunks()
            masked = pa.StructArray.from_arrays(
                pairs.flatten(), fields=list(pairs.type), mask=column.combine_chunks().is_null()
            )
            encoded = encoded.set_column(number, encoded.schema.field(number), masked)
    return encoded


def description(result: Result) -> dict[str, Any]:
    """The part of a response that holds columns only."""
    types = [type_of_duckdb(name) for name in result.types]
    columns = [_column(name, kind) for name, kind in zip(result.table.column_names, types, strict=True)]
    facts = {"rowtype": columns, "total": 0, "statementTypeId": int(result.statement)}
    return facts | {"queryResultFormat": "json", "rowset": []}


def _prepared(table: pa.Table) -> pa.Table:
    """Times are in UTC, whatever DuckDB calls that zone; small unsigned integers are plain ones."""
    arrays = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type) and column.type.tz:
            arrays.append(column.cast(pa.timestamp("us", tz="UTC")))
        elif pa.types.is_timestamp(column.type):
            arrays.append(column.cast(pa.timestamp("us")))
        elif pa.types.is_unsigned_integer(column.type):
            arrays.append(column.cast(pa.int64()))
        else:
            arrays.append(column)
    return pa.Table.from_arrays(arrays, names=table.column_names)


def _text_rows(table: pa.Table) -> list[list[str | None]]:
    columns = [column.to_pylist() for column in table.columns]
    return [[None if value is None else str(value) for value in row] for row in zip(*columns, strict=True)]


def _column(name: str, kind: SqlType) -> Any:
    is_number = kind.kind is Kind.NUMBER
    length = kind.length or None
    return {
        "name": name,
        "database": "",
        "schema": "",
        "table": "",
        "nullable": True,
        "type": _LOGICAL[kind.kind],
        "byteLength": _bytes(kind) if length else None,
        "length": length,
        "precision": kind.precision if is_number else (0 if kind.kind in _TIMES else None),
        "scale": kind.scale if is_number else (9 if kind.kind in _TIMES else None),
        "collation": None,
    }


def _bytes(kind: SqlType) -> int:
    return min(kind.length * _BYTES_A_CHARACTER, _MOST_BYTES) if kind.kind is Kind.TEXT else kind.length
