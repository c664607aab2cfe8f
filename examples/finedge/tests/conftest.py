"""What tests of several tools look at: the catalog, and dbt's manifest where dbt is installed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

WORKSPACE = Path(__file__).resolve().parents[1]
sys.dont_write_bytecode = True

# Parsing needs a profile that can be rendered, not one that can connect.
PROFILE = {
    "SLIPWAY_ENVIRONMENT": "dev",
    "SNOWFLAKE_ACCOUNT": "none",
    "SNOWFLAKE_USER": "none",
    "SNOWFLAKE_ROLE": "NONE",
    "SNOWFLAKE_WAREHOUSE": "NONE",
    "SNOWFLAKE_DATABASE": "FINEDGE",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
}


@pytest.fixture(scope="session")
def workspace() -> Path:
    return WORKSPACE


@pytest.fixture(scope="session")
def entries() -> dict[str, dict[str, Any]]:
    """The catalog entries by pipeline."""
    read = [yaml.safe_load(path.read_text()) for path in sorted((WORKSPACE / "catalog").glob("*.yaml"))]
    return {entry["pipeline"]: entry for entry in read}


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What dbt understands of the project, parsed offline; a warning or deprecation of dbt is a failure."""
    target = tmp_path_factory.mktemp("dbt")
    command = [
        sys.executable,
        "-m",
        "dbt.cli.main",
        "--warn-error",
        "--no-version-check",
        "--no-use-colors",
        "parse",
    ]
    project = str(WORKSPACE / "dbt")
    command += ["--project-dir", project, "--profiles-dir", project, "--no-partial-parse"]
    command += ["--target-path", str(target), "--log-path", str(target)]
    done = subprocess.run(command, env=os.environ | PROFILE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    parsed: dict[str, Any] = json.loads((target / "manifest.json").read_text())
    return parsed
