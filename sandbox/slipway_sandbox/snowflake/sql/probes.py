"""A part of a query that stands alone, so that DuckDB can tell the types of its columns."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import SnowflakeError

Describe = Callable[[exp.Expr], Sequence[str]]
"""DuckDB's types of a query's columns."""

_NO_TYPES: Final = ("where", "having", "qualify", "order", "limit", "offset", "distinct", "into")
"""Parts of a query that say nothing about the types of its columns."""


def in_order(tree: exp.Expr) -> list[exp.Expr | None]:
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


def column_types(tree: exp.Expr, select: exp.Select, describe: Describe) -> Sequence[str]:
    """DuckDB's types of the columns of one query of a statement."""
    probe = select.copy()
    for name in _NO_TYPES:
        probe.set(name, None)
    give_outer_relations(probe, select)
    return describe(with_ctes(probe, select, tree))


def operand_types(
    tree: exp.Expr, select: exp.Expr | None, operands: Sequence[exp.Expr], describe: Describe
) -> Sequence[str]:
    """DuckDB's types of parts of a query.

    Args:
        tree: the statement that the query is in.
        select: the query; None for a list of values.
        operands: the parts.
        describe: asks DuckDB.
    """
    if not isinstance(select, exp.Select):  # a list of values
        select = tree = exp.Select()
    probe = select.copy()
    grouped = _is_grouped(select)
    columns = [_column(operand.copy(), grouped=grouped) for operand in operands]
    for name in _NO_TYPES:
        probe.set(name, None)
    whole = probe.copy()
    whole.set("expressions", [*whole.expressions, *(column.copy() for column in columns)])
    probe.set("expressions", columns)
    if give_outer_relations(probe, select):
        types = describe(with_ctes(probe, select, tree))  # the others mix outer columns with aggregates
    else:
        types = _described(with_ctes(whole, select, tree), with_ctes(probe, select, tree), describe)
    return types[-len(operands) :]


def _described(whole: exp.Select, probe: exp.Select, describe: Describe) -> Sequence[str]:
    """The types of a query's columns; of the operands alone where DuckDB cannot compute one of the others.

    Raises:
        SnowflakeError: what is wrong with the whole query: in a transaction, nothing is described after it.
    """
    try:
        return describe(whole)
    except SnowflakeError as error:
        try:
            return describe(probe)
        except SnowflakeError:
            raise error from None


def _column(operand: exp.Expr, *, grouped: bool) -> exp.Expr:
    """An operand as one more column; in a grouped query one that is not grouped by needs an aggregate."""
    if grouped and not operand.find(exp.AggFunc, exp.Window) and not any(map(_is_hash, operand.walk())):
        return exp.Anonymous(this="any_value", expressions=[operand])
    return operand


def _is_hash(node: exp.Expr) -> bool:
    """Whether a node is HASH_AGG, an aggregate of ours."""
    return isinstance(node, exp.Anonymous) and node.name.startswith("sf_hash_agg")


def _is_grouped(select: exp.Select) -> bool:
    if select.args.get("group") or select.args.get("having"):
        return True
    aggregates = (node for each in select.expressions for node in each.find_all(exp.AggFunc))
    return any(
        node.find_ancestor(exp.Select) is select and not isinstance(node.parent, exp.Window)
        for node in aggregates
    )


def with_ctes(probe: exp.Select, select: exp.Select, tree: exp.Expr) -> exp.Select:
    """Put the probe, which stands alone, below the queries that enclosing WITHs name.

    Each WITH keeps its level: a view's query may give one of its queries a name that an outer one has too.
    """
    node = select.parent
    while node is not None and node is not tree.parent:
        with_ = node.args.get("with_")
        if isinstance(with_, exp.With) and (ctes := _before(with_, select)):
            probe = exp.select("*").from_(probe.subquery("sf_probe"))
            probe.set("with_", exp.With(expressions=[cte.copy() for cte in ctes]))
        node = node.parent
    return probe


def _before(with_: exp.With, select: exp.Select) -> list[exp.Expr]:
    """The queries of a WITH that another one may read: of a recursive one itself, as it begins."""
    place = _position(with_, select)
    earlier: list[exp.Expr] = with_.expressions[:place]
    if not with_.recursive or place == len(with_.expressions):
        return earlier
    own = with_.expressions[place].copy()
    if isinstance(own.this, exp.SetOperation):
        own.set("this", own.this.this)
    return [*earlier, own]


def give_outer_relations(probe: exp.Select, select: exp.Select) -> bool:
    """Join what a correlated subquery refers to: only the types of the columns matter to the probe."""
    is_correlated = False
    known = {table.alias_or_name for table in select.find_all(exp.Table, exp.Subquery)}
    wanted = {column.table for column in probe.find_all(exp.Column) if column.table} - known
    outer = select.parent_select
    while outer is not None and wanted:
        from_ = outer.args.get("from_")
        for relation in [from_, *outer.args.get("joins", [])]:
            if relation is not None and relation.this.alias_or_name in wanted:
                probe.join(relation.this.copy(), join_type="cross", copy=False)
                is_correlated = True
        outer = outer.parent_select
    return is_correlated


def _position(with_: exp.With, select: exp.Select) -> int:
    for number_, cte in enumerate(with_.expressions):
        if any(node is select for node in cte.find_all(exp.Select)):
            return number_
    return len(with_.expressions)
