"""What the processes of an Airflow, its tasks among them, are started with."""

import json
import shutil
from pathlib import Path

import pytest

from slipway_sandbox.airflow.settings import (
    Instance,
    instance_variables,
    lead_as_tasks,
    link_tools,
    shared_options,
)
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


def test_an_airflow_is_not_led_to_a_world_that_has_ended(
    tmp_path: Path,
) -> None:
    """The key of the world before came before the role of this one, and no DAG file ever arrived."""
    inherited = {"AWS_ACCESS_KEY_ID": "AKIAOLD", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "HOME": "/home"}
    given = variables(tmp_path)
    lead_as_tasks(inherited, given)
    assert inherited["HOME"] == "/home"
    assert "AWS_ACCESS_KEY_ID" not in inherited
    assert inherited["AWS_ENDPOINT_URL"] == "http://127.0.0.1:2"
    assert inherited["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == given["AWS_CONTAINER_CREDENTIALS_FULL_URI"]


def test_tasks_log_in_as_their_environments_airflow(tmp_path: Path) -> None:
    """With the key of this world, and as nobody who administers the account."""
    given = variables(tmp_path)
    assert given["SNOWFLAKE_USER"].endswith("_PROD_AIRFLOW")
    assert given["SNOWFLAKE_ROLE"].endswith("_PROD_PIPELINES")
    assert given["SNOWFLAKE_PRIVATE_KEY_PATH"] == str(tmp_path / "snowflake" / "airflow.p8")


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


def test_airflow_looks_for_what_its_own_stack_tells_it(tmp_path: Path) -> None:
    """Connections and variables are secrets of the environment's account, as on MWAA."""
    told = variables(tmp_path)
    assert told["AIRFLOW__SECRETS__BACKEND"].endswith(".SecretsManagerBackend")
    asked = json.loads(told["AIRFLOW__SECRETS__BACKEND_KWARGS"])
    assert asked["connections_prefix"] == "slipway/prod/airflow/connections"
