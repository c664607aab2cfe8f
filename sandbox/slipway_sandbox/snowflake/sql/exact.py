"""Money is exact: what DuckDB computes of NUMBERs by floating point, with Snowflake's digits and rounding.

DuckDB divides and averages decimals as floating point. Here each such expression is replaced by integer
arithmetic with the scale that Snowflake's rules give (numbers.py). The rules need the types of the operands:
DuckDB itself is asked, by describing the query with the operands added to its columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql import exact_functions, numbers
from slipway_sandbox.snowflake.sql.columns import number_of_duckdb
from slipway_sandbox.snowflake.sql.integers import call, integer, power, scaled_down, wide
from slipway_sandbox.snowflake.sql.probes import Describe, in_order, operand_types
from slipway_sandbox.snowflake.sql.types import MAX_PRECISION, Kind, SqlType, number

_DONE: Final = "sf_exact"
_SMALL: Final = 18
_ARITHMETIC: Final = (exp.Div, exp.Mul, exp.Avg)
_OTHERS: Final = {
    "DATE": SqlType(Kind.DATE),
    "JSON": SqlType(Kind.VARIANT),
    "DOUBLE": SqlType(Kind.FLOAT),
    "FLOAT": SqlType(Kind.FLOAT),
}
_INEXACT: Final = (*_ARITHMETIC, *exact_functions.KINDS)


@dataclass(frozen=True)
class _Found:
    node: exp.Expr
    operands: tuple[exp.Expr, ...]


def made_exact(tree: exp.Expr, describe: Describe) -> exp.Expr:
    """Replace what DuckDB would compute inexactly, in place, from the inside out.

    Args:
        tree: a bound and translated query, or a statement that writes.
        describe: asks DuckDB.

    Raises:
        SnowflakeError: the types of an expression cannot be told, in a correlated subquery for example.
    """
    if not any(_is_waiting(node) for node in tree.find_all(*_INEXACT)):
        return tree
    for select in in_order(tree):
        while found := _innermost(tree, select):
            types = _operand_types(tree, select, found, describe)
            for each, kinds in zip(found, types, strict=True):
                _replace(each, kinds)
    return tree


def _innermost(tree: exp.Expr, select: exp.Expr | None) -> list[_Found]:
    """The inexact expressions of one query that have no other one inside."""
    within = tree if select is None else select
    waiting = [node for node in within.find_all(*_INEXACT) if _is_waiting(node)]
    own = [node for node in waiting if node.find_ancestor(exp.Select) is select]
    return [_Found(node, _operands(node)) for node in own if not _has_waiting_inside(node)]


def _is_waiting(node: exp.Expr) -> bool:
    if node.meta.get(_DONE):
        return False
    return isinstance(node, _ARITHMETIC) or exact_functions.is_inexact(node)


def _has_waiting_inside(node: exp.Expr) -> bool:
    return any(_is_waiting(each) for each in node.find_all(*_INEXACT) if each is not node)


def _operands(node: exp.Expr) -> tuple[exp.Expr, ...]:
    if isinstance(node, exp.Avg):
        argument = node.this
        return tuple(argument.expressions) if isinstance(argument, exp.Distinct) else (argument,)
    if isinstance(node, exact_functions.KINDS):
        return (exact_functions.operand(node),)
    return node.this, node.expression


def _operand_types(
    tree: exp.Expr, select: exp.Expr | None, found: Sequence[_Found], describe: Describe
) -> list[tuple[SqlType | None, ...]]:
    """The operands' types: None for what is no NUMBER."""
    unknown = [operand for each in found for operand in each.operands if not _is_constant(operand)]
    if not isinstance(select, exp.Select) and any(each.find(exp.Column) for each in unknown):
        raise unsupported("an arithmetic expression outside of a query")
    named = operand_types(tree, select, unknown, describe) if unknown else []
    described = iter([_type(name) for name in named])
    return [
        tuple(_literal(operand) if _is_constant(operand) else next(described) for operand in each.operands)
        for each in found
    ]


def _type(duckdb: str) -> SqlType | None:
    """A NUMBER, a FLOAT, a DATE, or a VARIANT whose numbers are DuckDB's own; None for all else."""
    return _OTHERS.get(duckdb) or number_of_duckdb(duckdb)


def _is_constant(operand: exp.Expr) -> bool:
    return isinstance(operand, exp.Literal | exp.Null)


def _literal(literal: exp.Expr) -> SqlType | None:
    """The type of a number that a statement writes; one with an exponent is a FLOAT."""
    if isinstance(literal, exp.Null):
        return number(1)
    if literal.is_string:
        return None
    if "e" in literal.name.lower():
        return SqlType(Kind.FLOAT)
    whole, _, digits = literal.name.partition(".")
    return number(max(1, len(whole.lstrip("0")) + len(digits)), len(digits))


def _replace(found: _Found, kinds: Sequence[SqlType | None]) -> None:
    node = found.node
    exact = _exact(node, kinds)
    for each in exact.walk():
        each.meta[_DONE] = True
    if exact is node:
        return
    if isinstance(node, exp.Avg) and isinstance(node.parent, exp.Window):
        node.parent.replace(exact)
    else:
        node.replace(exact)


def _exact(node: exp.Expr, kinds: Sequence[SqlType | None]) -> exp.Expr:
    if isinstance(node, exact_functions.KINDS):
        return node if kinds[0] is None else exact_functions.exact(node, kinds[0])
    known = [kind for kind in kinds if kind is not None and kind.kind is Kind.NUMBER]
    if len(known) < len(kinds):
        return _inexact(node)
    match node:
        case exp.Avg():
            return _average(node, known[0])
        case exp.Mul():
            return _product(node, *known)
        case _:
            left, right = known
            wanted = numbers.quotient(left, right)
            numerator, denominator = integer(node.this, left), integer(node.expression, right)
            return _cast(_quotient((numerator, left), (denominator, right), wanted), wanted)


def _inexact(node: exp.Expr) -> exp.Expr:
    """Floating point is as inexact in Snowflake; a division by zero is an error there and not in DuckDB."""
    if isinstance(node, exp.Div):
        return call("sf_divide", node.this.copy(), node.expression.copy())
    return node


def _product(node: exp.Mul, left: SqlType, right: SqlType) -> exp.Expr:
    wanted = numbers.product(left, right)
    if wanted.scale == 0 and MAX_PRECISION in {left.precision, right.precision}:
        return node  # integers: exact, and beyond 64 bits refused
    if left.precision + right.precision <= _SMALL and left.scale + right.scale == wanted.scale:
        return node
    if left.scale + right.scale > MAX_PRECISION:
        shift = left.scale + right.scale - wanted.scale
        units = (power(shift // 2), power(shift - shift // 2))
        factors = (integer(node.this, left), integer(node.expression, right))
        return _cast(scaled_down(call("sf_product", *factors, *units), wanted), wanted)
    widened = exp.Mul(this=wide(node.this, left), expression=exp.paren(node.expression.copy()))
    return _cast(widened, wanted)


def _average(node: exp.Avg, summand: SqlType) -> exp.Expr:
    counted = exp.Count(this=node.this.copy(), big_int=True)
    summed = exp.Sum(this=node.this.copy())
    window = node.parent if isinstance(node.parent, exp.Window) else None
    sums, counts = (_over(window, each) for each in (summed, counted))
    total, count = numbers.total(summand), number(MAX_PRECISION)
    divisor = exp.Nullif(this=counts, expression=exp.Literal.number(0))
    return _quotient(
        (integer(sums, total), total), (integer(divisor, count), count), numbers.average(summand)
    )


def _over(window: exp.Window | None, aggregate: exp.Expr) -> exp.Expr:
    if window is None:
        return aggregate
    copy = window.copy()
    copy.set("this", aggregate)
    return copy


def _quotient(
    numerator: tuple[exp.Expr, SqlType], denominator: tuple[exp.Expr, SqlType], wanted: SqlType
) -> exp.Expr:
    """Round(numerator / denominator) to the wanted scale, of two integers that stand for scaled numbers."""
    (upper, left), (lower, right) = numerator, denominator
    shift = wanted.scale - left.scale + right.scale
    scaled = upper if shift == 0 else exp.Mul(this=upper, expression=power(shift))
    return scaled_down(call("sf_quotient", scaled, lower), wanted)


def _cast(value: exp.Expr, wanted: SqlType) -> exp.Expr:
    return exp.cast(exp.paren(value), f"DECIMAL({wanted.precision}, {wanted.scale})")
