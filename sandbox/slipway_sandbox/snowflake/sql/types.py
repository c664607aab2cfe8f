"""Snowflake's data types, how a statement writes them and what DuckDB stores them as.

Source: https://docs.snowflake.com/en/sql-reference/intro-summary-data-types
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import invalid_value, unsupported

MAX_PRECISION: Final = 38
MAX_TEXT: Final = 16_777_216
MAX_BINARY: Final = 8_388_608
_CHAR: Final = frozenset({exp.DataType.Type.CHAR, exp.DataType.Type.NCHAR})


class Kind(StrEnum):
    """Families of types, by the names that DESCRIBE shows."""

    NUMBER = "NUMBER"
    FLOAT = "FLOAT"
    TEXT = "VARCHAR"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIME = "TIME"
    TIMESTAMP_NTZ = "TIMESTAMP_NTZ"
    TIMESTAMP_LTZ = "TIMESTAMP_LTZ"
    TIMESTAMP_TZ = "TIMESTAMP_TZ"
    BINARY = "BINARY"
    VARIANT = "VARIANT"
    OBJECT = "OBJECT"
    ARRAY = "ARRAY"


@dataclass(frozen=True)
class SqlType:
    """One type.

    Attributes:
        kind: its family.
        precision: decimal digits of a NUMBER, 1 to 38; else 0.
        scale: digits after the point of a NUMBER, 0 to 37; else 0.
        length: characters of a VARCHAR, bytes of a BINARY; else 0.
    """

    kind: Kind
    precision: int = 0
    scale: int = 0
    length: int = 0

    @property
    def is_semi_structured(self) -> bool:
        """Whether its values are kept as JSON."""
        return _DUCKDB.get(self.kind) == "JSON"

    @property
    def snowflake(self) -> str:
        """The type as DESCRIBE TABLE shows it."""
        match self.kind:
            case Kind.NUMBER:
                return f"NUMBER({self.precision},{self.scale})"
            case Kind.TEXT | Kind.BINARY:
                return f"{self.kind}({self.length})"
            case Kind.TIME | Kind.TIMESTAMP_NTZ | Kind.TIMESTAMP_LTZ | Kind.TIMESTAMP_TZ:
                return f"{self.kind}(9)"
            case _:
                return str(self.kind)

    @property
    def duckdb(self) -> str:
        """The type in which DuckDB stores it.

        NUMBER(38,0), which is what INT means, is a BIGINT: a value beyond 64 bits is refused, not rounded.
        """
        if self.kind is Kind.NUMBER:
            is_integer = self.precision == MAX_PRECISION and self.scale == 0
            return "BIGINT" if is_integer else f"DECIMAL({self.precision},{self.scale})"
        return _DUCKDB[self.kind]


_DUCKDB: Final = {
    Kind.FLOAT: "DOUBLE",
    Kind.TEXT: "VARCHAR",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.TIMESTAMP_NTZ: "TIMESTAMP",
    Kind.TIMESTAMP_LTZ: "TIMESTAMPTZ",
    Kind.TIMESTAMP_TZ: "TIMESTAMPTZ",
    Kind.BINARY: "BLOB",
    Kind.VARIANT: "JSON",
    Kind.OBJECT: "JSON",
    Kind.ARRAY: "JSON",
}

_PARSED: Final = {
    exp.DataType.Type.FLOAT: Kind.FLOAT,
    exp.DataType.Type.DOUBLE: Kind.FLOAT,
    exp.DataType.Type.BOOLEAN: Kind.BOOLEAN,
    exp.DataType.Type.DATE: Kind.DATE,
    exp.DataType.Type.TIME: Kind.TIME,
    exp.DataType.Type.TIMESTAMP: Kind.TIMESTAMP_NTZ,
    exp.DataType.Type.TIMESTAMPNTZ: Kind.TIMESTAMP_NTZ,
    exp.DataType.Type.DATETIME: Kind.TIMESTAMP_NTZ,
    exp.DataType.Type.TIMESTAMPLTZ: Kind.TIMESTAMP_LTZ,
    exp.DataType.Type.TIMESTAMPTZ: Kind.TIMESTAMP_TZ,
    exp.DataType.Type.VARIANT: Kind.VARIANT,
    exp.DataType.Type.OBJECT: Kind.OBJECT,
    exp.DataType.Type.ARRAY: Kind.ARRAY,
}


_MICROSECONDS: Final = 6
_OF_MICROSECONDS: Final = frozenset({Kind.TIME, Kind.TIMESTAMP_NTZ, Kind.TIMESTAMP_LTZ, Kind.TIMESTAMP_TZ})
"""Types whose values DuckDB keeps with six digits after the point of a second, never fewer."""


_INTEGERS: Final = frozenset(
    {exp.DataType.Type.TINYINT, exp.DataType.Type.SMALLINT, exp.DataType.Type.INT, exp.DataType.Type.BIGINT}
)
_TEXTS: Final = frozenset(
    {
        exp.DataType.Type.CHAR,
        exp.DataType.Type.NCHAR,
        exp.DataType.Type.NVARCHAR,
        exp.DataType.Type.TEXT,
        exp.DataType.Type.VARCHAR,
    }
)
"""Types of Snowflake's: sqlglot's families hold those of other databases, HUGEINT for one."""


def number(precision: int, scale: int = 0) -> SqlType:
    """NUMBER(precision, scale)."""
    return SqlType(Kind.NUMBER, precision=precision, scale=scale)


def text(length: int = MAX_TEXT) -> SqlType:
    """VARCHAR(length)."""
    return SqlType(Kind.TEXT, length=length)


def parsed_type(written: exp.DataType) -> SqlType:
    """Read a type of a statement.

    Args:
        written: the type as sqlglot's Snowflake dialect parsed it.

    Raises:
        SnowflakeError: its precision, scale or length cannot be, or the sandbox has no such type.
    """
    sizes = [int(size.name) for size in written.expressions if isinstance(size, exp.DataTypeParam)]
    if written.this in _INTEGERS:
        return number(MAX_PRECISION)
    if written.this in (exp.DataType.Type.DECIMAL, exp.DataType.Type.BIGDECIMAL):
        return _number(*(sizes or [MAX_PRECISION]))
    if written.this in _TEXTS:
        default = 1 if written.this in _CHAR else MAX_TEXT
        return SqlType(Kind.TEXT, length=_sized("VARCHAR", sizes, default, MAX_TEXT))
    if written.this in (exp.DataType.Type.BINARY, exp.DataType.Type.VARBINARY):
        return SqlType(Kind.BINARY, length=_sized("BINARY", sizes, MAX_BINARY, MAX_BINARY))
    kind = _PARSED.get(written.this)
    if kind in _OF_MICROSECONDS and sizes and sizes[0] < _MICROSECONDS:
        raise unsupported(f"{written.sql(dialect='snowflake')}, seconds of fewer than six digits")
    if kind is None or (kind is Kind.ARRAY and written.expressions):
        raise unsupported(written.sql(dialect="snowflake"))
    return SqlType(kind)


def _number(precision: int, scale: int = 0) -> SqlType:
    if not 1 <= precision <= MAX_PRECISION:
        raise invalid_value(f"invalid precision {precision} for NUMBER: 1 to {MAX_PRECISION}")
    if not 0 <= scale <= min(precision, MAX_PRECISION - 1):
        raise invalid_value(f"invalid scale {scale} for NUMBER({precision}): 0 to {min(precision, 37)}")
    return number(precision, scale)


def _sized(name: str, sizes: list[int], default: int, largest: int) -> int:
    size = sizes[0] if sizes else default
    if not 1 <= size <= largest:
        raise invalid_value(f"invalid length {size} for {name}: 1 to {largest}")
    return size
