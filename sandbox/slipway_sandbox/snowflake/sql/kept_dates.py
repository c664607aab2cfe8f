"""What answers with a DATE when it is given one: DuckDB makes TIMESTAMPs of them.

Sources: https://docs.snowflake.com/en/sql-reference/functions/date_trunc (the type of its input),
https://docs.snowflake.com/en/sql-reference/data-types-datetime, interval constants (a DATE unless the time of
day changes).
"""

import re
from typing import Final

from sqlglot import exp

KINDS: Final = (exp.Add, exp.DateTrunc, exp.Sub, exp.TimestampTrunc)
_PART: Final = re.compile(r"[A-Za-z]+")
_OF_DAYS: Final = frozenset(
    {
        *("Y", "YY", "YYY", "YYYY", "YEAR", "YEARS", "YR", "YRS"),
        *("Q", "QTR", "QTRS", "QUARTER", "QUARTERS"),
        *("MM", "MON", "MONS", "MONTH", "MONTHS"),
        *("W", "WK", "WEEK", "WEEKS", "D", "DD", "DAY", "DAYS"),
    }
)


def can_keep(node: exp.Expr) -> bool:
    """Whether a node of these kinds is a DATE when its operand is one."""
    match node:
        case exp.Add() | exp.Sub():
            interval = node.this if isinstance(node.this, exp.Interval) else node.expression
            return isinstance(interval, exp.Interval) and _is_of_days(interval)
        case _:
            return isinstance(node, KINDS)


def operand(node: exp.Expr) -> exp.Expr:
    """The moment that a node of these kinds is of."""
    moment: exp.Expr = node.expression if isinstance(node.this, exp.Interval) else node.this
    return moment


def kept(node: exp.Expr) -> exp.Expr:
    """A node of these kinds, of a DATE."""
    return exp.cast(exp.paren(node.copy()), "DATE")


def _is_of_days(interval: exp.Interval) -> bool:
    unit = interval.args.get("unit")
    parts = _PART.findall(f"{interval.this.name} {unit.name if unit is not None else ''}")
    return bool(parts) and all(part.upper() in _OF_DAYS for part in parts)
