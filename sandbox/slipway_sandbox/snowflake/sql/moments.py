"""Parts of dates and times: added, counted, taken out.

Sources: https://docs.snowflake.com/en/sql-reference/functions/ dateadd, datediff, date_part.
"""

from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import not_a_part
from slipway_sandbox.snowflake.sql.integers import call

_PARTS: Final = frozenset(
    {
        *("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"),
        *("MILLISECOND", "MICROSECOND", "NANOSECOND"),
    }
)
"""What can be added and counted."""
_SECONDS: Final = frozenset({"EPOCH", "EPOCH_SECOND"})


def counted(node: exp.Expr) -> exp.Expr:
    """DATEDIFF, of parts that there are."""
    unit = str(node.args["unit"].name).upper() if node.args.get("unit") else "DAY"
    if unit not in _PARTS:
        raise not_a_part(unit)
    return node


def added(node: exp.Expr) -> exp.Expr:
    """DATEADD adds whole units, rounded; DuckDB cuts them."""
    counted(node)
    amount = node.expression
    plain = amount.this if isinstance(amount, exp.Neg) else amount
    if not (isinstance(plain, exp.Literal) and plain.name.isdecimal()):
        node.set("expression", exp.cast(exp.paren(amount.copy()), "BIGINT"))
    return node


def extracted(node: exp.Expr) -> exp.Expr:
    """Seconds since 1970 without their fraction; DuckDB has one, and rounds it."""
    if node.name.upper() not in _SECONDS:
        return node
    return exp.cast(call("floor", call("epoch", node.expression.copy())), "BIGINT")
