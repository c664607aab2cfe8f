"""Derived tables see nothing of what is beside them: DuckDB would read `FROM t, (SELECT t.a)` as LATERAL.

Source: https://docs.snowflake.com/en/sql-reference/constructs/join-lateral
"""

from collections.abc import Callable, Iterator

from sqlglot import exp

from slipway_sandbox.snowflake.errors import invalid_identifier
from slipway_sandbox.snowflake.hidden_names import given_names, relation_names
from slipway_sandbox.snowflake.identifiers import stored, written

ColumnsOf = Callable[[exp.Table], frozenset[str] | None]
"""The columns of a relation; None where nobody can tell them."""
_UNTOLD = (exp.Lateral, exp.TableFromRows, exp.Values)


def refuse_lateral(tree: exp.Expr, columns_of: ColumnsOf) -> None:
    """Refuse a derived table that names a column of a relation before it.

    Args:
        tree: a query before its relations are replaced.
        columns_of: tells the columns of a relation.

    Raises:
        SnowflakeError: 904.
    """
    for join in tree.find_all(exp.Join):
        if isinstance(join.this, exp.Subquery):
            _refuse_foreign(join.this, set(_before(join)), columns_of)


def _refuse_foreign(derived: exp.Subquery, before: set[str], columns_of: ColumnsOf) -> None:
    own = relation_names(derived.this)
    known = _known(derived, columns_of)
    for column in derived.this.find_all(exp.Column):
        if not isinstance(column.this, exp.Identifier):
            continue
        is_foreign = column.table and stored(column.args["table"]) in before - own
        is_unknown = not column.table and known is not None and stored(column) not in known
        if is_foreign or is_unknown:
            raise invalid_identifier(".".join(written(stored(part)) for part in column.parts))


def _known(derived: exp.Subquery, columns_of: ColumnsOf) -> frozenset[str] | None:
    """The columns that a derived table may name; None where its query is not the outermost, or not plain."""
    within = derived.find_ancestor(exp.Select)
    if derived.find(*_UNTOLD) or (within is not None and within.find_ancestor(exp.Select)):
        return None
    found = [columns_of(table) for table in derived.find_all(exp.Table)]
    if any(each is None for each in found):
        return None
    return given_names(derived.this).union(*(each for each in found if each is not None))


def _before(join: exp.Join) -> Iterator[str]:
    """The names of the relations before a join."""
    parent = join.parent
    if parent is None:
        return
    first = parent.args.get("from_")
    yield from relation_names(first) if first is not None else ()
    if isinstance(parent, exp.Table | exp.Subquery):
        yield parent.alias_or_name.upper()
    for each in parent.args.get("joins") or ():
        if each is join:
            return
        yield from relation_names(each)
