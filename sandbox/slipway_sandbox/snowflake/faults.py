"""DuckDB's errors as Snowflake's: what a driver sees is never a number of DuckDB's."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import duckdb

from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    ambiguous_column,
    division_by_zero,
    duplicate_column,
    invalid_identifier,
    invalid_value,
    not_a_number,
    not_a_part,
    not_set,
    not_to_be_cast,
    null_in_not_null,
    number_out_of_range,
    syntax_error,
    too_long,
    unknown_function,
    unsupported,
    value_count,
)
from slipway_sandbox.snowflake.identifiers import unmarked, written
from slipway_sandbox.snowflake.running import canceled
from slipway_sandbox.snowflake.sql.columns import type_of_duckdb
from slipway_sandbox.snowflake.sql.function_macros import BINARY, FRACTION, NO_NUMBER, NO_TEXT
from slipway_sandbox.snowflake.sql.macros import DIVIDED_BY_ZERO, LOST_IN_JSON, TOO_LONG
from slipway_sandbox.snowflake.sql.variant_macros import NOT_AN_ARRAY, NOT_AN_OBJECT

_Made = Callable[[re.Match[str]], SnowflakeError]

_NUMBERS: Final = r"(?:DECIMAL|INT\d*|BIGINT|DOUBLE|HUGEINT|INTEGER)"

_NO_COLUMN: Final = (
    r'(?:does not have a column named|: Column(?= "[^"]+" (?:does not exist on|in EXCLUDE list))) "([^"]+)"'
)
_MISPLACED: Final = {
    "WHERE clause cannot contain aggregates": "Invalid aggregate function in where clause",
    "aggregate function calls cannot be nested": "Aggregate functions cannot be nested",
    "clause cannot contain window functions": "Window function appears outside of SELECT, QUALIFY, and "
    "ORDER BY clauses.",
    "Window functions are not supported here": "Window function requires an OVER clause",
}
"""Functions where none of their kind may be: Snowflake's texts, of which no page tells the numbers."""

_PATTERNS: Final[Mapping[str, _Made]] = {
    rf"\(Error: {TOO_LONG}(.*)\)$": lambda found: too_long(found[1]),
    r"CHECK constraint failed.*octet_length\(\"?([^\s\",)]+)": lambda found: SnowflakeError(
        100145, "22000", f"Binary value for column {found[1]} is too long and would be truncated"
    ),
    rf"^Invalid Input Error: {TOO_LONG}(.*)$": lambda found: too_long(found[1]),
    rf"{LOST_IN_JSON}([-+.\d\w]*)": lambda found: unsupported(
        f"the number {found[1]} of a JSON, which may have lost digits: write it as a string there"
    ),
    "|".join(_MISPLACED): lambda found: invalid_value(_MISPLACED[found[0]]),
    r"(ORDER|GROUP BY) term out of range - should be between 1 and (\d+)": lambda found: invalid_value(
        f"{found[1].removesuffix(' BY')} BY: the query has {found[2]} column(s)"
    ),
    r"same number of result columns": lambda _: SnowflakeError(
        1789,
        "42601",
        "SQL compilation error:\ninvalid number of result columns for set operator input branches",
    ),
    r"Unimplemented type for cast \((.+?) -> (.+?)\)": lambda found: _no_cast(found[1], found[2]),
    r'extract specifier "(.*?)" not recognized': lambda found: not_a_part(found[1].upper()),
    rf"{DIVIDED_BY_ZERO}|Division by zero in expression": lambda _: division_by_zero(),
    r"Malformed JSON at byte \d+ of input: (.*?)\.": lambda found: SnowflakeError(
        100069, "22P02", f"Error parsing JSON: {found[1]}"
    ),
    rf"{NO_NUMBER}(.*)$": lambda found: invalid_value(f"Invalid floating point operation: {found[1]}"),
    rf"{NOT_AN_OBJECT}(.*)$": lambda found: SnowflakeError(
        100071, "22000", f"Failed to cast variant value {found[1]} to OBJECT"
    ),
    rf"{NOT_AN_ARRAY}(.*)$": lambda found: SnowflakeError(
        100071, "22000", f"Failed to cast variant value {found[1]} to ARRAY"
    ),
    rf"{NO_TEXT}(.*) and (.*)$": lambda found: not_to_be_cast(type_of_duckdb(found[1]).snowflake, found[2]),
    rf"{FRACTION}([-+.\d\w]*)": lambda found: unsupported(
        f"{found[1]} as a TIMESTAMP, a number with digits after its point"
    ),
    BINARY: lambda _: unsupported("a BINARY that is joined with ||"),
    r"NOT NULL constraint failed: [\w.]+\.(\w+|.+)$": lambda found: null_in_not_null(found[1].strip('"')),
    rf"Could not convert string [\"'](.*?)[\"'] to {_NUMBERS}": lambda found: _no_such_number(found[1]),
    rf"Could not cast value (\S+) to {_NUMBERS}": lambda found: number_out_of_range(found[1]),
    rf'Casting value "(.*)" to type {_NUMBERS}.*out of range': lambda found: number_out_of_range(found[1]),
    r"Type \w+ with value (\S+) can't be cast": lambda found: number_out_of_range(found[1]),
    r"Needed scale \d+ to accurately represent": lambda _: unsupported(
        "a product with more than 38 digits after the point outside of a SELECT's columns: write a cast"
    ),
    r"bignum too large": lambda _: number_out_of_range("of more than 38 digits"),
    r"Overflow in (\w+) of": lambda found: number_out_of_range(found[1]),
    r'Referenced (?:column|table) "([^"]+)"': lambda found: invalid_identifier(_name(found[1])),
    _NO_COLUMN: lambda found: invalid_identifier(_name(found[1])),
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
        979, "42601", f"SQL compilation error:\n[{_name(found[1])}] is not a valid group by expression"
    ),
    r"Ambiguous reference to column name \"([^\"]+)\"": lambda found: ambiguous_column(_name(found[1])),
    r"insert on \"[^\"]+\": expected (\d+) columns but (\d+) values": lambda found: value_count(
        int(found[1]) - 1,
        int(found[2]) - 1,  # the number of the statement is ours
    ),
    r"Duplicate column name \"([^\"]+)\" in INSERT": lambda found: duplicate_column(_name(found[1])),
    r"Multiple assignments to same column \"([^\"]+)\"": lambda found: duplicate_column(_name(found[1])),
    r"duplicate alias \"([^\"]+)\"": lambda found: SnowflakeError(
        2027, "42601", f"SQL compilation error:\nduplicate alias '{_name(found[1])}'"
    ),
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
    r"Function with name \"?([\w$]+)\"? does not exist": lambda found: unknown_function(found[1].upper()),
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


def _no_cast(found: str, wanted: str) -> SnowflakeError:
    """Types of which one never becomes the other: https://docs.snowflake.com/en/sql-reference/data-type-conversion."""
    before, after = type_of_duckdb(found).snowflake, type_of_duckdb(wanted)
    return SnowflakeError(
        1007,
        "22023",
        f"SQL compilation error:\ninvalid type [CAST({before} AS {after.snowflake})] "
        f"for parameter 'TO_{after.kind}'",
    )


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
    told = _told(error)
    return SnowflakeError(told.number, told.sqlstate, unmarked(told.message))


def _told(error: duckdb.Error) -> SnowflakeError:
    text = str(error)
    for pattern, made in _PATTERNS.items():
        if found := re.search(pattern, text):
            return made(found)
    return _by_class(error, _own_words(text))


def _own_words(text: str) -> str:
    """What is wrong, without DuckDB's name for it and the remedies that only DuckDB has."""
    first = re.sub(r"^[\w ]+ Error: (\(Error: )?", "", text.split("\n", 1)[0])
    return re.split(r"(?<=[.)]) (?:Use|Either|Consider|Did|Try)\b|, explicitly alias", first, maxsplit=1)[0]


def _name(found: str) -> str:
    """A name of an error's text as Snowflake tells it."""
    is_small = found != unmarked(found)
    return written(unmarked(found)) if is_small else found.upper()


def _by_class(error: duckdb.Error, first: str) -> SnowflakeError:
    match error:
        case duckdb.ParserException():
            return syntax_error(first)
        case duckdb.ConversionException():
            return SnowflakeError(100035, "22018", first)
        case _:
            return unsupported(first)
