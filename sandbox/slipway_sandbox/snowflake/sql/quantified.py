"""Comparisons with ANY or ALL values of a query.

Source: https://docs.snowflake.com/en/sql-reference/operators-subquery
"""

from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported


def quantified(node: exp.Expr) -> exp.Expr:
    """`= ANY (SELECT ...)` as IN, `<> ALL (SELECT ...)` as NOT IN; another comparison as it is.

    Args:
        node: a comparison.

    Raises:
        SnowflakeError: 2, it is with values and no query.
    """
    several = node.expression
    if not isinstance(several, exp.Any | exp.All):
        return node
    query = several.this.unnest()
    if not isinstance(query, exp.Query):
        word = several.key.upper()
        raise unsupported(f"a comparison with {word} of values: Snowflake has {word} (SELECT ...)")
    within = exp.In(this=node.this.copy(), query=exp.Subquery(this=query.copy()))
    match node, several:
        case exp.EQ(), exp.Any():
            return within
        case exp.NEQ(), exp.All():
            return exp.Not(this=within)
        case _:
            return node
