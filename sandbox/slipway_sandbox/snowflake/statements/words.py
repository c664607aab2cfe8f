"""The words of a statement, read from left to right: for the statements that are not queries."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from slipway_sandbox.snowflake.errors import SnowflakeError, syntax_error
from slipway_sandbox.snowflake.identifiers import Path
from slipway_sandbox.snowflake.sql.parser import Tokenizer

_QUOTED: Final = TokenType.IDENTIFIER
_STRINGS: Final = frozenset({TokenType.STRING, TokenType.RAW_STRING})
"""Between quotes, and between two pairs of dollar signs."""


_END: Final = "<EOF>"


def tokens_of(sql: str) -> list[Token]:
    """Split a statement into its tokens.

    Raises:
        SnowflakeError: 1003, a quote is not closed for example.
    """
    return list(_split(sql))


def without_end(sql: str) -> str:
    """A statement without the semicolons that end it, nor the comments after them."""
    kept = tokens_of(sql)
    while kept and kept[-1].token_type is TokenType.SEMICOLON:
        end = kept.pop().start
        sql = sql[:end]
    return sql


@lru_cache(maxsize=32)
def _split(sql: str) -> tuple[Token, ...]:
    """The tokens: split once for those who read the first words of a statement and those who read it all."""
    try:
        return tuple(Tokenizer(dialect="snowflake").tokenize(sql))
    except TokenError as error:
        raise syntax_error(str(error).replace("Error tokenizing", "parse error near")) from None


class Words:
    """A cursor over the tokens of one statement.

    Args:
        sql: the statement's text.
        tokens: its tokens.
    """

    def __init__(self, sql: str, tokens: Sequence[Token]) -> None:
        self.sql = sql
        self._tokens = tokens
        self._at = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    def take(self, *words: str) -> bool:
        """Step over words if they come next, all of them."""
        if not self.sees(*words):
            return False
        self._at += len(words)
        return True

    def take_any(self, *words: str) -> str:
        """Step over one of several words; empty when none of them comes next."""
        return next((word for word in words if self.take(*word.split())), "")

    def expect(self, *words: str) -> None:
        """Step over words that must come next.

        Raises:
            SnowflakeError: 1003, something else comes.
        """
        for word in words:
            if not self.take(word):
                raise self.unexpected()

    def sees(self, *words: str) -> bool:
        """Whether words come next, all of them; nothing is taken."""
        following = self._tokens[self._at : self._at + len(words)]
        return [word_of(token) for token in following] == list(words)

    def comes(self, *words: str) -> bool:
        """Whether one of several words comes next; nothing is taken."""
        return not self.is_done and word_of(self._tokens[self._at]) in words

    def name(self) -> str:
        """An identifier.

        Raises:
            SnowflakeError: 1003, none comes.
        """
        if self.is_done:
            raise self.unexpected()
        token = self._tokens[self._at]
        if token.token_type in _STRINGS or not (token.token_type is _QUOTED or _is_word(token.text)):
            raise self.unexpected()
        self._at += 1
        return token.text if token.token_type is _QUOTED else token.text.upper()

    def path(self) -> Path:
        """A name of up to three parts.

        Raises:
            SnowflakeError: 1003.
        """
        parts = [self.name()]
        while self.take("."):
            parts.append(self.name())
        database, schema, name = ["", "", *parts][-3:]
        return Path(name, schema, database)

    @property
    def is_string(self) -> bool:
        """Whether a quoted string comes next."""
        return not self.is_done and self._tokens[self._at].token_type in _STRINGS

    @property
    def is_number(self) -> bool:
        """Whether a number comes next, a sign before it perhaps."""
        following = self._tokens[self._at : self._at + 2]
        at = 1 if following and following[0].text == "-" else 0
        return len(following) > at and following[at].token_type is TokenType.NUMBER

    def string(self) -> str:
        """A quoted string.

        Raises:
            SnowflakeError: 1003, none comes.
        """
        if not self.is_string:
            raise self.unexpected()
        self._at += 1
        return self._tokens[self._at - 1].text

    def value(self) -> str:
        """The value of a property: a string, a number or a word; or several in parentheses, with commas."""
        if self.is_done:
            raise self.unexpected()
        if self.take("("):
            return self._values()
        sign = "-" if self.take("-") else ""
        token = self._tokens[self._at]
        self._at += 1
        is_literal = token.token_type in {*_STRINGS, TokenType.NUMBER, _QUOTED}
        return sign + (token.text if is_literal else token.text.upper())

    def _values(self) -> str:
        found: list[str] = []
        while not self.take(")"):
            found.append(self.value())
            self.take(",")
        return ", ".join(found)

    @property
    def has_parenthesis(self) -> bool:
        """Whether the next word is followed by a parenthesis."""
        following = self._tokens[self._at + 1 : self._at + 2]
        return bool(following) and following[0].text == "("

    def clause(self) -> str:
        """The text of a word with its parenthesis, like AT(...); it is taken."""
        start = self._tokens[self._at].start
        depth = 0
        while not self.is_done:
            token = self._tokens[self._at]
            self._at += 1
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text == ")" and depth == 0:
                return self.sql[start : token.end + 1]
        raise self.unexpected()

    def rest(self) -> str:
        """The text of what is left, as it was written; it is taken."""
        if self.is_done:
            return ""
        text = self.sql[self._tokens[self._at].start :].rstrip().rstrip(";")
        self._at = len(self._tokens)
        return text

    def end(self) -> None:
        """Nothing may be left.

        Raises:
            SnowflakeError: 1003.
        """
        if not self.is_done:
            raise self.unexpected()

    def unexpected(self) -> SnowflakeError:
        """The error that names the word which cannot stand here."""
        if self.is_done:
            return syntax_error(f"syntax error: unexpected '{_END}'.")
        token = self._tokens[self._at]
        return syntax_error(
            f"syntax error line {token.line} at position {token.col} unexpected '{token.text}'."
        )


def word_of(token: Token) -> str:
    """The word that a token is; a quoted one is a name, never a word."""
    return "" if token.token_type in {_QUOTED, *_STRINGS} else token.text.upper()


def _is_word(text: str) -> bool:
    return text[:1].isalpha() or text[:1] == "_"
