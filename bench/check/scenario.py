"""Checks a change of one pipeline (a model and its DAG), and builds the whole project beside it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.check.finedge import FINEDGE, build_dev, connection_of, dbt
from bench.snowflake.servers import Parameters, ours
from slipway.adapters.snowflake import SnowflakeSettings, snowflake_warehouse
from slipway.model.environment import Environment
from slipway.model.query_tag import QueryTag

_AIM_SECONDS: Final = 120
_EDITS: Final = {
    "dbt/models/marts/revenue/revenue_monthly.sql": ("'ZZ'", "'XX'"),
    "dags/revenue.py": ("schedule=", "retries=4,\n    schedule="),
}


def check_table(scratch: Path) -> str:
    """Measure once, and return the table as Markdown.

    Args:
        scratch: an empty folder.
    """
    with ours(scratch) as server:
        settings = settings_of(server)
        connection = connection_of(settings)
        target = scratch / "target"
        target.mkdir()
        session = snowflake_warehouse(settings, QueryTag(environment=Environment.DEV, stage="bench"))
        build_dev(session, connection, target)
        session.close()
        repository = _changed(scratch / "repository")
        checked, report = _check(repository, connection)
        whole = _whole(connection, scratch / "whole")
    return _table(checked, report, whole)


def settings_of(server: Parameters) -> SnowflakeSettings:
    """How the adapters reach a running server."""
    return SnowflakeSettings(
        account=server["account"],
        user=server["user"],
        private_key_file=Path(server["private_key_file"]),
        role="ACCOUNTADMIN",
        host=server["host"],
        port=server["port"],
        protocol=server["protocol"],
    )


def _changed(repository: Path) -> Path:
    """The data team's repository with a change of one pipeline on a branch."""
    shutil.copytree(FINEDGE, repository)
    _git(repository, "init", "--quiet", "--initial-branch", "main")
    _commit(repository, "main")
    _git(repository, "switch", "--quiet", "--create", "change")
    for path, (old, new) in _EDITS.items():
        file = repository / path
        file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    _commit(repository, "change")
    return repository


def _commit(repository: Path, message: str) -> None:
    _git(repository, "add", "--all")
    who = ("-c", "user.name=bench", "-c", "user.email=bench@finedge.example")
    _git(repository, *who, "commit", "--quiet", "--message", message)


def _git(repository: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=repository, check=True)


def _check(repository: Path, connection: Mapping[str, str]) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    ended = subprocess.run(
        ["slipway", "check", "--base", "main", "--workspace", str(repository), "--format", "json"],
        env={**os.environ, **connection},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    report: dict[str, Any] = json.loads(ended.stdout or "{}")
    if ended.returncode:
        sys.exit(f"the change did not pass: {ended.stdout}")
    return seconds, report


def _whole(connection: Mapping[str, str], target: Path) -> float:
    """What a pipeline without an impact graph does: parse and build everything, with every test."""
    target.mkdir()
    began = time.perf_counter()
    dbt(connection, target, "build")
    return time.perf_counter() - began


def _table(checked: float, report: Mapping[str, Any], whole: float) -> str:
    outcomes: Sequence[Mapping[str, Any]] = report["run"]["outcomes"]
    within = "within" if checked <= _AIM_SECONDS else "beyond"
    return "\n".join(
        [
            "| one pipeline's model and DAG changed | seconds |",
            "|---|---|",
            *(f"| {outcome['check']} | {outcome['seconds']:.1f} |" for outcome in outcomes),
            f"| `slipway check`, {within} the aim of {_AIM_SECONDS} | {checked:.1f} |",
            f"| `dbt build` of the whole project | {whole:.1f} |",
        ]
    )
