"""Defines the macros in a file, once: columns rest on them, so they cannot be defined again."""

from hashlib import sha256
from pathlib import Path
from typing import Final

import duckdb
from fakesnow.macros import creation_sql

from slipway_sandbox.snowflake.sql.macros import MACROS

_MACROS: Final = f"{creation_sql('main')}{MACROS}"


class OtherVersionError(Exception):
    """The file of an account cannot be read by this version."""


def define_macros(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Define the macros of this version, unless the file has them.

    Args:
        connection: of the file, whose schema `meta` is there.
        path: the file, for messages.

    Raises:
        OtherVersionError: another version of the sandbox has made the file; the connection is closed.
    """
    digest = sha256(_MACROS.encode()).hexdigest()
    connection.execute("CREATE TABLE IF NOT EXISTS meta.macros (digest VARCHAR)")
    if connection.execute("SELECT digest FROM meta.macros").fetchall() == [(digest,)]:
        return
    try:
        connection.execute(f"BEGIN TRANSACTION; {_MACROS}")
        connection.execute("DELETE FROM meta.macros")
        connection.execute("INSERT INTO meta.macros VALUES ($1)", [digest])
        connection.execute("COMMIT")
    except duckdb.DependencyException as error:
        connection.close()
        message = f"{path} was made by another version of the sandbox: remove it, or use that version"
        raise OtherVersionError(message) from error
