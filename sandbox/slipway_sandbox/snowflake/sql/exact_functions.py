"""Exact forms of functions: FLOOR and CEIL with digits, MEDIAN, PERCENTILE_CONT, numbers in JSON, dates.

Sources: https://docs.snowflake.com/en/sql-reference/functions/floor, .../median, .../percentile_cont. JSON is
read by DuckDB with numbers in floating point: what may have lost a digit there is refused when it is cast.
"""

from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql import compared_texts, kept_dates, numbers
from slipway_sandbox.snowflake.sql.integers import call, integer, power, scaled_down
from slipway_sandbox.snowflake.sql.types import MAX_PRECISION, Kind, SqlType

CASTS: Final = (exp.Cast, exp.TryCast)
KINDS: Final = (
    *(exp.Floor, exp.Ceil, exp.Median, exp.WithinGroup),
    *CASTS,
    *kept_dates.KINDS,
    *compared_texts.KINDS,
)
_FROM_JSON: Final = (exp.JSONExtract, exp.JSONExtractScalar, exp.ParseJSON, exp.Bracket, exp.Anonymous)


def is_inexact(node: exp.Expr) -> bool:
    """Whether DuckDB may compute a function of these kinds inexactly, if its operand is of such a type."""
    match node:
        case exp.Floor() | exp.Ceil():
            return node.args.get("decimals") is not None
        case exp.WithinGroup():
            return isinstance(node.this, exp.PercentileCont)
        case exp.Cast():
            return _is_to_number(node) and not _is_exact(operand(node))
        case exp.Add() | exp.Sub() | exp.DateTrunc() | exp.TimestampTrunc():
            return kept_dates.can_keep(node)
        case exp.Binary() | exp.Between() | exp.In():
            return compared_texts.can_round(node)
        case _:
            return isinstance(node, exp.Median)


def operand(node: exp.Expr) -> exp.Expr:
    """What a function of these kinds is of."""
    if isinstance(node, exp.WithinGroup):
        ordered: exp.Expr = node.expression.expressions[0].this
        return ordered
    if isinstance(node, kept_dates.KINDS):
        return kept_dates.operand(node)
    if isinstance(node, compared_texts.KINDS):
        return compared_texts.operand(node)
    inner: exp.Expr = node.this
    if isinstance(node, exp.Cast):
        inner = inner.unnest()
        if isinstance(inner, exp.JSONExtractScalar):  # fakesnow asks for its text
            return exp.JSONExtract(this=inner.this, expression=inner.expression)
    return inner


def exact(node: exp.Expr, kind: SqlType) -> exp.Expr:
    """The exact form of a function.

    Args:
        node: the function.
        kind: the type of its operand.

    Raises:
        SnowflakeError: the digits of FLOOR or CEIL are no constant.
    """
    if isinstance(node, exp.Cast):
        return _cast(node, kind)
    if isinstance(node, kept_dates.KINDS):
        return kept_dates.kept(node) if kind.kind is Kind.DATE else node
    return _of_number(node, kind) if kind.kind is Kind.NUMBER else node


def _of_number(node: exp.Expr, kind: SqlType) -> exp.Expr:
    if isinstance(node, compared_texts.KINDS):
        return compared_texts.as_numbers(node)
    match node:
        case exp.Median():
            return exp.Median(this=_with_more_digits(node.this, kind))
        case exp.WithinGroup():
            copy = node.copy()
            ordered = copy.expression.expressions[0]
            ordered.set("this", _with_more_digits(ordered.this, kind))
            return copy
        case _:
            return _rounded(node, kind)


def _is_to_number(node: exp.Cast) -> bool:
    return node.to.this is exp.DataType.Type.DECIMAL or node.to.this in exp.DataType.INTEGER_TYPES


def _is_exact(value: exp.Expr) -> bool:
    """Whether a value is a number or a text for sure, and neither floating point nor JSON."""
    match value:
        case exp.Literal():
            return value.is_string or "e" not in value.name.lower()
        case exp.Cast():
            is_number = _is_to_number(value) or value.to.this in exp.DataType.TEXT_TYPES
            return is_number and not value.find(*_FROM_JSON)
        case exp.Null() | exp.Boolean() | exp.Placeholder() | exp.Count() | exp.RowNumber():
            return True
        case _:
            return False


def _cast(node: exp.Cast, kind: SqlType) -> exp.Expr:
    """A cast of a number in JSON by its text; of a FLOAT to an integer half away from zero."""
    copy = node.copy()
    if kind.kind is Kind.VARIANT:
        copy.set("this", call("sf_json_number", operand(node).copy()))
    elif kind.kind is Kind.FLOAT and node.to.this in exp.DataType.INTEGER_TYPES:
        copy.set("this", call("round", node.this.copy()))
    return copy


def _with_more_digits(value: exp.Expr, kind: SqlType) -> exp.Expr:
    """An operand with the digits of what is interpolated between two of its values."""
    wanted = numbers.interpolated(kind)
    return exp.cast(exp.paren(value.copy()), f"DECIMAL({wanted.precision}, {wanted.scale})")


def _rounded(node: exp.Expr, kind: SqlType) -> exp.Expr:
    """FLOOR or CEIL by integer arithmetic."""
    name = "FLOOR" if isinstance(node, exp.Floor) else "CEIL"
    digits = _constant(node.args["decimals"])
    if digits is None:
        raise unsupported(f"{name} of a NUMBER with digits that are no constant")
    wanted = numbers.rounded(kind, digits)
    if digits >= kind.scale:
        return exp.cast(exp.paren(node.this.copy()), f"DECIMAL({wanted.precision}, {wanted.scale})")
    if kind.scale - digits > MAX_PRECISION:
        return exp.cast(exp.Literal.number(0), "DECIMAL(38, 0)")
    units = call(f"sf_{name.lower()}", integer(node.this, kind), power(kind.scale - digits))
    if digits < 0:
        units = exp.Mul(this=units, expression=power(-digits))
    return scaled_down(units, wanted)


def _constant(digits: exp.Expr) -> int | None:
    sign, value = (-1, digits.this) if isinstance(digits, exp.Neg) else (1, digits)
    is_whole = isinstance(value, exp.Literal) and not value.is_string and value.name.isdecimal()
    return sign * int(value.name) if is_whole else None
