"""The type of a NUMBER that is computed from NUMBERs: how many digits, how many after the point.

Rules and their examples: https://docs.snowflake.com/en/sql-reference/operators-arithmetic (section "Scale and
precision in arithmetic operations"), https://docs.snowflake.com/en/sql-reference/functions/avg and .../round.
Snowflake rounds half away from zero where digits are lost.
"""

from typing import Final

from slipway_sandbox.snowflake.sql.types import MAX_PRECISION, SqlType, number

_GROWTH: Final = 6
_LIMIT: Final = 12
_INTERPOLATED: Final = 3
"""In the example of https://docs.snowflake.com/en/sql-reference/functions/median a NUMBER(10,2) gets five."""


def _capped(digits_before_the_point: int, scale: int) -> SqlType:
    return number(min(MAX_PRECISION, digits_before_the_point + scale), scale)


def _before(operand: SqlType) -> int:
    return operand.precision - operand.scale


def sum_of_two(left: SqlType, right: SqlType) -> SqlType:
    """The type of `left + right` and of `left - right`."""
    return _capped(max(_before(left), _before(right)) + 1, max(left.scale, right.scale))


def product(left: SqlType, right: SqlType) -> SqlType:
    """The type of `left * right`."""
    scale = min(left.scale + right.scale, max(left.scale, right.scale, _LIMIT))
    return _capped(_before(left) + _before(right), scale)


def quotient(left: SqlType, right: SqlType) -> SqlType:
    """The type of `left / right`."""
    return _capped(_before(left) + right.scale, _grown(left.scale))


def remainder(left: SqlType, right: SqlType) -> SqlType:
    """The type of `left % right`."""
    return _capped(max(_before(left), _before(right)), max(left.scale, right.scale))


def total(summand: SqlType) -> SqlType:
    """The type of `SUM(summand)`."""
    return number(MAX_PRECISION, summand.scale)


def average(summand: SqlType) -> SqlType:
    """The type of `AVG(summand)`."""
    return number(MAX_PRECISION, _grown(summand.scale))


def rounded(operand: SqlType, digits: int) -> SqlType:
    """The type of `ROUND(operand, digits)`, FLOOR and CEIL; one digit more, because 9.9 rounds to 10."""
    return number(min(MAX_PRECISION, operand.precision + 1), max(0, min(operand.scale, digits)))


def interpolated(operand: SqlType) -> SqlType:
    """The type of `MEDIAN(operand)` and of PERCENTILE_CONT: three digits more."""
    scale = min(operand.scale + _INTERPOLATED, MAX_PRECISION - 1)
    return number(MAX_PRECISION, scale)


def united(left: SqlType, right: SqlType) -> SqlType:
    """The type that holds values of both: of COALESCE, CASE, UNION."""
    return _capped(max(_before(left), _before(right)), max(left.scale, right.scale))


def _grown(scale: int) -> int:
    return max(scale, min(scale + _GROWTH, _LIMIT))
