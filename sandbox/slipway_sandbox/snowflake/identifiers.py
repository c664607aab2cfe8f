"""Names as Snowflake keeps them: upper case unless quoted.

Source: https://docs.snowflake.com/en/sql-reference/identifiers-syntax

DuckDB takes names of columns for the same that differ in case only. There each small letter of a name has a
mark behind it, one that nobody types: so "id" is not ID, for aliases and queries of every depth too.
"""

import re
from dataclasses import dataclass

from sqlglot import exp

_PLAIN = re.compile(r"[A-Z_][A-Z0-9_$]*")
_SMALL = "\ue000"
_UNMARKED = re.compile(f"([a-z])(?!{_SMALL})")


def stored(identifier: exp.Expr) -> str:
    """The name that an identifier of a statement means, alone or as a column."""
    if isinstance(identifier, exp.Column | exp.ColumnDef):
        identifier = identifier.this
    return str(identifier.this) if identifier.args.get("quoted") else str(identifier.this).upper()


def stored_text(text: str) -> str:
    """The name that a word means, as a connection's parameters write it."""
    if text.startswith('"') and text.endswith('"') and text != '"':
        return text[1:-1].replace('""', '"')
    return text.upper()


def written(name: str) -> str:
    """A name as SQL writes it: quoted only where it must be."""
    return name if _PLAIN.fullmatch(name) else _quoted(name)


def quoted(name: str) -> str:
    """The name of a column as DuckDB's SQL writes it."""
    return _quoted(marked(name))


def marked(name: str) -> str:
    """A name for DuckDB, in which case matters; one that is marked already stays as it is."""
    return _UNMARKED.sub(rf"\1{_SMALL}", name)


def unmarked(text: str) -> str:
    """What DuckDB calls a column, or says in an error, with names as people wrote them."""
    return text.replace(_SMALL, "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Path:
    """A name of one to three parts, as a statement gives it.

    Attributes:
        name: the last part.
        schema: the part before it, empty when left out.
        database: the first of three parts, empty when left out.
    """

    name: str
    schema: str = ""
    database: str = ""

    def __str__(self) -> str:
        return ".".join(written(part) for part in (self.database, self.schema, self.name) if part)


def path_of(table: exp.Table) -> Path:
    """Read the name of a table, view or other object of a statement."""
    return Path(
        name=_part(table.this),
        schema=_part(table.args.get("db")),
        database=_part(table.args.get("catalog")),
    )


def _part(part: exp.Expr | None) -> str:
    return stored(part) if isinstance(part, exp.Identifier) else ""
