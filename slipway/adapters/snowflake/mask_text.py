"""The text that copies a table's rows masked: pure.

Numbers and dates are masked through texts: exact at every precision, and equal for equal values whatever the
column's length. The secret is a parameter of the statement and never part of its text.
"""

from collections.abc import Sequence
from typing import Final, assert_never

from slipway.adapters.snowflake import statements
from slipway.model.masks import ColumnMask, Mask, TableMask
from slipway.model.snowflake_objects import Column, Table, quoted
from slipway.ports.warehouse_results import Point

_KEY: Final = '"slipway key"'
_SHARE_DIGITS: Final = 3
_DAYS: Final = 500
_ROW: Final = '"slipway row"'


def copy(source: Table, target: Table, mask: TableMask, at: Point) -> str:
    """Write the INSERT, with one `?` for the secret.

    Args:
        source: whose rows are read.
        target: has the same columns.
        mask: what becomes of each column.
        at: the point of the rows.
    """
    shared = [each for each in mask.masked if each.mask is Mask.SHARE]
    names = ", ".join(quoted(each.column) for each in mask.columns)
    values = ", ".join(_value(each) for each in mask.columns)
    secret = f"(SELECT CAST(? AS VARCHAR) AS {_KEY})"
    rows = f"(SELECT * FROM {source.sql}{statements.at_clause(at)}) CROSS JOIN {secret}"
    if shared:
        rows = _with_shares(rows, shared)
    return f"INSERT INTO {target.sql} ({names}) SELECT {values} FROM {rows}"


def _with_shares(rows: str, shared: Sequence[ColumnMask]) -> str:
    """Number the rows, and tell what each gives away of each amount.

    A row's number is all that tells its share from another's of the same amount; nobody keeps the numbers.
    """
    numbered = f"(SELECT *, ROW_NUMBER() OVER (ORDER BY {_KEY}) AS {_ROW} FROM {rows})"
    given = ", ".join(f"{_given(each)} AS {_gift(each.column)}" for each in shared)
    return f"(SELECT *, {given} FROM {numbered})"


def _value(mask: ColumnMask) -> str:
    name = quoted(mask.column)
    match mask.mask:
        case Mask.KEEP:
            return name
        case Mask.TEXT:
            return _cut(_digest(name), f"LENGTH({name})")
        case Mask.DIGITS:
            return _digits(mask)
        case Mask.SHARE:
            return _shared(mask)
        case Mask.DAYS:
            days = f"CAST(LEFT({_decimal(_digest(f'TO_VARCHAR({name})'))}, 3) AS NUMBER(3,0)) - {_DAYS}"
            return f"CAST(DATEADD('day', {days}, {name}) AS {mask.type})"
        case Mask.FALSE:
            return f"IFF({name} IS NULL, NULL, FALSE)"
        case _:
            assert_never(mask.mask)


def _digits(mask: ColumnMask) -> str:
    """As many digits before the point and the same sign; other digits after it."""
    name, scale = quoted(mask.column), _scale(mask.type)
    text = f"TO_VARCHAR(ABS({name}))"
    digits = _decimal(_digest(f"TO_VARCHAR({name})"))
    whole = f"LEFT({digits}, LENGTH(SPLIT_PART({text}, '.', 1)))"
    part = f" || '.' || SUBSTR({digits}, 41, {scale})" if scale else ""
    return f"CAST(IFF({name} < 0, '-', '') || {whole}{part} AS {mask.type})"


def _shared(mask: ColumnMask) -> str:
    """An amount less what its row gives away, and with what the row before it in the ring gives.

    Alone in its currency a row would get its own back, which the sum would tell anyway: it has other digits.
    """
    name, gift = quoted(mask.column), _gift(mask.column)
    group = f"PARTITION BY {_currency(mask)}, {name} IS NULL"
    before = f"LAG({gift}) OVER ({group} ORDER BY {_ROW})"
    last = f"FIRST_VALUE({gift}) OVER ({group} ORDER BY {_ROW} DESC)"
    moved = f"CAST({name} - {gift} + COALESCE({before}, {last}) AS {mask.type})"
    return f"IFF(COUNT(*) OVER ({group}) > 1, {moved}, {_digits(mask)})"


def _given(mask: ColumnMask) -> str:
    """From two to eight tenths of the amount, to its own scale."""
    name = quoted(mask.column)
    digits = _decimal(_digest(f"TO_VARCHAR({name}) || '/' || TO_VARCHAR({_ROW})"))
    share = f"CAST('0.' || LEFT({digits}, {_SHARE_DIGITS}) AS NUMBER(4,{_SHARE_DIGITS}))"
    share = f"CAST({share} * CAST('0.6' AS NUMBER(2,1)) + CAST('0.2' AS NUMBER(2,1)) AS NUMBER(5,4))"
    return f"CAST({name} * {share} AS {mask.type})"


def _currency(mask: ColumnMask) -> str:
    if mask.currency is None:
        raise AssertionError("an amount without a currency has no sum to keep")
    return quoted(mask.currency)


def _gift(column: Column) -> str:
    return quoted(f"slipway share of {column}")


def _digest(text: str) -> str:
    """The secret stands on both sides: what follows a text cannot be added to its digest."""
    return f"SHA2({_KEY} || {text} || {_KEY}, 256)"


def _decimal(digest: str) -> str:
    return f"TRANSLATE({digest}, 'abcdef', '012345')"


def _cut(text: str, length: str) -> str:
    """Repeat a text up to a length."""
    return f"LEFT(REPEAT({text}, CAST(CEIL({length} / 64) AS INTEGER)), {length})"


def _scale(type_: str) -> int:
    return int(type_.partition(",")[2].rstrip(")") or 0)
