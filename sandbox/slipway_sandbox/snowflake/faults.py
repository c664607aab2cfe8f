"""DuckDB's errors as Snowflake's: what a driver sees is never a number of DuckDB's."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import duckdb

from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    division_by_zero,
    duplicate_column,
    invalid_identifier,
    not_a_number,
    not_set,
    null_in_not_null,
    number_out_of_range,
    syntax_error,
    too_long,
    unsupported,
)
from slipway_sandbox.snowflake.running import canceled
from slipway_sandbox.snowflake.sql.macros import DIVIDED_BY_ZERO, TOO_LONG

_Made = Callable[[re.Match[str]], SnowflakeError]

_NUMBERS: Final = r"(?:DECIMAL|INT\d*|BIGINT|DOUBLE|HUGEINT|INTEGER)"

_PATTERNS: Final[Mapping[str, _Made]] = {
    rf"\(Error: {TOO_LONG}(.*)\)$": lambda found: too_long(found[1]),
    r"CHECK constraint failed.*octet_length\(\W*(\w+)": lambda found: SnowflakeError(
        100145, "22000", f"Binary value for column {found[1]} is too long and would be truncated"
    ),
    rf"^Invalid Input Error: {TOO_LONG}(.*)$": lambda found: too_long(found[1]),
    DIVIDED_BY_ZERO: lambda _: division_by_zero(),
    r"NOT NULL constraint failed: [\w.]+\.(\w+|.+)$": lambda found: null_in_not_null(found[1]),
    rf"Could not convert string [\"'](.*?)[\"'] to {_NUMBERS}": lambda found: _no_such_number(found[1]),
    rf"Could not cast value (\S+) to {_NUMBERS}": lambda found: number_out_of_range(found[1]),
    rf'Casting value "(.*)" to type {_NUMBERS}.*out of range': lambda found: number_out_of_range(found[1]),
    r"Type \w+ with value (\S+) can't be cast": lambda found: number_out_of_range(found[1]),
    r"bignum too large": lambda _: number_out_of_range("of more than 38 digits"),
    r"Overflow in (\w+) of": lambda found: number_out_of_range(found[1]),
    r'Referenced (?:column|table) "([^"]+)"': lambda found: invalid_identifier(found[1].upper()),
    r'Table "[^"]+" does not have a column named "([^"]+)"': lambda found: invalid_identifier(
        found[1].upper()
    ),
    r'date field (?:format|value).*?: "([^"]*)"|invalid date.*?"([^"]*)"': lambda found: SnowflakeError(
        100040, "22007", f"Date '{found[1] or found[2]}' is not recognized"
    ),
    r'timestamp field (?:format|value).*?: "([^"]*)"': lambda found: SnowflakeError(
        100035, "22007", f"Timestamp '{found[1]}' is not recognized"
    ),
    r"Could not convert string [\"'](.*?)[\"'] to BOOL": lambda found: SnowflakeError(
        100037, "22018", f"Boolean value '{found[1]}' is not recognized"
    ),
    r"column \"([^\"]+)\" must appear in the GROUP BY clause": lambda found: SnowflakeError(
        979, "42601", f"SQL compilation error:\n[{found[1].upper()}] is not a valid group by expression"
    ),
    r"Ambiguous reference to column name \"([^\"]+)\"": lambda found: SnowflakeError(
        2028, "42601", f"SQL compilation error:\nambiguous column name '{found[1].upper()}'"
    ),
    r"insert on \"[^\"]+\": expected (\d+) columns but (\d+) values": lambda found: SnowflakeError(
        2020,
        "21S01",
        "SQL compilation error:\nInsert value list does not match column list "
        f"expecting {int(found[1]) - 1} but got {int(found[2]) - 1}",  # the number of the statement is ours
    ),
    r"Duplicate column name \"([^\"]+)\" in INSERT": lambda found: duplicate_column(found[1].upper()),
    r"More than one row returned by a subquery": lambda _: SnowflakeError(
        90150, "22000", "Single-row subquery returns more than one row."
    ),
    r"No function matches the given name and argument types '(.*?)'\.": lambda found: _conversion(found[1]),
    r"Could not choose a best candidate function for the function call \"(.*?)\"\.": lambda found: (
        _conversion(found[1])
    ),
    r"Cannot (?:compare|mix) values of type (\S+) and (?:type )?(\S+)": lambda found: _conversion(
        f"{found[1]} and {found[2]}"
    ),
    r"Values were not provided for the following parameters": lambda _: not_set(),
    r"Function with name \"?([\w$]+)\"? does not exist": lambda found: SnowflakeError(
        2140, "42601", f"SQL compilation error:\nUnknown function {found[1].upper()}"
    ),
    r"Column with name \"?(\w+)\"? already exists": lambda found: unsupported(
        f"two columns whose names differ in case only: {found[1]}"
    ),
    r"Table with name [th]\d+ does not exist": lambda _: unsupported(
        "a table that is new, or has new columns, since this transaction wrote first"
    ),
    r"[Cc]onflict on (?:tuple|update)|Transaction conflict|write-write conflict": lambda _: SnowflakeError(
        625, "57014", "The rows were changed by another transaction after this one began; it was not applied."
    ),
}
"""A pattern of DuckDB's text -> the error; the first one that fits."""


def _conversion(types: str) -> SnowflakeError:
    """Types that do not go together in DuckDB: in Snowflake some do, by a conversion that nobody wrote."""
    return unsupported(f"implicit conversion in {types.replace('_LITERAL', '')}: write a cast")


def _no_such_number(text: str) -> SnowflakeError:
    """A text that is no number, or one that its type cannot hold: DuckDB does not tell them apart."""
    is_number = re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text)
    return number_out_of_range(text) if is_number else not_a_number(text)


def as_snowflake(error: duckdb.Error) -> SnowflakeError:
    """Tell an error of DuckDB in Snowflake's words.

    Args:
        error: what DuckDB raised.
    """
    if isinstance(error, duckdb.InterruptException):
        return canceled()
    text = str(error)
    for pattern, made in _PATTERNS.items():
        if found := re.search(pattern, text):
            return made(found)
    return _by_class(error, text.split("\n", 1)[0])


def _by_class(error: duckdb.Error, first: str) -> SnowflakeError:
    match error:
        case duckdb.ParserException():
            return syntax_error(first)
        case duckdb.BinderException():
            return SnowflakeError(2043, "42000", f"SQL compilation error:\n{first}")
        case duckdb.ConversionException():
            return SnowflakeError(100035, "22018", first)
        case duckdb.NotImplementedException():
            return unsupported(first)
        case _:
            return SnowflakeError(2043, "42000", f"SQL execution error:\n{first}")
