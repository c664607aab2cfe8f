"""A part of a query that stands alone, so that DuckDB can tell the types of its columns."""

from sqlglot import exp


def with_ctes(probe: exp.Select, select: exp.Select, tree: exp.Expr) -> exp.Select:
    """Put the probe, which stands alone, below the queries that enclosing WITHs name.

    Each WITH keeps its level: a view's query may give one of its queries a name that an outer one has too.
    """
    node = select.parent
    while node is not None and node is not tree.parent:
        with_ = node.args.get("with_")
        if isinstance(with_, exp.With) and (ctes := with_.expressions[: _position(with_, select)]):
            probe = exp.select("*").from_(probe.subquery("sf_probe"))
            probe.set("with_", exp.With(expressions=[cte.copy() for cte in ctes]))
        node = node.parent
    return probe


def give_outer_relations(probe: exp.Select, select: exp.Select) -> bool:
    """Join what a correlated subquery refers to: only the types of the columns matter to the probe."""
    is_correlated = False
    known = {table.alias_or_name for table in select.find_all(exp.Table, exp.Subquery)}
    wanted = {column.table for column in select.find_all(exp.Column) if column.table} - known
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
