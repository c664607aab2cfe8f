"""What a statement answers: columns and rows, and what a driver makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import pyarrow as pa


class StatementType(IntEnum):
    """What drivers are told of a statement.

    Source: STATEMENT_TYPE_ID_* of snowflake-connector-python, SFStatementType of the JDBC driver.
    """

    UNKNOWN = 0x0000
    SELECT = 0x1000
    INSERT = 0x3100
    UPDATE = 0x3200
    DELETE = 0x3300
    MERGE = 0x3400
    SESSION = 0x4000
    SHOW = 0x4400
    DESCRIBE = 0x4500
    TRANSACTION = 0x5000
    DEFINITION = 0x6000

    @property
    def is_writing(self) -> bool:
        """Whether the answer is counts of rows."""
        return 0x3000 <= self < 0x4000  # noqa: PLR2004 - the range of these ids


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a statement answers.

    Attributes:
        table: the rows.
        types: DuckDB's types of the columns, in order.
        statement: what kind of statement it was.
    """

    table: pa.Table
    types: Sequence[str]
    statement: StatementType


def status(text: str, statement: StatementType = StatementType.DEFINITION) -> Result:
    """The answer of a statement that only does something."""
    return Result(table=pa.table({"status": [text]}), types=("VARCHAR",), statement=statement)


_WORDS: Final = {
    "rows_inserted": "rows inserted",
    "rows_updated": "rows updated",
    "multi_joined_rows_updated": "multi-joined rows updated",
    "rows_deleted": "rows deleted",
}


def counts(statement: StatementType, **numbers: int) -> Result:
    """The answer of a statement that writes: rows by what was done with them."""
    named = {f"number of {_WORDS[name]}": [count] for name, count in numbers.items()}
    return Result(table=pa.table(named), types=("BIGINT",) * len(named), statement=statement)


def summed(results: Sequence[Result]) -> Result:
    """The answer of one statement that was run for several rows of values: the counts of all of them."""
    last = results[-1]
    if not last.statement.is_writing:
        return last
    rows = [each.table.to_pylist()[0] for each in results]
    columns = {name: [sum(row[name] for row in rows)] for name in last.table.column_names}
    return Result(table=pa.table(columns), types=last.types, statement=last.statement)


_TYPES: Final = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
}


def listing(
    columns: Sequence[tuple[str, pa.DataType]], rows: Sequence[Sequence[object]], statement: StatementType
) -> Result:
    """The answer of SHOW and DESCRIBE.

    Args:
        columns: names and types.
        rows: values in the order of the columns.
        statement: SHOW or DESCRIBE.
    """
    arrays = [pa.array([row[number] for row in rows], type=kind) for number, (_, kind) in enumerate(columns)]
    table = pa.Table.from_arrays(arrays, names=[name for name, _ in columns])
    return Result(table=table, types=[_TYPES[kind] for _, kind in columns], statement=statement)
