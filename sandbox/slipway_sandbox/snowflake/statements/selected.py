"""What a query selects, as it was written: the names of columns without an alias."""

from collections.abc import Sequence
from typing import Final

from sqlglot.tokenizer_core import Token

from slipway_sandbox.snowflake.statements.words import tokens_of, word_of

_BEFORE: Final = frozenset({"DISTINCT", "ALL"})
_AFTER: Final = frozenset(
    {"FROM", "INTO", "WHERE", "GROUP BY", "HAVING", "QUALIFY", "ORDER BY", "LIMIT", "FETCH"}
)
_SETS: Final = frozenset({"UNION", "EXCEPT", "MINUS", "INTERSECT", ";"})
_DEPTHS: Final = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def selected_texts(sql: str) -> list[str]:
    """The texts between SELECT and what follows its columns, one each; nothing where they cannot be told.

    Args:
        sql: a query; that of a WITH is its last one.
    """
    tokens = tokens_of(sql)
    start = next((at for at, word in _outermost(tokens) if word == "SELECT"), None)
    if start is None:
        return []
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens[start + 1 :]:
        word = word_of(token)
        depth += _DEPTHS.get(word, 0)
        if depth < 0 or (depth == 0 and word in _AFTER | _SETS):
            break
        if depth == 0 and word == ",":
            parts.append([])
        elif parts[-1] or word not in _BEFORE:
            parts[-1].append(token)
    return [sql[part[0].start : part[-1].end + 1] if part else "" for part in parts]


def _outermost(tokens: Sequence[Token]) -> list[tuple[int, str]]:
    found = []
    depth = 0
    for at, token in enumerate(tokens):
        word = word_of(token)
        depth += _DEPTHS.get(word, 0)
        if depth == 0:
            found.append((at, word))
    return found
