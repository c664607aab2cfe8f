"""One account for the suite; every test works in a schema of its own.

With SLIPWAY_SNOWFLAKE_ACCOUNT set the conformance suite runs against that real account, as
SLIPWAY_SNOWFLAKE_USER with _PRIVATE_KEY_FILE and _WAREHOUSE. The user must hold ACCOUNTADMIN: nobody else
makes resource monitors. What it makes in the account has names of this run only, and is dropped at the end.
"""

import itertools
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector import SnowflakeConnection

from slipway_sandbox.snowflake.place import ENGINEER, FOLDER, PRIVATE_KEY_FILE
from tests.conftest import free_port, running

RUN = f"SLIPWAY_{secrets.token_hex(3).upper()}"
"""How the names of what a run makes in the account begin: no other run's, and nothing that was there."""
DATABASE = f"{RUN}_CONFORMANCE"
ADMINISTRATOR = "ACCOUNTADMIN"
_numbers = itertools.count(1)
_PATIENCE_SECONDS = 120
"""How long the connector asks a server that does not answer; its own default is for ever."""


@dataclass(frozen=True, kw_only=True)
class Snowflake:
    """An account that can be connected to."""

    parameters: dict[str, Any]

    def connect(self, **more: Any) -> SnowflakeConnection:
        """Open a session."""
        return snowflake.connector.connect(**self.parameters | more)


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snowflake]:
    """The sandbox's account, or the real one of the environment."""
    if os.environ.get("SLIPWAY_SNOWFLAKE_ACCOUNT"):
        yield _real()
        return
    home = tmp_path_factory.mktemp("snowflake")
    port = free_port()
    command = [
        sys.executable,
        "-P",
        "-u",
        "-m",
        "slipway_sandbox.snowflake",
        "--home",
        str(home),
        "--port",
        str(port),
    ]
    with running(command, f"http://127.0.0.1:{port}/_slipway/health", home / "log"):
        yield local(home, port)


def local(home: Path, port: int) -> Snowflake:
    """The account of a server of this machine."""
    return Snowflake(
        parameters={
            "account": "sandbox",
            "user": ENGINEER,
            "private_key_file": str(home / FOLDER / PRIVATE_KEY_FILE),
            "host": "127.0.0.1",
            "port": port,
            "protocol": "http",
            "network_timeout": _PATIENCE_SECONDS,
        }
    )


def _real() -> Snowflake:
    names = ("account", "user", "private_key_file", "warehouse")
    given = {name: os.environ[f"SLIPWAY_SNOWFLAKE_{name.upper()}"] for name in names}
    return Snowflake(parameters={**given, "role": ADMINISTRATOR})


@pytest.fixture(scope="session")
def database(account: Snowflake) -> Iterator[str]:
    """A database for the suite."""
    with account.connect() as connection:
        connection.cursor().execute(f"CREATE DATABASE {DATABASE}")
        yield DATABASE
        connection.cursor().execute(f"DROP DATABASE {DATABASE}")


@pytest.fixture
def connection(account: Snowflake, database: str) -> Iterator[SnowflakeConnection]:
    """A session in a schema of its own."""
    with account.connect(database=database) as opened:
        opened.cursor().execute(f"CREATE SCHEMA S{next(_numbers)}_{os.getpid()}")
        yield opened
