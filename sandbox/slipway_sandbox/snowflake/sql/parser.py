"""Reads Snowflake's SQL and nothing else: sqlglot's parser understands many databases' words at once.

What is left out here, a function, an operator, a kind of join, is read as Snowflake would read it: a function
that is unknown, or a word that cannot stand where it does.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.parsers.snowflake import SnowflakeParser
from sqlglot.tokenizer_core import Token, TokenType

from slipway_sandbox.snowflake.errors import not_enough_arguments, too_many_arguments, unsupported
from slipway_sandbox.snowflake.sql.grammar import refuse_unknown
from slipway_sandbox.snowflake.sql.vocabulary import FEWEST, FUNCTIONS, REFUSED_BY_NAME

_OF_OTHERS: Final = frozenset(
    {
        *("?::", "==", "<=>", "??", "~~", "~~*", "~~~", "~*", "&&", "&<", "&>"),
        *("-|-", "->>", "#>", "#>>", "<->"),
        *("FORMAT", "ISNULL", "NOTNULL", "UNNEST"),
    }
)
"""Words of sqlglot's that are none of Snowflake's; the first one would be a placeholder before a cast."""

_Table = Mapping[Any, Any]


def _only(table: _Table, *kept: object) -> dict[Any, Any]:
    return {key: value for key, value in table.items() if key in kept}


def _called(table: _Table) -> dict[Any, Any]:
    return {name: value for name, value in table.items() if name in FUNCTIONS}


class Tokenizer(Snowflake.Tokenizer):
    """Splits every statement: sqlglot leaves what it does not parse, EXECUTE and CALL, as one text."""

    COMMANDS: ClassVar[set[TokenType]] = set()
    KEYWORDS: ClassVar[dict[str, TokenType]] = {
        word: kind for word, kind in Snowflake.Tokenizer.KEYWORDS.items() if word not in _OF_OTHERS
    }


class _Parser(SnowflakeParser):
    """Tables of sqlglot's with Snowflake's entries only."""

    FUNCTIONS: ClassVar[dict[str, Callable[..., exp.Expr]]] = {
        name: made for name, made in _called(SnowflakeParser.FUNCTIONS).items() if name not in REFUSED_BY_NAME
    }
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = _called(SnowflakeParser.FUNCTION_PARSERS)
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = _only(
        SnowflakeParser.NO_PAREN_FUNCTION_PARSERS, "ANY", "CASE"
    )
    CONSTRAINT_PARSERS: ClassVar[dict[str, Any]] = {
        word: read for word, read in SnowflakeParser.CONSTRAINT_PARSERS.items() if word != "AUTO_INCREMENT"
    }
    BITWISE: ClassVar[dict[TokenType, Any]] = {}
    FACTOR: ClassVar[dict[TokenType, Any]] = _only(
        SnowflakeParser.FACTOR, TokenType.MOD, TokenType.SLASH, TokenType.STAR
    )
    EQUALITY: ClassVar[dict[TokenType, Any]] = _only(SnowflakeParser.EQUALITY, TokenType.EQ, TokenType.NEQ)
    UNARY_PARSERS: ClassVar[dict[TokenType, Any]] = _only(
        SnowflakeParser.UNARY_PARSERS, TokenType.PLUS, TokenType.NOT, TokenType.DASH
    )
    RANGE_PARSERS: ClassVar[dict[TokenType, Any]] = _only(
        SnowflakeParser.RANGE_PARSERS,
        TokenType.BETWEEN,
        TokenType.ILIKE,
        TokenType.IN,
        TokenType.IS,
        TokenType.LIKE,
        TokenType.RLIKE,
    )
    COLUMN_OPERATORS: ClassVar[dict[TokenType, Any]] = _only(
        SnowflakeParser.COLUMN_OPERATORS, TokenType.DOT, TokenType.DCOLON
    )
    PRIMARY_PARSERS: ClassVar[dict[TokenType, Any]] = _only(
        SnowflakeParser.PRIMARY_PARSERS,
        TokenType.STRING,
        TokenType.RAW_STRING,
        TokenType.HEX_STRING,
        TokenType.NUMBER,
        TokenType.NULL,
        TokenType.TRUE,
        TokenType.FALSE,
        TokenType.STAR,
    )
    JOIN_METHODS: ClassVar[set[TokenType]] = {TokenType.NATURAL, TokenType.ASOF}
    JOIN_KINDS: ClassVar[set[TokenType]] = {TokenType.INNER, TokenType.CROSS, TokenType.OUTER}
    QUERY_MODIFIER_PARSERS: ClassVar[dict[TokenType, Any]] = _only(
        SnowflakeParser.QUERY_MODIFIER_PARSERS,
        TokenType.MATCH_RECOGNIZE,
        TokenType.CONNECT_BY,
        TokenType.START_WITH,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.HAVING,
        TokenType.QUALIFY,
        TokenType.ORDER_BY,
        TokenType.LIMIT,
        TokenType.FETCH,
        TokenType.OFFSET,
        TokenType.FOR,
        TokenType.LOCK,
        TokenType.TABLE_SAMPLE,
    )

    def _parse_function_call(self, *args: Any, **options: Any) -> exp.Expr | None:
        """A call, with no more arguments than are read."""
        if self._curr and self._next and self._next.token_type is TokenType.L_PAREN:
            self._refuse_number(self._curr.text.upper())
        found: exp.Expr | None = super()._parse_function_call(*args, **options)
        return found

    def _refuse_number(self, name: str) -> None:
        most, fewest = FUNCTIONS.get(name, sys.maxsize), FEWEST.get(name, 0)
        in_pairs = name == "OBJECT_CONSTRUCT"
        if most == sys.maxsize and not fewest and not in_pairs:
            return
        inside = list(_inside(self._tokens[self._index + 1 :]))
        commas = sum(depth == 1 and token.token_type is TokenType.COMMA for token, depth in inside)
        given = commas + bool(inside)
        end = inside[-1][0].end + 1 if inside else self._next.end + 1
        text = f"{self.sql[self._curr.start : end]})"
        if given > most:
            raise too_many_arguments(text, most, given)
        if in_pairs and given == 1 and inside[0][0].token_type is TokenType.STAR:
            raise unsupported("OBJECT_CONSTRUCT(*)")
        if given < fewest or (in_pairs and given % 2):
            raise not_enough_arguments(text, max(fewest, given + 1), given)

    def _parse_select(self, *args: Any, **options: Any) -> exp.Expr | None:
        """A query, which begins with no FROM."""
        if self._curr and self._curr.token_type is TokenType.FROM:
            self.raise_error("Invalid expression / Unexpected token")
        found: exp.Expr | None = super()._parse_select(*args, **options)
        return found


_DEPTHS: Final = {
    TokenType.L_PAREN: 1,
    TokenType.L_BRACKET: 1,
    TokenType.L_BRACE: 1,
    TokenType.R_PAREN: -1,
    TokenType.R_BRACKET: -1,
    TokenType.R_BRACE: -1,
}


def _inside(tokens: Iterable[Token]) -> Iterator[tuple[Token, int]]:
    """What is between an opening parenthesis and its closing one, each token with how deep it is."""
    depth = 0
    for token in tokens:
        before, depth = depth, depth + _DEPTHS.get(token.token_type, 0)
        if depth == 0:
            return
        if before:
            yield token, depth


class _Dialect(Snowflake):
    """Snowflake's, with its words only."""

    tokenizer_class = Tokenizer
    parser_class = _Parser  # type: ignore[assignment]


def read(tokens: Sequence[Token], sql: str) -> exp.Expr | None:
    """Read one statement.

    Args:
        tokens: its tokens.
        sql: its text.

    Raises:
        ParseError: a word cannot stand where it does.
        SnowflakeError: it has a function or a clause that is not understood.
    """
    kept = list(tokens)
    while kept and kept[-1].token_type is TokenType.SEMICOLON:
        kept.pop()  # a comment behind it would be a second statement
    (tree,) = _Parser(dialect=_DIALECT).parse(kept, sql)
    if tree is not None:
        refuse_unknown(tree)
    return tree


def read_text(sql: str) -> exp.Expr:
    """Read a part of a statement that stands by itself: a column's default, a clause, a view's query.

    Raises:
        ParseError: a word cannot stand where it does.
        SnowflakeError: it has a function or a clause that is not understood.
    """
    tree = read(Tokenizer(dialect=_DIALECT).tokenize(sql), sql)
    return exp.Null() if tree is None else tree


_DIALECT: Final = _Dialect()
