"""What the processes of an Airflow, its tasks among them, are started with."""

import shutil
from pathlib import Path

import pytest

from slipway_sandbox.airflow.settings import Instance, instance_variables, link_tools, shared_options
from tests.aws.conftest import FOUNDING


def variables(home: Path) -> dict[str, str]:
    """Those of prod's Airflow."""
    instance = Instance(
        home=home, stack="prod", port=1, aws_url="http://127.0.0.1:2", snowflake_url="http://127.0.0.1:3"
    )
    return instance_variables(
        instance, FOUNDING, {"SNOWFLAKE_HOST": "127.0.0.1", "SNOWFLAKE_PRIVATE_KEY_FILE": "key"}
    )


def test_nothing_leads_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's own credentials and Airflow settings stay out of the sandbox's tasks."""
    foreign = {
        "AWS_PROFILE": "real",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_ENDPOINT_URL_S3": "https://real.example",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "PYTHONPATH": "/elsewhere",
        "SNOWFLAKE_PASSWORD": "real",
    }
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)
    given = variables(tmp_path)
    assert {name for name in foreign if name in given} == {"AIRFLOW__CORE__EXECUTOR"}
    assert given["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert given["AWS_ENDPOINT_URL"] == "http://127.0.0.1:2"
    assert given["SNOWFLAKE_HOST"] == "127.0.0.1"


def test_secrets_serve_one_purpose(tmp_path: Path) -> None:
    """Tasks know the token of their credentials; it must not open the REST API."""
    given = variables(tmp_path)
    secrets = [given["AWS_CONTAINER_AUTHORIZATION_TOKEN"], given["AIRFLOW__WEBSERVER__SECRET_KEY"]]
    assert len({*secrets, FOUNDING.airflow_secret}) == 3


def test_tasks_find_dbt_and_the_locked_airflow(tmp_path: Path) -> None:
    """And no other program of dbt's environment."""
    folder = tmp_path / "airflow-prod"
    link_tools(folder)
    path = variables(tmp_path)["PATH"]
    assert shutil.which("dbt", path=path) == str(folder / "tools" / "dbt")
    assert str(shutil.which("airflow", path=path)).endswith("envs/airflow/.venv/bin/airflow")
    assert [entry.name for entry in (folder / "tools").iterdir()] == ["dbt"]


def test_airflow_has_the_options_of_every_environment(tmp_path: Path) -> None:
    """What decides what a DAG means is the same here and on MWAA; no quick option shadows it."""
    shared = shared_options()
    assert shared["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "True"
    assert shared["AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT"] == "False"
    assert shared.items() <= variables(tmp_path).items()
