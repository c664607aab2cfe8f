"""UNION, INTERSECT and EXCEPT of columns of different types: DuckDB makes a VARCHAR of what is beside one.

Source: https://docs.snowflake.com/en/sql-reference/operators-query, general usage notes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql.columns import number_of_duckdb, type_of_duckdb
from slipway_sandbox.snowflake.sql.integers import call
from slipway_sandbox.snowflake.sql.probes import Describe, column_types

_TEXT: Final = "VARCHAR"
_ZONED: Final = "TIMESTAMP WITH TIME ZONE"
_NULLS: Final = frozenset({"NULL", '"NULL"'})
_MOMENTS: Final = ("DATE", "TIMESTAMP", _ZONED)
"""Types of which DuckDB makes one as Snowflake does, the last one that is there."""
_NUMBERS: Final = "NUMBER"
_FLOATS: Final = frozenset({"FLOAT", "DOUBLE"})
_OF_TEXTS: Final[Mapping[str, Callable[[exp.Expr], exp.Expr]]] = {
    "BOOLEAN": lambda text: call("sf_boolean", text),
    "DATE": lambda text: exp.cast(text, "DATE"),
    "DOUBLE": lambda text: exp.cast(text, "DOUBLE"),
    "TIME": lambda text: exp.cast(text, "TIME"),
    "TIMESTAMP": lambda text: call("_fs_to_timestamp", text, exp.Literal.number(0)),
    _ZONED: lambda text: call("sf_zoned", text),
}
"""How a text becomes a type, as a cast makes it one."""


def give_texts_types(tree: exp.Expr, describe: Describe) -> None:
    """Convert the texts that a UNION puts beside moments, BOOLEANs and FLOATs, in place.

    Args:
        tree: a bound and translated statement.
        describe: asks DuckDB.

    Raises:
        SnowflakeError: 2, of other types, or of a column that * names.
    """
    for union in list(tree.find_all(exp.SetOperation)):
        if isinstance(union.parent, exp.SetOperation):
            continue
        sides = sides_of(union)
        types = [column_types(tree, side, describe) for side in sides]
        if len({len(kinds) for kinds in types}) == 1:  # else DuckDB tells what is wrong
            for column, kinds in enumerate(zip(*types, strict=True)):
                _give_type(sides, column, kinds)


def sides_of(query: exp.Expr) -> list[exp.Select]:
    """The queries that a UNION is of, those of a UNION within it too."""
    match query:
        case exp.SetOperation():
            return [*sides_of(query.this), *sides_of(query.expression)]
        case exp.Subquery() | exp.Paren():
            return sides_of(query.this)
        case exp.Select():
            return [query]
        case _:
            return []


def replace_column(side: exp.Select, column: int, made: Callable[[exp.Expr], exp.Expr], word: str) -> None:
    """Put another value in the place of a column, which keeps its name.

    Args:
        side: one query of a UNION.
        column: the place of the column.
        made: the value of the one before.
        word: what the column is, for the error.

    Raises:
        SnowflakeError: 2, it is among columns that * names.
    """
    if side.is_star:
        raise unsupported(f"UNION of {word} and a column that * names: write a cast")
    value = side.expressions[column]
    name = value.alias_or_name
    new = made(value.unalias().copy())
    value.replace(exp.alias_(new, name, quoted=True) if name else new)


def _give_type(sides: Sequence[exp.Select], column: int, kinds: Sequence[str]) -> None:
    """Make one type of a column's."""
    found = {_family(kind) for kind in kinds} - _NULLS
    if len(found) < 2 or "JSON" in found:  # noqa: PLR2004 - one type, or VARIANTs, which have their own rules
        return
    others = [kind for kind in kinds if kind not in {_TEXT, *_NULLS}]
    wanted = _one_of(others)
    if len(found) > 2 or _TEXT not in found or wanted not in _OF_TEXTS:  # noqa: PLR2004 - texts and one more
        told = " and ".join(sorted({type_of_duckdb(kind).kind for kind in kinds if kind not in _NULLS}))
        raise unsupported(f"UNION of {told}: write a cast")
    for side, kind in zip(sides, kinds, strict=True):
        if kind == _TEXT:
            replace_column(side, column, _OF_TEXTS[wanted], type_of_duckdb(wanted).kind)


def _family(kind: str) -> str:
    """One word for the types of which DuckDB makes one by itself."""
    if number_of_duckdb(kind) or kind in _FLOATS:
        return _NUMBERS
    return _MOMENTS[0] if kind in _MOMENTS else kind


def _one_of(kinds: Sequence[str]) -> str:
    """The type that DuckDB makes of types of one family."""
    if moments := [kind for kind in kinds if kind in _MOMENTS]:
        return max(moments, key=_MOMENTS.index)
    return "DOUBLE" if _FLOATS & set(kinds) else kinds[0]
