"""Clustering keys: the expressions of CLUSTER BY, recorded and shown; nothing is clustered here.

Source: https://docs.snowflake.com/en/user-guide/tables-clustering-keys. SHOW TABLES tells them in capitals,
without the quotes' content being touched: LINEAR(TO_DATE(C1), "my col").
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from slipway_sandbox.snowflake.catalogue.objects import Column
from slipway_sandbox.snowflake.errors import invalid_identifier, syntax_error
from slipway_sandbox.snowflake.identifiers import stored, written
from slipway_sandbox.snowflake.sql.parser import read_text
from slipway_sandbox.snowflake.statements.words import tokens_of

_AS_WRITTEN = frozenset({TokenType.IDENTIFIER, TokenType.STRING, TokenType.RAW_STRING})
_DEPTHS = {"(": 1, ")": -1}


def clustering_of(sql: str, columns: Iterable[Column]) -> tuple[str, ...]:
    """The expressions of a statement's CLUSTER BY [LINEAR] (expression, ...); none where it says none.

    Raises:
        SnowflakeError: 1003, the list cannot be read; 904, an expression is about no column of the table.
    """
    tokens = tokens_of(sql)
    at = next((n for n, each in enumerate(tokens) if each.token_type is TokenType.CLUSTER_BY), None)
    if at is None:
        return ()
    rest = tokens[at + 1 :]
    rest = rest[1:] if rest and rest[0].text.upper() == "LINEAR" else rest
    found = tuple(_shown(sql, each) for each in _expressions(rest))
    known = {column.name for column in columns}
    for name in (name for each in found for name in _columns(each)):
        if name not in known:
            raise invalid_identifier(written(name))
    return found


def shown(clustering: tuple[str, ...]) -> str:
    """What SHOW TABLES tells; empty for none."""
    return f"LINEAR({', '.join(clustering)})" if clustering else ""


def uses(clustering: tuple[str, ...], column: str) -> bool:
    """Whether a clustering key is about a column."""
    return any(column in set(_columns(each)) for each in clustering)


def renamed(clustering: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    """A clustering key after a column of its table has another name."""
    return tuple(_renamed(each, old, new) if uses((each,), old) else each for each in clustering)


def _renamed(expression: str, old: str, new: str) -> str:
    tree = _parsed(expression)
    for column in list(tree.find_all(exp.Column)):
        if stored(column) == old:
            column.this.replace(exp.to_identifier(new, quoted=written(new) != new))
    return tree.sql(dialect="snowflake")


def _expressions(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The parts of a list in parentheses, at its commas."""
    if not tokens or tokens[0].text != "(":
        raise syntax_error("syntax error: CLUSTER BY without a list of expressions.")
    depth, start = 0, 1
    for number, token in enumerate(tokens):
        depth += _DEPTHS.get(token.text, 0)
        ends = depth == 0
        if ends or (token.text == "," and depth == 1):
            if number == start:
                raise syntax_error(f"syntax error line {token.line} unexpected '{token.text}'.")
            yield tokens[start:number]
            start = number + 1
        if ends:
            return
    raise syntax_error("syntax error: CLUSTER BY without a closing parenthesis.")


def _shown(sql: str, tokens: Sequence[Token]) -> str:
    """An expression as it was written, in capitals outside of quotes."""
    parts: list[str] = []
    at = tokens[0].start
    for token in tokens:
        text = sql[token.start : token.end + 1]
        parts += [sql[at : token.start], text if token.token_type in _AS_WRITTEN else text.upper()]
        at = token.end + 1
    return "".join(parts)


def _columns(expression: str) -> Iterator[str]:
    return (stored(column) for column in _parsed(expression).find_all(exp.Column))


def _parsed(expression: str) -> exp.Expr:
    return read_text(expression)
