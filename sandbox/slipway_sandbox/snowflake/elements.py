"""Elements are of a VARIANT, an OBJECT or an ARRAY: DuckDB reads `column:name` of a text as JSON too.

Source: https://docs.snowflake.com/en/sql-reference/functions/get
"""

from collections.abc import Iterable
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.objects import TableBody, Thing, ViewBody
from slipway_sandbox.snowflake.errors import invalid_types
from slipway_sandbox.snowflake.hidden_names import given_names
from slipway_sandbox.snowflake.identifiers import stored

_ELEMENTS: Final = (exp.JSONExtract, exp.Bracket)


def taken_apart(tree: exp.Expr) -> list[str]:
    """The names of a query's columns of which it takes an element.

    Args:
        tree: the query before its relations are replaced.
    """
    columns = [node.this for node in tree.find_all(*_ELEMENTS) if isinstance(node.this, exp.Column)]
    given = given_names(tree) if columns else frozenset()
    return [name for name in map(stored, columns) if name not in given]


def refuse_plain(names: Iterable[str], read: Iterable[Thing]) -> None:
    """Refuse elements of columns that are whole values wherever the query may find them.

    Args:
        names: what `taken_apart` has found.
        read: the relations of the query.

    Raises:
        SnowflakeError: 1044.
    """
    bodies = [thing.body for thing in read if isinstance(thing.body, TableBody | ViewBody)]
    for name in names:
        types = [column.type for body in bodies for column in body.columns if column.name == name]
        if types and not any(each.is_semi_structured for each in types):
            raise invalid_types("GET", types[0].snowflake)
