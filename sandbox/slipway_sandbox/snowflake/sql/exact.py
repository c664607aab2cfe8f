"""Money is exact: division, products and averages of NUMBERs with Snowflake's digits and rounding.

DuckDB divides and averages decimals as floating point. Here each such expression is replaced by integer
arithmetic with the scale that Snowflake's rules give (numbers.py). The rules need the types of the operands:
DuckDB itself is asked, by describing the query with the operands added to its columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql import numbers
from slipway_sandbox.snowflake.sql.columns import number_of_duckdb
from slipway_sandbox.snowflake.sql.probes import give_outer_relations, with_ctes
from slipway_sandbox.snowflake.sql.types import MAX_PRECISION, SqlType, number

Describe = Callable[[exp.Expr], Sequence[str]]
"""DuckDB's types of a query's columns."""

_DONE: Final = "sf_exact"
_SMALL: Final = 18
_INEXACT: Final = (exp.Div, exp.Mul, exp.Avg)


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
    if tree.find(*_INEXACT) is None:
        return tree
    for select in _in_order(tree):
        while found := _innermost(tree, select):
            types = _operand_types(tree, select, found, describe)
            for each, kinds in zip(found, types, strict=True):
                _replace(each, kinds)
    return tree


def _in_order(tree: exp.Expr) -> list[exp.Expr | None]:
    """The queries of a statement, each after those whose columns it reads; None is the statement itself."""
    found: list[exp.Expr | None] = []

    def visit(node: exp.Expr) -> None:
        first = [node.args.get("with_"), node.args.get("from_"), *(node.args.get("joins") or [])]
        earlier = [child for child in first if isinstance(child, exp.Expr)]
        ids = {id(child) for child in earlier}
        for child in (*earlier, *(each for each in node.iter_expressions() if id(each) not in ids)):
            visit(child)
        if isinstance(node, exp.Select):
            found.append(node)

    visit(tree)
    return [*found, None]


def _innermost(tree: exp.Expr, select: exp.Expr | None) -> list[_Found]:
    """The inexact expressions of one query that have no other one inside."""
    within = tree if select is None else select
    waiting = [node for node in within.find_all(*_INEXACT) if not node.meta.get(_DONE)]
    own = [node for node in waiting if node.find_ancestor(exp.Select) is select]
    return [_Found(node, _operands(node)) for node in own if not _has_waiting_inside(node)]


def _has_waiting_inside(node: exp.Expr) -> bool:
    inside = (each for each in node.find_all(*_INEXACT) if each is not node)
    return any(not each.meta.get(_DONE) for each in inside)


def _operands(node: exp.Expr) -> tuple[exp.Expr, ...]:
    if isinstance(node, exp.Avg):
        argument = node.this
        return tuple(argument.expressions) if isinstance(argument, exp.Distinct) else (argument,)
    return node.this, node.expression


def _operand_types(
    tree: exp.Expr, select: exp.Expr | None, found: Sequence[_Found], describe: Describe
) -> list[tuple[SqlType | None, ...]]:
    """The operands' types: None for what is no NUMBER."""
    unknown = [operand for each in found for operand in each.operands if not _is_constant(operand)]
    described = iter(_described(tree, select, unknown, describe) if unknown else [])
    return [
        tuple(_literal(operand) if _is_constant(operand) else next(described) for operand in each.operands)
        for each in found
    ]


def _described(
    tree: exp.Expr,
    select: exp.Expr | None,
    operands: Sequence[exp.Expr],
    describe: Describe,
) -> list[SqlType | None]:
    if not isinstance(select, exp.Select):
        raise unsupported("an arithmetic expression outside of a query")
    probe = select.copy()
    grouped = _is_grouped(select)
    columns = [_column(operand.copy(), grouped=grouped) for operand in operands]
    probe.set("expressions", [*probe.expressions, *columns])
    for name in ("order", "limit", "offset", "distinct", "into"):
        probe.set(name, None)
    if give_outer_relations(probe, select):
        probe.set("expressions", columns)  # the others mix outer columns with aggregates
    types = describe(with_ctes(probe, select, tree))
    return [number_of_duckdb(name) for name in types[-len(operands) :]]


def _column(operand: exp.Expr, *, grouped: bool) -> exp.Expr:
    """An operand as one more column; in a grouped query one that is not grouped by needs an aggregate."""
    if grouped and not operand.find(exp.AggFunc, exp.Window):
        return exp.Anonymous(this="any_value", expressions=[operand])
    return operand


def _is_grouped(select: exp.Select) -> bool:
    if select.args.get("group") or select.args.get("having"):
        return True
    aggregates = (node for each in select.expressions for node in each.find_all(exp.AggFunc))
    return any(
        node.find_ancestor(exp.Select) is select and not isinstance(node.parent, exp.Window)
        for node in aggregates
    )


def _is_constant(operand: exp.Expr) -> bool:
    return isinstance(operand, exp.Literal | exp.Null)


def _literal(literal: exp.Expr) -> SqlType | None:
    """The type of a number that a statement writes; one with an exponent is a FLOAT."""
    if isinstance(literal, exp.Null):
        return number(1)
    if literal.is_string or "e" in literal.name.lower():
        return None
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
    if any(kind is None for kind in kinds):
        return _inexact(node)
    known = [kind for kind in kinds if kind is not None]
    match node:
        case exp.Avg():
            return _average(node, known[0])
        case exp.Mul():
            return _product(node, *known)
        case _:
            left, right = known
            wanted = numbers.quotient(left, right)
            numerator, denominator = _integer(node.this, left), _integer(node.expression, right)
            return _cast(_quotient((numerator, left), (denominator, right), wanted), wanted)


def _inexact(node: exp.Expr) -> exp.Expr:
    """Floating point is as inexact in Snowflake; a division by zero is an error there and not in DuckDB."""
    if isinstance(node, exp.Div):
        return _call("sf_divide", node.this.copy(), node.expression.copy())
    return node


def _product(node: exp.Mul, left: SqlType, right: SqlType) -> exp.Expr:
    wanted = numbers.product(left, right)
    if wanted.scale == 0 and MAX_PRECISION in {left.precision, right.precision}:
        return node  # integers: exact, and beyond 64 bits refused
    if left.precision + right.precision <= _SMALL and left.scale + right.scale == wanted.scale:
        return node
    wide = exp.Mul(this=_wide(node.this, left), expression=exp.paren(node.expression.copy()))
    return _cast(wide, wanted)


def _average(node: exp.Avg, summand: SqlType) -> exp.Expr:
    counted = exp.Count(this=node.this.copy(), big_int=True)
    summed = exp.Sum(this=node.this.copy())
    window = node.parent if isinstance(node.parent, exp.Window) else None
    sums, counts = (_over(window, each) for each in (summed, counted))
    total, count = numbers.total(summand), number(MAX_PRECISION)
    divisor = exp.Nullif(this=counts, expression=exp.Literal.number(0))
    return _quotient(
        (_integer(sums, total), total), (_integer(divisor, count), count), numbers.average(summand)
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
    scaled = upper if shift == 0 else exp.Mul(this=upper, expression=_power(shift))
    return _scaled_down(_call("sf_quotient", scaled, lower), wanted)


def _integer(value: exp.Expr, kind: SqlType) -> exp.Expr:
    """A number times ten to its scale, as an integer of 128 bits."""
    if kind.scale == 0:
        return exp.cast(exp.paren(value.copy()), "INT128")
    power = exp.cast(exp.Literal.number(10**kind.scale), f"DECIMAL({kind.scale + 1}, 0)")
    return exp.cast(exp.Mul(this=_wide(value, kind), expression=power), "INT128")


def _wide(value: exp.Expr, kind: SqlType) -> exp.Expr:
    """A number in DuckDB's widest decimal: it multiplies smaller ones in 18 digits and refuses more."""
    return exp.cast(exp.paren(value.copy()), f"DECIMAL({MAX_PRECISION}, {kind.scale})")


def _power(exponent: int) -> exp.Expr:
    return exp.cast(exp.Literal.string(str(10**exponent)), "INT128")


def _scaled_down(value: exp.Expr, wanted: SqlType) -> exp.Expr:
    """The number that an integer stands for: a product with 10^-scale is exact in DuckDB."""
    whole = exp.cast(value, f"DECIMAL({MAX_PRECISION}, 0)")
    if wanted.scale == 0:
        return whole
    unit = exp.cast(
        exp.Literal.string(f"0.{'0' * (wanted.scale - 1)}1"), f"DECIMAL({wanted.scale + 1}, {wanted.scale})"
    )
    return exp.paren(exp.Mul(this=whole, expression=unit))


def _cast(value: exp.Expr, wanted: SqlType) -> exp.Expr:
    return exp.cast(exp.paren(value), f"DECIMAL({wanted.precision}, {wanted.scale})")


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))
