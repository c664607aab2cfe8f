"""Values in the place of placeholders: for statements that are more than one statement of DuckDB's.

A query binds its values in DuckDB. MERGE, definitions and EXECUTE IMMEDIATE get them as literals.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from types import NoneType
from typing import Any, Final

from sqlglot.tokenizer_core import TokenType

from slipway_sandbox.snowflake.errors import not_set
from slipway_sandbox.snowflake.statements.words import tokens_of


def with_values(sql: str, values: Sequence[Any]) -> str:
    """A statement whose placeholders are its values.

    Args:
        sql: the statement.
        values: as many as it has placeholders.

    Raises:
        SnowflakeError: 2049, there are more placeholders than values.
    """
    places = [token for token in tokens_of(sql) if token.token_type is TokenType.PLACEHOLDER]
    if len(places) > len(values):
        raise not_set()
    parts: list[str] = []
    at = 0
    for token, value in zip(places, values, strict=False):
        parts += [sql[at : token.start], literal(value)]
        at = token.end + 1
    return "".join([*parts, sql[at:]])


def literal(value: Any) -> str:
    """A value as SQL writes it."""
    for kind, written in _WRITTEN.items():
        if isinstance(value, kind):
            return written(value)
    return str(value)


def _moment(value: datetime) -> str:
    kind = "TIMESTAMP_NTZ" if value.tzinfo is None else "TIMESTAMP_TZ"
    return f"'{value.isoformat(sep=' ')}'::{kind}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    NoneType: lambda _: "NULL",
    bool: lambda value: str(value).upper(),
    datetime: _moment,
    date: lambda value: f"'{value.isoformat()}'::DATE",
    time: lambda value: f"'{value.isoformat()}'::TIME",
    bytes: lambda value: f"X'{value.hex()}'",
    str: _text,
}
"""Type -> how its values are written; a type before those that it is one of."""
