"""FinEdge's dev environment on a Snowflake: sources with a day of payments, everything built by dbt once."""

import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from slipway.adapters.snowflake import SnowflakeSettings
from slipway.adapters.tools import ProcessTools
from slipway.ports.tools import Tool, ToolCall
from slipway.ports.warehouse import Statements

ROOT: Final = Path(__file__).parents[2]
FINEDGE: Final = ROOT / "examples" / "finedge"
DATABASE: Final = "FINEDGE_DEV"
_SCHEMAS: Final = ("RAW", "STREAMING", "STAGING", "MARTS", "INTERMEDIATE", "SNAPSHOTS", "REFERENCE")


def connection_of(settings: SnowflakeSettings) -> dict[str, str]:
    """The variables by which `slipway check` and dbt reach an account."""
    return {
        "SNOWFLAKE_ACCOUNT": settings.account,
        "SNOWFLAKE_USER": settings.user,
        "SNOWFLAKE_ROLE": settings.role,
        "SNOWFLAKE_WAREHOUSE": settings.warehouse or "TRANSFORMING",
        "SNOWFLAKE_PRIVATE_KEY_PATH": str(settings.private_key_file),
        "SNOWFLAKE_HOST": str(settings.host),
        "SNOWFLAKE_PORT": str(settings.port),
        "SNOWFLAKE_PROTOCOL": settings.protocol,
    }


def build_dev(session: Statements, connection: Mapping[str, str], target: Path) -> None:
    """Make the environment.

    Args:
        session: runs statements as an administrator.
        connection: how dbt gets there.
        target: folder for what dbt leaves behind.
    """
    for statement in (
        "CREATE WAREHOUSE TRANSFORMING",
        f"CREATE DATABASE {DATABASE}",
        *(f"CREATE SCHEMA {DATABASE}.{schema}" for schema in _SCHEMAS),
    ):
        session.run(statement, subject="dev")
    fill_dev(session, connection, target)


def fill_dev(session: Statements, connection: Mapping[str, str], target: Path) -> None:
    """Load a day of payments, and have dbt build everything, where database and schemas are there.

    Args:
        session: runs statements as an administrator.
        connection: how dbt gets there.
        target: folder for what dbt leaves behind.
    """
    dbt(connection, target, "parse")
    _load(session, json.loads((target / "manifest.json").read_text(encoding="utf-8")))
    dbt(connection, target, "build", "--exclude-resource-type", "unit_test", "test")


def dbt(connection: Mapping[str, str], target: Path, *words: str) -> None:
    """Run dbt on the project as it lies in the checkout."""
    project = str(FINEDGE / "dbt")
    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", str(target)]
    ended = ProcessTools(ROOT).run(
        ToolCall(
            tool=Tool.DBT,
            arguments=["--no-version-check", *words, *places, "--log-path", str(target)],
            folder=target,
            environment={
                **connection,
                "SLIPWAY_ENVIRONMENT": "dev",
                "SNOWFLAKE_DATABASE": DATABASE,
                "HOME": str(target),
            },
        )
    )
    if ended.exit_code:
        sys.exit(f"dbt {words[0]} failed: {ended.output[-4000:]}")


def _load(session: Statements, manifest: Mapping[str, Any]) -> None:
    """Make the tables that the project's sources declare, and put a day of payments into them."""
    for source in manifest["sources"].values():
        columns = ", ".join(f"{each['name']} {each['data_type']}" for each in source["columns"].values())
        table = f"{DATABASE}.{source['schema']}.{source['identifier']}"
        session.run(f"CREATE OR REPLACE TABLE {table} ({columns})", subject="dev")
    payments = _payments()
    for table, values in payments.rows(payments.Load(1)).items():
        row = f"({', '.join(['?'] * len(values[0]))})"
        flat = [value for each in values for value in each]
        statement = f"INSERT INTO {DATABASE}.{table} VALUES {', '.join([row] * len(values))}"
        session.run(statement, flat, subject="dev")


def _payments() -> Any:
    """The example's own generator of payments, a script of its tests."""
    file = FINEDGE / "tests" / "warehouse" / "payments.py"
    spec = importlib.util.spec_from_file_location("finedge_payments", file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
