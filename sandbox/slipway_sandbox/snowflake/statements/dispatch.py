"""From the first words of a statement to what runs it; what is not in the tables is refused by name."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

from slipway_sandbox.snowflake.errors import syntax_error, unsupported
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements import (
    altering,
    commenting,
    definitions,
    describing,
    granting,
    immediate,
    merging,
    principals,
    queries,
    sequences,
    sessions,
    show,
    stages,
    tables,
    updating,
    views,
    writing,
)
from slipway_sandbox.snowflake.statements.identifying import has_placeholder, with_names
from slipway_sandbox.snowflake.statements.placeholders import with_values
from slipway_sandbox.snowflake.statements.words import Words, tokens_of, without_end

Bindings = Sequence[Any] | None
_Queried = Callable[[Session, str, Bindings], Result]
_Worded = Callable[[Session, Words], Result]

_QUERIES: Final[dict[str, _Queried]] = {
    "SELECT": queries.select,
    "WITH": queries.select,
    "(": queries.select,
    "VALUES": queries.select,
    "INSERT": writing.insert,
    "UPDATE": updating.update,
    "DELETE": writing.delete,
}

_WORDS: Final[dict[str, _Worded]] = {
    "ALTER ACCOUNT": principals.alter_account,
    "ALTER SEQUENCE": sequences.alter_sequence,
    "ALTER SESSION": sessions.alter_session,
    "ALTER DATABASE": definitions.alter_container,
    "ALTER SCHEMA": definitions.alter_container,
    "ALTER STAGE": stages.alter_stage,
    "ALTER TABLE": altering.alter_table,
    "ALTER VIEW": views.alter_view,
    "ALTER USER": principals.alter,
    "ALTER ROLE": principals.alter,
    "ALTER WAREHOUSE": principals.alter,
    "ALTER RESOURCE MONITOR": principals.alter,
    "BEGIN": sessions.begin,
    "START TRANSACTION": sessions.begin,
    "COMMENT": commenting.comment,
    "COMMIT": sessions.commit,
    "DESC": describing.describe,
    "DESCRIBE": describing.describe,
    "ROLLBACK": sessions.rollback,
    "DROP DATABASE": definitions.drop_container,
    "DROP SEQUENCE": sequences.drop_sequence,
    "DROP SCHEMA": definitions.drop_container,
    "DROP STAGE": stages.drop_stage,
    "DROP TABLE": tables.drop_table,
    "DROP VIEW": tables.drop_table,
    "DROP USER": principals.drop,
    "DROP ROLE": principals.drop,
    "DROP WAREHOUSE": principals.drop,
    "DROP RESOURCE MONITOR": principals.drop,
    "GRANT": granting.grant,
    "REVOKE": granting.revoke,
    "SET": sessions.set_variable,
    "SHOW": show.show,
    "TRUNCATE": altering.truncate_table,
    "UNDROP DATABASE": definitions.undrop_container,
    "UNDROP SCHEMA": definitions.undrop_container,
    "UNDROP TABLE": tables.undrop_table,
    "UNSET": sessions.unset_variable,
    "USE": sessions.use,
}
"""First words -> what runs the statement; the second word stays for the family to read."""

_CREATED: Final[dict[str, Callable[..., Result]]] = {
    "DATABASE": definitions.create_container,
    "SCHEMA": definitions.create_container,
    "TRANSIENT DATABASE": definitions.create_container,
    "TRANSIENT SCHEMA": definitions.create_container,
    "SEQUENCE": sequences.create_sequence,
    "STAGE": stages.create_stage,
    "TABLE": tables.create_table,
    "TRANSIENT TABLE": tables.create_table,
    "TEMPORARY TABLE": tables.create_table,
    "TEMP TABLE": tables.create_table,
    "LOCAL TEMPORARY TABLE": tables.create_table,
    "VIEW": views.create_view,
    "SECURE VIEW": views.create_view,
    "SECURE TEMPORARY VIEW": views.create_view,
    "TEMPORARY VIEW": views.create_view,
    "TEMP VIEW": views.create_view,
    "USER": principals.create,
    "ROLE": principals.create,
    "WAREHOUSE": principals.create,
    "RESOURCE MONITOR": principals.create,
}

_KNOWN: Final = (
    *{name.split()[0] for name in _WORDS},
    "COPY",
    "DECLARE",
    "EXPLAIN",
    "GET",
    "LIST",
    "LS",
    "PUT",
    "REMOVE",
    "RM",
)
"""First words of Snowflake's statements: what begins with another one is no statement."""

_TRANSACTION: Final = frozenset({"BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK"})
_OUTSIDE: Final = ("SET", "UNSET", "USE", "ALTER SESSION", "SHOW", "DESC", "DESCRIBE", "TRUNCATE")
"""Statements that leave an open transaction open; every other one that is no query commits it first."""

_EXCLUSIVE: Final = re.compile(
    r"\s*CREATE\s+OR\s+REPLACE\s+(?:\w+\s+){1,4}?IF\s+NOT\s+EXISTS\b", re.IGNORECASE
)

_WAITING: Final = ("ALTER TABLE",)
"""Definitions that may wait for a table's lock, while others go on: they are alone when they have it."""


def run(session: Session, sql: str, bindings: Bindings = None) -> Result:
    """Run one statement.

    Args:
        session: who runs it.
        sql: its text.
        bindings: values of its placeholders.

    Raises:
        SnowflakeError: it cannot be read, is not known here, is not allowed, or fails.
    """
    if bindings and has_placeholder(sql):
        return run(session, with_values(sql, bindings))
    sql = without_end(with_names(session, sql))
    tokens = tokens_of(sql)
    if not tokens:
        raise syntax_error("Empty SQL statement.")
    first = tokens[0].text.upper()
    if first in _QUERIES:
        return _QUERIES[first](session, sql, bindings)
    if bindings:
        return run(session, with_values(sql, bindings))
    if ("DATABASE", "ROLE") in pairwise(token.text.upper() for token in tokens):
        raise unsupported("DATABASE ROLE")
    return _run_words(session, Words(sql, tokens), first)


def _run_words(session: Session, words: Words, first: str) -> Result:
    match first:
        case "MERGE":
            return merging.merge(session, words.sql)
        case "EXECUTE":
            return immediate.execute_immediate(session, words, run)
        case "CALL":
            return queries.call(session, words)
        case "CREATE":
            return _create(session, words)
        case _:
            return _worded(session, words)


def _create(session: Session, words: Words) -> Result:
    words.expect("CREATE")
    replaces = words.take("OR", "REPLACE")
    if replaces and _EXCLUSIVE.match(words.sql):
        raise syntax_error(
            "OR REPLACE and IF NOT EXISTS are mutually exclusive: they cannot be in one statement."
        )
    for name, create in _CREATED.items():
        if words.sees(*name.split()):
            session.commit()
            with session.account.alone():
                return create(session, words, replaces=replaces)
    raise unsupported(f"CREATE {words.rest()}".split("(", maxsplit=1)[0].strip()[:80])


def _worded(session: Session, words: Words) -> Result:
    for name, statement in _WORDS.items():
        parts = name.split()
        if not words.sees(*parts):
            continue
        words.take(*(parts if name in _TRANSACTION else parts[:1]))
        if name in _TRANSACTION or name in _OUTSIDE:
            return statement(session, words)
        session.commit()
        if name in _WAITING:
            return statement(session, words)
        with session.account.alone():
            return statement(session, words)
    if not words.comes(*_KNOWN):
        raise words.unexpected()
    raise unsupported(" ".join(words.rest().split()[:3]))
