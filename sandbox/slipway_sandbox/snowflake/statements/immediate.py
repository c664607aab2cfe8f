"""EXECUTE IMMEDIATE: a statement that is a text, with values from variables.

Source: https://docs.snowflake.com/en/sql-reference/sql/execute-immediate. Blocks of Snowflake Scripting are
refused.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from slipway_sandbox.snowflake.errors import syntax_error, unsupported
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.session_functions import variable
from slipway_sandbox.snowflake.statements.placeholders import with_values
from slipway_sandbox.snowflake.statements.words import Words, tokens_of, without_end, word_of

Run = Callable[[Session, str], Result]
_BLOCK: Final = frozenset({"DECLARE", "LET", "IF", "FOR", "WHILE", "REPEAT", "LOOP", "CASE", "RETURN"})
_AFTER_BEGIN: Final = frozenset({"TRANSACTION", "WORK", "NAME", ";"})


def execute_immediate(session: Session, words: Words, run: Run) -> Result:
    """EXECUTE IMMEDIATE text | $variable [USING (variable, ...)].

    Args:
        session: who runs it.
        words: the statement.
        run: runs the statement that the text is.
    """
    words.expect("EXECUTE")
    if words.comes("TASK", "ALERT", "JOB", "NOTEBOOK"):
        raise unsupported(f"EXECUTE {words.rest()}")
    words.expect("IMMEDIATE")
    if words.take("FROM"):
        raise unsupported("EXECUTE IMMEDIATE FROM a file")
    text = str(_value(session, words))
    values: list[object] = []
    if words.take("USING"):
        words.expect("(")
        values.append(_value(session, words))
        while words.take(","):
            values.append(_value(session, words))
        words.expect(")")
    words.end()
    _refuse_scripting(text)
    return run(session, with_values(text, values))


def _value(session: Session, words: Words) -> object:
    """A literal, or the value of a session variable with or without its dollar sign."""
    if words.is_string:
        return words.string()
    if words.is_number:
        return Decimal(words.value())
    words.take("$")
    found = variable(session, words.name().removeprefix("$"))
    return Decimal(found.text) if found.is_number else found.text


def _refuse_scripting(text: str) -> None:
    tokens = [word_of(token) for token in tokens_of(without_end(text))]
    first, second = [*tokens, "", ""][:2]
    if first in _BLOCK or (first == "BEGIN" and second and second not in _AFTER_BEGIN):
        raise unsupported("EXECUTE IMMEDIATE of a Snowflake Scripting block")
    if ";" in tokens:
        raise syntax_error("syntax error: unexpected ';' in EXECUTE IMMEDIATE, whose text is one statement.")
