"""Airflow with a home of its own in a temporary folder, set before anything imports Airflow."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

HOME = tempfile.mkdtemp(prefix="finedge-airflow-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ |= {
    "AIRFLOW_HOME": HOME,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
}
sys.dont_write_bytecode = True

WORKSPACE = Path(__file__).resolve().parents[2]
DAGS = WORKSPACE / "dags"
sys.path.insert(0, str(DAGS))

if TYPE_CHECKING:
    from airflow.models import DagBag


@pytest.fixture(scope="session")
def dag_bag() -> "DagBag":
    from airflow.models import DagBag  # noqa: PLC0415  # AIRFLOW_HOME must be set first

    return DagBag(dag_folder=str(DAGS), include_examples=False, safe_mode=True)


@pytest.fixture(scope="session")
def scheduled(entries: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The catalog entries that have a DAG, by the DAG's id."""
    return {name.replace("-", "_"): entry for name, entry in entries.items() if "dag" in entry["parts"]}
