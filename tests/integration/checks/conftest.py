"""FinEdge's workspace in a repository, and its dev environment built once by dbt on a sandbox Snowflake."""

import importlib.util
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.adapters.tools import ProcessTools
from slipway.ports.tools import Tool, ToolCall
from tests.doubles.git_repository import GitRepository
from tests.integration.warehouse.account import RunningAccount, running_account

ROOT = Path(__file__).parents[3]
FINEDGE = ROOT / "examples" / "finedge"
SCHEMAS = ("RAW", "STREAMING", "STAGING", "MARTS", "INTERMEDIATE", "SNAPSHOTS", "REFERENCE")


@dataclass(frozen=True, kw_only=True)
class Dev:
    """The dev environment.

    Attributes:
        account: the Snowflake account that it is in.
        variables: how commands reach it.
    """

    account: RunningAccount
    variables: dict[str, str]

    def databases(self) -> set[str]:
        """Names of the account's databases."""
        return {str(row[0]) for row in self.ask("SELECT DATABASE_NAME FROM INFORMATION_SCHEMA.DATABASES")}

    def ask(self, query: str) -> tuple[tuple[object, ...], ...]:
        """Run a statement in the dev database."""
        session = self.account.warehouse()
        try:
            session.run("USE DATABASE FINEDGE_DEV", subject="test")
            return session.run(query, subject="test").rows
        finally:
            session.close()


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """FINEDGE_DEV with a day of payments, built from the project as it is committed."""
    with running_account(tmp_path_factory.mktemp("account")) as account:
        variables = _variables(account)
        session = account.warehouse()
        _found(session)
        target = tmp_path_factory.mktemp("target")
        _dbt(variables, target, "parse")
        _load(session, json.loads((target / "manifest.json").read_text(encoding="utf-8")))
        session.close()
        _dbt(variables, target, "build", "--exclude-resource-type", "unit_test", "test")
        yield Dev(account=account, variables=variables)


@pytest.fixture
def finedge(tmp_path: Path) -> GitRepository:
    """A clone of the data team's repository, on a branch that has no change yet."""
    made = GitRepository.begun(tmp_path / "repository", "data")
    shutil.copytree(FINEDGE, made.workspace, dirs_exist_ok=True)
    made.commit("main")
    made.git("switch", "--quiet", "--create", "change")
    return made


def _variables(account: RunningAccount) -> dict[str, str]:
    settings = account.settings
    return {
        "SNOWFLAKE_ACCOUNT": settings.account,
        "SNOWFLAKE_USER": settings.user,
        "SNOWFLAKE_ROLE": settings.role,
        "SNOWFLAKE_WAREHOUSE": "TRANSFORMING",
        "SNOWFLAKE_PRIVATE_KEY_PATH": str(settings.private_key_file),
        "SNOWFLAKE_HOST": str(settings.host),
        "SNOWFLAKE_PORT": str(settings.port),
        "SNOWFLAKE_PROTOCOL": settings.protocol,
    }


def _found(session: SnowflakeWarehouse) -> None:
    for statement in (
        "CREATE WAREHOUSE TRANSFORMING",
        "CREATE DATABASE FINEDGE_DEV",
        *(f"CREATE SCHEMA FINEDGE_DEV.{schema}" for schema in SCHEMAS),
    ):
        session.run(statement, subject="test")


def _dbt(variables: dict[str, str], target: Path, *words: str) -> None:
    project = str(FINEDGE / "dbt")
    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", str(target)]
    ended = ProcessTools(ROOT).run(
        ToolCall(
            tool=Tool.DBT,
            arguments=["--no-version-check", *words, *places, "--log-path", str(target)],
            folder=target,
            environment=variables
            | {"SLIPWAY_ENVIRONMENT": "dev", "SNOWFLAKE_DATABASE": "FINEDGE_DEV", "HOME": str(target)},
        )
    )
    assert ended.exit_code == 0, ended.output[-4000:]


def _load(session: SnowflakeWarehouse, manifest: dict[str, Any]) -> None:
    """Make the tables that the project's sources declare, and put a day of payments into them."""
    for source in manifest["sources"].values():
        columns = ", ".join(
            f"{column['name']} {column['data_type']}" for column in source["columns"].values()
        )
        table = f"FINEDGE_DEV.{source['schema']}.{source['identifier']}"
        session.run(f"CREATE TABLE {table} ({columns})", subject="test")
    payments = _payments()
    for table, values in payments.rows(payments.Load(1)).items():
        places = ", ".join(["?"] * len(values[0]))
        rows = ", ".join([f"({places})"] * len(values))
        flat = [value for row in values for value in row]
        session.run(f"INSERT INTO FINEDGE_DEV.{table} VALUES {rows}", flat, subject="test")


def _payments() -> Any:
    """The example's own generator of payments, a script of its tests."""
    file = FINEDGE / "tests" / "warehouse" / "payments.py"
    spec = importlib.util.spec_from_file_location("finedge_payments", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
