"""Columns of one name in a derived table or WITH: DuckDB means the first one, for Snowflake it is ambiguous.

Source: https://docs.snowflake.com/en/sql-reference/constructs/join, usage notes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import ambiguous_column
from slipway_sandbox.snowflake.identifiers import unmarked, written

_QUERIES: Final = (exp.Select, exp.SetOperation)


def refuse_repeated(tree: exp.Expr) -> None:
    """Refuse a name that several columns of a derived table have.

    Args:
        tree: a bound and translated statement.

    Raises:
        SnowflakeError: 2028.
    """
    for select in tree.find_all(exp.Select):
        for source in _sources(select):
            counted = Counter(_columns_of(source))
            if repeated := {name for name, times in counted.items() if times > 1}:
                _refuse(select, source.alias_or_name, repeated)


def column_names(query: exp.Expr) -> list[str]:
    """The names of a query's columns, as far as the query tells them."""
    match query:
        case exp.SetOperation() | exp.Subquery() | exp.Paren():
            return column_names(query.this)
        case exp.Select():
            return [name for each in query.expressions for name in _names(each, query)]
        case _:
            return []


def _names(column: exp.Expr, select: exp.Select) -> Sequence[str]:
    """The name of a column; of a star those that it stands for."""
    if not column.is_star:
        return [column.alias_or_name]
    star = column.this if isinstance(column, exp.Column) else column
    table = column.table if isinstance(column, exp.Column) else ""
    left_out = {each.name for each in star.args.get("except_") or []}
    renamed = {each.this.name: each.alias for each in star.args.get("rename") or []}
    found = [name for name in _starred(select, table) if name not in left_out]
    return [renamed.get(name, name) for name in found]


def _starred(select: exp.Select, table: str) -> Iterator[str]:
    """The columns of a query's relations, or of one of them; those of USING once."""
    for source in _sources(select):
        if table and source.alias_or_name != table:
            continue
        join = source.parent
        once = join.args.get("using") or [] if isinstance(join, exp.Join) and not table else []
        shared = {each.name for each in once}
        if isinstance(join, exp.Join) and join.args.get("method"):
            continue  # NATURAL: what is new in it has no name of another relation
        yield from (name for name in _columns_of(source) if name not in shared)


def _sources(select: exp.Select) -> Iterator[exp.Expr]:
    for part in (select.args.get("from_"), *(select.args.get("joins") or [])):
        if part is not None:
            yield part.this


def _columns_of(source: exp.Expr) -> list[str]:
    """The columns of a relation: none where it is no query."""
    derived = source if isinstance(source, exp.Subquery) else _named_query(source)
    if derived is None or not isinstance(derived.this, _QUERIES):
        return []
    names = column_names(derived.this)
    for each in (derived, source):
        alias = each.args.get("alias")
        given = [column.name for column in alias.args.get("columns") or []] if alias is not None else []
        names = [*given, *names[len(given) :]]
    return names


def _named_query(source: exp.Expr) -> exp.Expr | None:
    """The query of a WITH that a name stands for; None within itself, where it is recursive."""
    if not isinstance(source, exp.Table) or source.args.get("db"):
        return None
    below: exp.Expr = source
    node = source.parent
    while node is not None:
        with_ = node.args.get("with_")
        for cte in with_.expressions if with_ is not None else ():
            if cte.alias == source.name:
                return None if cte is below else cte
        below = node if isinstance(node, exp.CTE) else below
        node = node.parent
    return None


def _refuse(select: exp.Select, alias: str, repeated: set[str]) -> None:
    for column in select.find_all(exp.Column):
        is_named = column.name in repeated and isinstance(column.this, exp.Identifier)
        if is_named and _is_of(column, select, alias):
            raise ambiguous_column(written(unmarked(column.name)))
    for join in select.args.get("joins") or []:
        for each in join.args.get("using") or []:
            if each.name in repeated:
                raise ambiguous_column(written(unmarked(each.name)))


def _is_of(column: exp.Column, select: exp.Select, alias: str) -> bool:
    """Whether a column is looked for in a relation of a query; in ORDER BY an alias goes before it."""
    if column.table:
        return column.table == alias and _owner(column, alias) is select
    if column.find_ancestor(exp.Select) is not select:
        return False
    order = column.find_ancestor(exp.Order)
    aliases = {each.alias for each in select.expressions if isinstance(each, exp.Alias)}
    return order is None or order.parent is not select or column.name not in aliases


def _owner(column: exp.Column, alias: str) -> exp.Select | None:
    """The query whose relation a qualified column means."""
    select = column.find_ancestor(exp.Select)
    while select is not None and alias not in {each.alias_or_name for each in _sources(select)}:
        select = select.find_ancestor(exp.Select)
    return select
