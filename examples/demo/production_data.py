"""Gives the sandbox's three environments FinEdge's data: generated payments, and what dbt makes of them.

Run in dbt's environment (toolchain/envs/dbt), pointed at the sandbox. prod is loaded and built by dbt;
staging and dev get zero-copy clones of its tables, as an environment for tests does, and views of their own.
What dbt has made, and its clones, are handed over to the roles of their pipelines, as by an administrator who
takes an estate over.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import snowflake.connector
import yaml
from snowflake.connector.cursor import SnowflakeCursor

WORKSPACE = Path(__file__).parents[1] / "finedge"
sys.path.insert(0, str(WORKSPACE / "tests" / "warehouse"))
from payments import Load, rows  # noqa: E402 - a folder of tests, not a package

PROD, COPIES = "FINEDGE_PROD", {"staging": "FINEDGE_STAGING", "dev": "FINEDGE_DEV"}
PLACE = {"SLIPWAY_ENVIRONMENT": "prod", "SNOWFLAKE_DATABASE": PROD}
WAREHOUSE = "FINEDGE_PROD_TRANSFORM"


def main() -> None:
    """Load, build and copy; what is there already is replaced."""
    with snowflake.connector.connect(**_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"USE WAREHOUSE {WAREHOUSE}")
        with tempfile.TemporaryDirectory(prefix="finedge-dbt-") as target:
            _load(cursor, Path(target))
            print("  prod: payments are loaded; dbt builds and tests all tables: a minute", flush=True)
            built = _build(Path(target))
            print(f"  prod: dbt built {built} models, seeds and snapshots", flush=True)
            pipelines = _pipelines(Path(target))
            for environment, copy in COPIES.items():
                tables = _copy(cursor, copy)
                views = _views(Path(target), environment, copy)
                print(f"  {environment}: {tables} tables, cloned from prod; {views} views", flush=True)
        for database in (PROD, *COPIES.values()):
            _hand_over(cursor, database, pipelines)


def _connection() -> dict[str, Any]:
    environment = os.environ
    return {
        "account": environment["SNOWFLAKE_ACCOUNT"],
        "user": environment["SNOWFLAKE_USER"],
        "private_key_file": environment["SNOWFLAKE_PRIVATE_KEY_FILE"],
        "role": environment["SNOWFLAKE_ROLE"],
        "host": environment["SNOWFLAKE_HOST"],
        "port": int(environment["SNOWFLAKE_PORT"]),
        "protocol": environment["SNOWFLAKE_PROTOCOL"],
    }


def _load(cursor: SnowflakeCursor, target: Path) -> None:
    """Make the tables that the project's sources declare, and load what arrives in them."""
    _dbt(target, "parse")
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    cursor.execute(f"USE DATABASE {PROD}")
    for source in manifest["sources"].values():
        columns = ", ".join(f"{each['name']} {each['data_type']}" for each in source["columns"].values())
        cursor.execute(f"CREATE OR REPLACE TABLE {source['schema']}.{source['identifier']} ({columns})")
    for table, values in rows(Load(1)).items():
        places = ", ".join(["%s"] * len(values[0]))
        cursor.executemany(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608 - our own names


def _build(target: Path) -> int:
    _dbt(target, "build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    return _succeeded(target)


def _views(target: Path, environment: str, database: str) -> int:
    """Make the views of an environment: a clone of a view would read production."""
    place = {"SLIPWAY_ENVIRONMENT": environment, "SNOWFLAKE_DATABASE": database}
    _dbt(target, "run", "--select", "config.materialized:view", place=place)
    return _succeeded(target)


def _succeeded(target: Path) -> int:
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return sum(result["status"] == "success" for result in results)


def _pipelines(target: Path) -> dict[tuple[str, str], str]:
    """The pipeline of everything that dbt makes: its outputs, and what lies in its folder."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    made = [
        each for each in manifest["nodes"].values() if each["resource_type"] in {"model", "seed", "snapshot"}
    ]
    found: dict[tuple[str, str], str] = {}
    for path in sorted((WORKSPACE / "catalog").glob("*.yaml")):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        outputs = {each["dataset"].rpartition("//")[2].partition(".")[2] for each in entry["outputs"]}
        folder = f"{entry['parts'].get('dbt', '-').removeprefix('dbt/')}/"
        for node in made:
            place = (node["schema"].upper(), node["alias"].upper())
            if ".".join(place) in outputs or node["original_file_path"].startswith(folder):
                found[place] = entry["pipeline"]
    return found


def _hand_over(cursor: SnowflakeCursor, database: str, pipelines: Mapping[tuple[str, str], str]) -> None:
    cursor.execute(
        f"SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM {database}.INFORMATION_SCHEMA.TABLES"  # noqa: S608 - our own names
    )
    for schema, name, type_ in cursor.fetchall():
        if (schema, name) in pipelines:
            kind = "VIEW" if type_ == "VIEW" else "TABLE"
            role = f"{database}_{pipelines[schema, name]}".replace("-", "_").upper()
            cursor.execute(
                f"GRANT OWNERSHIP ON {kind} {database}.{schema}.{name} TO ROLE {role} COPY CURRENT GRANTS"
            )


def _dbt(target: Path, *words: str, place: Mapping[str, str] = PLACE) -> None:
    places = ["--project-dir", str(WORKSPACE / "dbt"), "--profiles-dir", str(WORKSPACE / "dbt")]
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", *words, *places]
    environment = {
        **os.environ,
        **place,
        "SNOWFLAKE_WAREHOUSE": WAREHOUSE,
        "SNOWFLAKE_PRIVATE_KEY_PATH": os.environ["SNOWFLAKE_PRIVATE_KEY_FILE"],
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    subprocess.run(
        [*command, "--target-path", str(target), "--log-path", str(target)], env=environment, check=True
    )


def _copy(cursor: SnowflakeCursor, database: str) -> int:
    """Clone every table of prod, and give the clone the grants that its schema gives to new tables."""
    tables = list(_tables(cursor))
    for schema, table in tables:
        cursor.execute(f"CREATE OR REPLACE TABLE {database}.{schema}.{table} CLONE {PROD}.{schema}.{table}")
    return len(tables)


def _tables(cursor: SnowflakeCursor) -> Iterator[tuple[str, str]]:
    cursor.execute(
        f"SELECT TABLE_SCHEMA, TABLE_NAME FROM {PROD}.INFORMATION_SCHEMA.TABLES "  # noqa: S608 - our own names
        "WHERE TABLE_TYPE = 'BASE TABLE' ORDER BY 1, 2"
    )
    for schema, table in cursor.fetchall():
        yield str(schema), str(table)


if __name__ == "__main__":
    main()
