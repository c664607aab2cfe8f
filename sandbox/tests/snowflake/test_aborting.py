"""Transactions that run are told, of one statement too; SYSTEM$ABORT_TRANSACTION ends what was begun."""

import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import snowflake.connector
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import DatabaseError, ProgrammingError

from tests.snowflake.conftest import Snowflake

_SLOW = "INSERT INTO t SELECT COUNT(*) FROM t a CROSS JOIN t b CROSS JOIN t c WHERE a.n + b.n - c.n = 7"
"""Some seconds of work in one statement."""
_SECONDS = 60


@pytest.fixture
def writer(account: Snowflake, connection: SnowflakeConnection) -> SnowflakeConnection:
    """A second session, in the same schema, with rows to be busy with."""
    connection.cursor().execute(
        "CREATE TABLE t AS SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 1500))"
    )
    return account.connect(database=str(connection.database), schema=str(connection.schema))


def _rows(connection: SnowflakeConnection, sql: str) -> list[tuple[object, ...]]:
    cursor = connection.cursor()
    cursor.execute(sql)
    return [tuple(row) for row in cursor.fetchall()]


def _transaction(connection: SnowflakeConnection, of: SnowflakeConnection) -> object:
    """The id of a session's transaction, as everybody's are listed; None for none."""
    listed = _rows(connection, "SHOW TRANSACTIONS IN ACCOUNT")
    return next((row[0] for row in listed if row[2] == of.session_id), None)


def _slow(session: SnowflakeConnection) -> tuple[threading.Thread, list[DatabaseError]]:
    """The slow statement in a thread of its own, and the error with which it ends."""
    errors: list[DatabaseError] = []

    def run() -> None:
        try:
            session.cursor().execute(_SLOW)
        except DatabaseError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


def _awaited(answer: Callable[[], object], thread: threading.Thread) -> object:
    """Ask until there is an answer, for as long as the statement runs."""
    while thread.is_alive():
        if (found := answer()) is not None:
            return found
    return None


@contextmanager
def _stranger(account: Snowflake, administrator: SnowflakeConnection) -> Iterator[SnowflakeConnection]:
    """A session of a user who has no role but PUBLIC."""
    key, name = rsa.generate_private_key(65537, 2048), f"STRANGER_{administrator.session_id}"
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    administrator.cursor().execute(f"CREATE USER {name} RSA_PUBLIC_KEY = '{b64encode(public).decode()}'")
    try:
        parameters = {k: v for k, v in account.parameters.items() if k not in {"private_key_file", "role"}}
        with snowflake.connector.connect(**parameters | {"user": name, "private_key": private}) as opened:
            yield opened
    finally:
        administrator.cursor().execute(f"DROP USER {name}")


def _aborted(connection: SnowflakeConnection, number: object) -> object:
    ((told,),) = _rows(connection, f"SELECT SYSTEM$ABORT_TRANSACTION({number})")
    return told


def test_a_write_with_autocommit_is_a_transaction_while_it_runs(
    connection: SnowflakeConnection, writer: SnowflakeConnection
) -> None:
    """Its rows come late after a swap as those behind a BEGIN do: whoever waits for those has to see it."""
    thread, errors = _slow(writer)
    number = _awaited(lambda: _transaction(connection, writer), thread)
    assert number is not None
    with pytest.raises(ProgrammingError, match=r"SYSTEM\$CANCEL_ALL_QUERIES") as caught:
        _aborted(connection, number)
    assert caught.value.errno == 2
    connection.cursor().execute(f"SELECT SYSTEM$CANCEL_ALL_QUERIES({writer.session_id})")
    thread.join(_SECONDS)
    assert [error.errno for error in errors] == [604]
    assert _transaction(connection, writer) is None


def test_a_transaction_that_rests_is_rolled_back(
    connection: SnowflakeConnection, writer: SnowflakeConnection
) -> None:
    """Its rows are gone, its lock is free, and its session goes on outside of it."""
    writer.cursor().execute("BEGIN")
    writer.cursor().execute("UPDATE t SET n = -1")
    number = _transaction(connection, writer)
    assert _aborted(connection, number) == f"Aborted transaction id {number}"
    assert _transaction(connection, writer) is None
    connection.cursor().execute("UPDATE t SET n = n + 1")
    assert _rows(writer, "SELECT MIN(n), CURRENT_TRANSACTION() FROM t") == [(1, None)]
    assert _aborted(connection, number) == f"Transaction {number} is not running."


def test_a_transaction_is_rolled_back_with_the_statement_that_it_runs(
    connection: SnowflakeConnection, writer: SnowflakeConnection
) -> None:
    """The statement is cancelled, and what went before it is undone with it."""
    writer.cursor().execute("BEGIN")
    writer.cursor().execute("INSERT INTO t VALUES (-1)")
    thread, errors = _slow(writer)
    query = "SHOW LOCKS IN ACCOUNT"
    _awaited(lambda: next((row for row in _rows(connection, query) if row[6] is not None), None), thread)
    _aborted(connection, _transaction(connection, writer))
    thread.join(_SECONDS)
    assert [error.errno for error in errors] == [604]
    assert _rows(writer, "SELECT MIN(n), CURRENT_TRANSACTION() FROM t") == [(0, None)]


def test_a_transaction_of_another_user(account: Snowflake, connection: SnowflakeConnection) -> None:
    """Who started it and ACCOUNTADMIN may end it, nobody else; an id is a number."""
    with _stranger(account, connection) as stranger:
        connection.cursor().execute("BEGIN")
        number = _transaction(connection, connection)
        with pytest.raises(ProgrammingError) as caught:
            _aborted(stranger, number)
        assert (caught.value.errno, caught.value.sqlstate) == (3001, "42501")
        with pytest.raises(ProgrammingError, match="invalid value"):
            _aborted(stranger, "'x'")
        assert _aborted(connection, number) == f"Aborted transaction id {number}"
        assert _transaction(connection, connection) is None
