"""The queries of views: read once each, and given the names that their views declare."""

from functools import lru_cache

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.objects import Column, ViewBody
from slipway_sandbox.snowflake.sql.parser import read_text


def query_of(view: ViewBody) -> exp.Expr:
    """A view's query; whoever changes it makes a copy first."""
    return _read(view.query)


@lru_cache(maxsize=512)
def _read(query: str) -> exp.Expr:
    """A view's query as a tree: read once, since most statements on a warehouse read views."""
    return read_text(query)


def renamed(query: exp.Expr, columns: tuple[Column, ...]) -> exp.Expr:
    """A view's query whose columns have the view's names, in the view's order."""
    names = [exp.to_identifier(column.name, quoted=True) for column in columns]
    alias = exp.TableAlias(this=exp.to_identifier("sf_view"), columns=names)
    return exp.select(*[exp.column(name.copy()) for name in names]).from_(
        exp.Subquery(this=query, alias=alias), copy=False
    )
