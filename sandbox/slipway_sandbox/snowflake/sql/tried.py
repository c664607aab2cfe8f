"""TRY_CAST takes texts only, and TRY_TO_NUMBER and its kin too.

Source: https://docs.snowflake.com/en/sql-reference/functions/try_cast, .../try_to_decimal.

Each operand is marked where statements are translated. DuckDB tells its type here, and the mark goes; where
no type can be told, of columns that an UPDATE sets for example, it stays and checks when the statement runs.
"""

from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import SnowflakeError, not_to_be_cast, unsupported
from slipway_sandbox.snowflake.sql.columns import type_of_duckdb
from slipway_sandbox.snowflake.sql.integers import call
from slipway_sandbox.snowflake.sql.probes import Describe, in_order, operand_types
from slipway_sandbox.snowflake.sql.types import Kind, SqlType, number

_MARK: Final = "sf_tried"
_FITTING: Final = frozenset({"VARCHAR", '"NULL"', "NULL"})


def marked_operand(operand: exp.Expr, wanted: SqlType) -> exp.Expr:
    """What becomes a type if it can, marked unless it is a text for sure or nobody can know."""
    if isinstance(operand, exp.Null | exp.Placeholder) or (
        isinstance(operand, exp.Literal) and operand.is_string
    ):
        return operand
    return call(_MARK, operand.copy(), exp.Literal.string(wanted.snowflake))


def tried_cast(node: exp.TryCast, wanted: SqlType) -> exp.Expr:
    """A TRY_CAST whose answer is NULL for what is no such value, and for nothing else.

    A text of digits is a date, by the seconds that it counts; a number beyond 64 bits is refused.
    """
    tried = node.copy()
    tried.set("this", _dated(node.this, wanted))
    if wanted.duckdb != "BIGINT":
        return tried
    tried.set("to", exp.DataType.build("INT128"))
    return exp.cast(tried, "BIGINT")


def tried_function(node: exp.Expr) -> exp.Expr:
    """A TRY_TO_ function; the node itself where it is another one.

    Raises:
        SnowflakeError: 2, TRY_TO_TIME with a format.
    """
    wanted = _wanted(node)
    if not node.args.get("safe"):
        return node
    if wanted.kind is Kind.BOOLEAN:
        return call("sf_try_boolean", marked_operand(node.this, wanted).copy())
    if node.args.get("format") is None:
        node.set("this", _dated(node.this, wanted))
    elif wanted.kind is Kind.TIME:
        raise unsupported("TRY_TO_TIME with a format")
    return node


def _dated(operand: exp.Expr, wanted: SqlType) -> exp.Expr:
    marked = marked_operand(operand, wanted).copy()
    return call("sf_dated", marked) if wanted.kind is Kind.DATE else marked


def _wanted(node: exp.Expr) -> SqlType:
    """The type that a function of these kinds answers with."""
    match node:
        case exp.TsOrDsToDate():
            return SqlType(Kind.DATE)
        case exp.TsOrDsToTime():
            return SqlType(Kind.TIME)
        case exp.ToBoolean():
            return SqlType(Kind.BOOLEAN)
        case exp.ToNumber():
            sizes = (node.args.get("precision"), node.args.get("scale"))
            return number(*(int(size.name) for size in sizes if isinstance(size, exp.Literal)))
        case _:
            return SqlType(Kind.FLOAT)


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
