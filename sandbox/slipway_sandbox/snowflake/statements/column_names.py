"""The names of a query's columns: each has one, and of a table or a view its own."""

from collections.abc import Iterable

from sqlglot import exp

from slipway_sandbox.snowflake.binding import is_next_number
from slipway_sandbox.snowflake.errors import SnowflakeError, duplicate_column
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.statements.selected import selected_texts


def require_column_names(tree: exp.Expr) -> None:
    """Refuse columns without a name in the query of a view or table: they are not named by their text there.

    Raises:
        SnowflakeError: 2022.
    """
    first = _first(tree)
    if first is not None and any(_named(column, "") is not column for column in first.expressions):
        raise SnowflakeError(2022, "42601", "SQL compilation error:\nMissing column specification")


def require_distinct(names: Iterable[str]) -> None:
    """Refuse the columns of a view or table of which two have one name.

    Raises:
        SnowflakeError: 2025.
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise duplicate_column(written(name))
        seen.add(name)


def with_column_names(tree: exp.Expr, sql: str = "") -> exp.Expr:
    """Give the columns without an alias the names that Snowflake gives them: their text in upper case.

    Args:
        tree: the query; it is changed.
        sql: its text, if it is at hand.
    """
    first = _first(tree)
    if first is not None:
        texts = selected_texts(sql)
        if len(texts) != len(first.expressions):
            texts = [""] * len(first.expressions)
        pairs = zip(first.expressions, texts, strict=True)
        first.set("expressions", [_named(column, text) for column, text in pairs])
    return tree


def _first(tree: exp.Expr) -> exp.Select | None:
    """The query that names the columns: of a UNION the first one."""
    query = tree
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    return query if isinstance(query, exp.Select) else None


def _named(column: exp.Expr, text: str) -> exp.Expr:
    if isinstance(column, exp.Column) and is_next_number(column):
        return exp.alias_(column, column.name.upper(), quoted=True)
    if isinstance(column, exp.Alias | exp.Star | exp.Column):
        return column
    return exp.alias_(column, (text or column.sql(dialect="snowflake")).upper(), quoted=True)
