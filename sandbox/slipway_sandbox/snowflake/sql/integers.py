"""Scaled numbers as integers of 128 bits, and back: DuckDB computes those exactly."""

from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.sql.types import MAX_PRECISION, SqlType

_MULTIPLIED: Final = 12
"""Digits after the point up to which a multiplication brings a number there without leaving 38 digits."""


def integer(value: exp.Expr, kind: SqlType) -> exp.Expr:
    """A number times ten to its scale, as an integer of 128 bits."""
    if kind.scale == 0:
        return exp.cast(exp.paren(value.copy()), "INT128")
    if kind.scale > _MULTIPLIED:
        text = exp.cast(wide(value, kind), "VARCHAR")
        return exp.cast(call("replace", text, exp.Literal.string("."), exp.Literal.string("")), "INT128")
    power = exp.cast(exp.Literal.number(10**kind.scale), f"DECIMAL({kind.scale + 1}, 0)")
    return exp.cast(exp.Mul(this=wide(value, kind), expression=power), "INT128")


def wide(value: exp.Expr, kind: SqlType) -> exp.Expr:
    """A number in DuckDB's widest decimal: it multiplies smaller ones in 18 digits and refuses more."""
    return exp.cast(exp.paren(value.copy()), f"DECIMAL({MAX_PRECISION}, {kind.scale})")


def power(exponent: int) -> exp.Expr:
    """A power of ten as an integer of 128 bits."""
    return exp.cast(exp.Literal.string(str(10**exponent)), "INT128")


def scaled_down(value: exp.Expr, wanted: SqlType) -> exp.Expr:
    """The number that an integer stands for: a product with 10^-scale is exact in DuckDB."""
    whole = exp.cast(value, f"DECIMAL({MAX_PRECISION}, 0)")
    if wanted.scale == 0:
        return whole
    unit = exp.cast(
        exp.Literal.string(f"0.{'0' * (wanted.scale - 1)}1"), f"DECIMAL({wanted.scale + 1}, {wanted.scale})"
    )
    return exp.paren(exp.Mul(this=whole, expression=unit))


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of one of our macros."""
    return exp.Anonymous(this=name, expressions=list(arguments))
