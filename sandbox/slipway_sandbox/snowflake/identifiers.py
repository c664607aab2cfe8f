"""Names as Snowflake keeps them: upper case unless quoted.

Source: https://docs.snowflake.com/en/sql-reference/identifiers-syntax
"""

import re
from dataclasses import dataclass

from sqlglot import exp

_PLAIN = re.compile(r"[A-Z_][A-Z0-9_$]*")


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
    return name if _PLAIN.fullmatch(name) else quoted(name)


def quoted(name: str) -> str:
    """A name between double quotes."""
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
