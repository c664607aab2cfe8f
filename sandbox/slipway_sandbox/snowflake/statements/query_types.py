"""QUERY_TYPE of a statement, as the history tells it.

Source: https://docs.snowflake.com/en/sql-reference/account-usage/query_history. No page lists the types:
those that are not here are told by the statement's first word.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.statements.words import tokens_of, word_of

_QUALIFIERS: Final = frozenset(
    {"OR", "REPLACE", "LOCAL", "TEMP", "TEMPORARY", "TRANSIENT", "SECURE", "VOLATILE"}
)
_TYPES: Final[Mapping[str, str]] = {
    "ALTER SESSION": "ALTER_SESSION",
    "CREATE TABLE": "CREATE_TABLE",
    "CREATE VIEW": "CREATE_VIEW",
}
_FIRST: Final[Mapping[str, str]] = {
    "(": "SELECT",
    "BEGIN": "BEGIN_TRANSACTION",
    "DESC": "DESCRIBE",
    "START": "BEGIN_TRANSACTION",
    "START TRANSACTION": "BEGIN_TRANSACTION",
    "TRUNCATE": "TRUNCATE_TABLE",
    "VALUES": "SELECT",
    "WITH": "SELECT",
}
_QUERY: Final = frozenset({"SELECT", "WITH", "("})


def query_type(sql: str) -> str:
    """The type of a statement; its first word where it cannot be read."""
    try:
        words = [word_of(token) for token in tokens_of(sql)]
    except SnowflakeError:
        return sql.split(maxsplit=1)[0].upper()
    if not words:
        return ""
    first = words[0]
    second = next((word for word in words[1:] if word not in _QUALIFIERS), "")
    found = _TYPES.get(f"{first} {second}") or _FIRST.get(first, first)
    return "CREATE_TABLE_AS_SELECT" if found == "CREATE_TABLE" and _selects(words) else found


def _selects(words: Sequence[str]) -> bool:
    """Whether a CREATE TABLE has a query: AS before it, outside of the columns' own expressions."""
    return any(word == "AS" and following in _QUERY for word, following in pairwise(words))
