"""IDENTIFIER('name') and IDENTIFIER($variable), which stand for the name anywhere in a statement.

Source: https://docs.snowflake.com/en/sql-reference/identifier-literal.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlglot.tokenizer_core import Token, TokenType

from slipway_sandbox.snowflake.errors import invalid_identifier
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.session_functions import variable
from slipway_sandbox.snowflake.statements.words import tokens_of

_WORD: Final = "IDENTIFIER"
_TEXT: Final = ("STRING",)
_VARIABLE: Final = ("PARAMETER", "VAR")


def has_placeholder(sql: str) -> bool:
    """Whether a name is given by a placeholder: IDENTIFIER(?)."""
    return any(kinds == ("PLACEHOLDER",) for _, _, kinds in _found(sql))


def with_names(session: Session, sql: str) -> str:
    """A statement with the names themselves.

    Args:
        session: whose variables are meant.
        sql: the statement.

    Raises:
        SnowflakeError: 904, the text is no name; 2211, there is no such variable.
    """
    parts: list[str] = []
    at = 0
    for tokens, end, kinds in _found(sql):
        if kinds in {_TEXT, _VARIABLE}:
            given = tokens[-1].text
            text = given if kinds == _TEXT else variable(session, given.upper()).text
            parts += [sql[at : tokens[0].start], _name(text)]
            at = end
    return "".join([*parts, sql[at:]])


def _found(sql: str) -> Iterator[tuple[Sequence[Token], int, tuple[str, ...]]]:
    """Each IDENTIFIER(...): its tokens, where it ends, and of what kinds its arguments are."""
    if _WORD not in sql.upper():
        return
    tokens = tokens_of(sql)
    for number, token in enumerate(tokens):
        if token.text.upper() != _WORD or token.token_type is not TokenType.VAR:
            continue
        following = tokens[number : number + 5]
        closing = next((at for at, each in enumerate(following) if each.text == ")"), 0)
        if closing > 1 and following[1].text == "(":
            kinds = tuple(each.token_type.name for each in following[2:closing])
            yield following[:closing], following[closing].end + 1, kinds


def _name(text: str) -> str:
    """A text that is a name of one to three parts."""
    tokens = tokens_of(text)
    parts, points = tokens[::2], tokens[1::2]
    is_name = all(_is_part(each) for each in parts) and all(each.text == "." for each in points)
    if not is_name or len(tokens) not in {1, 3, 5}:
        raise invalid_identifier(text)
    return text


def _is_part(token: Token) -> bool:
    return token.token_type is TokenType.IDENTIFIER or (token.text[:1].isalpha() or token.text[:1] == "_")
