"""A sandbox Snowflake with FinEdge's sources in it, and dbt beside it."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from payments import Load, rows
from snowflake.connector import SnowflakeConnection

WORKSPACE = Path(__file__).resolve().parents[2]
SANDBOX = WORKSPACE.parents[1] / "sandbox"
DATABASE = "FINEDGE"


@dataclass(frozen=True)
class Warehouse:
    """A running account.

    Attributes:
        home: the sandbox's folder.
        port: where it listens.
    """

    home: Path
    port: int

    @property
    def key(self) -> Path:
        return self.home / "snowflake" / "engineer.p8"

    def connect(self) -> SnowflakeConnection:
        return snowflake.connector.connect(
            account="sandbox",
            user="PLATFORM_ENGINEER",
            private_key_file=str(self.key),
            role="ACCOUNTADMIN",
            host="127.0.0.1",
            port=self.port,
            protocol="http",
        )


@dataclass(frozen=True)
class Dbt:
    """dbt, run as an engineer runs it, in an environment of its own."""

    warehouse: Warehouse
    target: Path
    project: Path = WORKSPACE / "dbt"

    def run(self, *arguments: str, database: str = DATABASE) -> Counter[str]:
        """Run a command; the statuses of its nodes, counted. A node that failed fails the test."""
        self.start(*arguments, database=database)
        return Counter(result["status"] for result in self.results())

    def start(self, *arguments: str, database: str = DATABASE) -> None:
        """Run a command and look at its exit code only."""
        command = [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "--no-version-check", *arguments]
        folders = ["--project-dir", str(self.project), "--profiles-dir", str(self.project)]
        folders += ["--target-path", str(self.target), "--log-path", str(self.target)]
        environment = os.environ | self._environment(database)
        done = subprocess.run(
            [*command, *folders], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr

    def results(self) -> list[dict[str, Any]]:
        """What the last command did, node by node."""
        found: list[dict[str, Any]] = json.loads((self.target / "run_results.json").read_text())["results"]
        return found

    def keep_state(self, folder: Path) -> Path:
        """Keep the manifest of the last command, as CI keeps that of the main branch."""
        folder.mkdir()
        shutil.copy(self.target / "manifest.json", folder)
        return folder

    def _environment(self, database: str) -> dict[str, str]:
        return {
            "SLIPWAY_ENVIRONMENT": "dev",
            "SNOWFLAKE_ACCOUNT": "sandbox",
            "SNOWFLAKE_USER": "PLATFORM_ENGINEER",
            "SNOWFLAKE_PRIVATE_KEY_PATH": str(self.warehouse.key),
            "SNOWFLAKE_ROLE": "ACCOUNTADMIN",
            "SNOWFLAKE_WAREHOUSE": "TRANSFORMING",
            "SNOWFLAKE_DATABASE": database,
            "SNOWFLAKE_HOST": "127.0.0.1",
            "SNOWFLAKE_PORT": str(self.warehouse.port),
            "SNOWFLAKE_PROTOCOL": "http",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A server on a free port, in the sandbox's own environment; it ends with the tests."""
    python = SANDBOX / ".venv/bin/python"
    assert python.exists(), "no environment in sandbox\n  remedy: make setup"
    home = tmp_path_factory.mktemp("sandbox")
    command = [str(python), "-P", "-u", "-m", "slipway_sandbox.snowflake", "--home", str(home), "--port", "0"]
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen(command, cwd=SANDBOX, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            assert url, (home / "log").read_text()
            yield Warehouse(home, int(url.rsplit(":", 1)[1]))
        finally:
            server.kill()


@pytest.fixture(scope="session")
def dbt(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    return Dbt(warehouse, tmp_path_factory.mktemp("target"))


@pytest.fixture(scope="session")
def manifest(dbt: Dbt) -> dict[str, Any]:
    """What dbt understands of the project; the builds go on from this parse."""
    dbt.start("parse")
    parsed: dict[str, Any] = json.loads((dbt.target / "manifest.json").read_text())
    return parsed


@pytest.fixture(scope="session")
def connection(warehouse: Warehouse) -> Iterator[SnowflakeConnection]:
    with warehouse.connect() as opened:
        yield opened


@pytest.fixture(scope="session")
def load(connection: SnowflakeConnection, manifest: dict[str, Any]) -> Callable[[Load], None]:
    """Loads what arrives; the tables are those that the project's sources declare.

    Database, schemas and warehouse are made by hand, so that these tests need no Pulumi; `pulumi up -s dev`
    makes the same ones, and a role a pipeline, in a sandbox that is up.
    """
    cursor = connection.cursor()
    cursor.execute("CREATE WAREHOUSE TRANSFORMING")
    cursor.execute(f"CREATE DATABASE {DATABASE}")
    for schema in ("RAW", "STREAMING", "STAGING", "MARTS", "INTERMEDIATE", "SNAPSHOTS", "REFERENCE"):
        cursor.execute(f"CREATE SCHEMA {schema}")
    for source in manifest["sources"].values():
        columns = ", ".join(
            f"{column['name']} {column['data_type']}" for column in source["columns"].values()
        )
        cursor.execute(f"CREATE TABLE {source['schema']}.{source['identifier']} ({columns})")

    def arrived(load: Load) -> None:
        for table, values in rows(load).items():
            places = ", ".join(["%s"] * len(values[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608 - our names

    return arrived
