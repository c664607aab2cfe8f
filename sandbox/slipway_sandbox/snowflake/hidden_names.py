"""Names that DuckDB gives a meaning of its own where no relation has a column of that name.

A function without parentheses (USER), a relation as one value (`SELECT t FROM t`), what a table is stored
with (ROWID): Snowflake knows no such column.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.objects import TableBody, Thing, ViewBody
from slipway_sandbox.snowflake.errors import invalid_identifier
from slipway_sandbox.snowflake.identifiers import stored, written
from slipway_sandbox.snowflake.storage import ROW, WRITTEN

OURS: Final = "sf_ours"
"""The mark of a column that a statement's author has not written."""
_FUNCTIONS: Final = frozenset(
    {
        *("CURRENT_CATALOG", "CURRENT_DATE", "CURRENT_ROLE", "CURRENT_SCHEMA", "CURRENT_TIME"),
        *("CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIME", "LOCALTIMESTAMP", "SESSION_USER", "USER"),
    }
)
_STORED: Final = frozenset({"ROWID", ROW.upper(), WRITTEN.upper()})
_FLATTENED: Final = frozenset({"SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS"})
_RELATIONS: Final = (exp.Table, exp.Subquery, exp.Lateral, exp.TableFromRows)


def hidden(tree: exp.Expr) -> list[exp.Column]:
    """The columns of a query that DuckDB may find where Snowflake finds none.

    Args:
        tree: the query before its relations are replaced.
    """
    columns = [each for each in tree.find_all(exp.Column) if isinstance(each.this, exp.Identifier)]
    if not columns:
        return []  # thousands of values have none
    relations, given = relation_names(tree), given_names(tree)
    return [
        column
        for column in columns
        if not column.meta.get(OURS)
        and (name := stored(column)) not in given
        and (name in _STORED or (not column.table and name in _FUNCTIONS | relations))
    ]


def refuse_hidden(columns: Iterable[exp.Column], read: Iterable[Thing]) -> None:
    """Refuse such columns, unless a relation has them.

    Args:
        columns: what `hidden` has found.
        read: the relations of the query.

    Raises:
        SnowflakeError: 904.
    """
    known = frozenset[str]().union(*map(column_names, read))
    for column in columns:
        if stored(column) not in known:
            raise invalid_identifier(".".join(written(stored(part)) for part in column.parts))


def column_names(thing: Thing) -> frozenset[str]:
    """The columns of a table or a view."""
    columns = thing.body.columns if isinstance(thing.body, TableBody | ViewBody) else ()
    return frozenset(column.name for column in columns)


def relation_names(tree: exp.Expr) -> frozenset[str]:
    """The names by which a query knows its relations."""
    return frozenset(_named(tree))


def _named(tree: exp.Expr) -> Iterator[str]:
    for relation in tree.find_all(*_RELATIONS):
        alias = relation.args.get("alias")
        name = alias.this if isinstance(alias, exp.TableAlias) else relation.this
        if isinstance(name, exp.Identifier):
            yield stored(name)


def given_names(tree: exp.Expr) -> frozenset[str]:
    """The names that a query itself gives to columns."""
    named = [each.args["alias"] for each in tree.find_all(exp.Alias)]
    named += [column for alias in tree.find_all(exp.TableAlias) for column in alias.args.get("columns") or ()]
    flattened = _FLATTENED if tree.find(exp.Explode) else frozenset[str]()
    return flattened.union(map(stored, named))
