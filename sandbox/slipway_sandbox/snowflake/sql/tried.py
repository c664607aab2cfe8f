"""TRY_CAST takes texts only: https://docs.snowflake.com/en/sql-reference/functions/try_cast.

Each operand is marked where statements are translated. DuckDB tells its type here, and the mark goes; where
no type can be told, of columns that an UPDATE sets for example, it stays and checks when the statement runs.
"""

from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import SnowflakeError, not_to_be_cast
from slipway_sandbox.snowflake.sql.columns import type_of_duckdb
from slipway_sandbox.snowflake.sql.integers import call
from slipway_sandbox.snowflake.sql.probes import Describe, in_order, operand_types
from slipway_sandbox.snowflake.sql.types import parsed_type

_MARK: Final = "sf_tried"
_FITTING: Final = frozenset({"VARCHAR", '"NULL"', "NULL"})


def marked_operand(node: exp.TryCast) -> exp.Expr:
    """The operand of a TRY_CAST, marked unless it is a text for sure or nobody can know."""
    operand = node.this
    if isinstance(operand, exp.Null | exp.Placeholder) or (
        isinstance(operand, exp.Literal) and operand.is_string
    ):
        return operand
    return call(_MARK, operand.copy(), exp.Literal.string(parsed_type(node.to).snowflake))


def texts_tried(tree: exp.Expr, describe: Describe) -> exp.Expr:
    """Take away the marks, in place.

    Args:
        tree: a bound and translated statement.
        describe: asks DuckDB.

    Raises:
        SnowflakeError: 1065, an operand is no text.
    """
    if not any(_is_marked(node) for node in tree.find_all(exp.Anonymous)):
        return tree
    for select in in_order(tree):
        within = tree if select is None else select
        marked = [node for node in within.find_all(exp.Anonymous) if _is_marked(node)]
        for node in marked:
            if node.find_ancestor(exp.Select) is select and _is_text(tree, select, node, describe):
                node.replace(node.expressions[0])
    return tree


def _is_marked(node: exp.Expr) -> bool:
    return node.name == _MARK


def _is_text(tree: exp.Expr, select: exp.Expr | None, node: exp.Expr, describe: Describe) -> bool:
    """Whether an operand is a text; False where that cannot be told.

    Raises:
        SnowflakeError: 1065, it is something else.
    """
    operand, wanted = node.expressions
    if select is None and operand.find(exp.Column):
        return False
    try:
        (found,) = operand_types(tree, select, [operand], describe)
    except SnowflakeError:
        return False
    if found not in _FITTING:
        raise not_to_be_cast(type_of_duckdb(found).snowflake, wanted.name)
    return True
