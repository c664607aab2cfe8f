"""An environment's Airflow as its settings, its catalog and the tool of DAG files make it."""

import json
import re
import tomllib

import pulumi
import pytest

from slipway.catalog import load_workspace
from slipway.model.environment import StackName
from slipway.rollout.handlers.dags import PROJECT_VARIABLE, ROLES_VARIABLE
from stacks import deploy
from stacks.airflow import airflow_options, airflow_version
from stacks.dbt_packages import LOCK, dbt_packages
from stacks.settings import parse
from tests.doubles.declared_stacks import ROOT, SHARED_OUTPUTS, declared
from tests.doubles.pulumi_recorder import record
from tests.doubles.stack_files import configuration

FIXED = {"emr_serverless_application", "pipeline_log_prefix", "pipeline_role_prefix"}
WORKSPACE = ROOT / "examples" / "finedge"
TOOL = ROOT / "toolchain" / "envs" / "airflow"


def test_mwaa_runs_the_airflow_that_dag_files_are_tested_in() -> None:
    """The lock file says what is installed; the pin of the project is what the program reads."""
    packages = tomllib.loads((TOOL / "uv.lock").read_text(encoding="utf-8"))["package"]
    assert [each["version"] for each in packages if each["name"] == "apache-airflow"] == [airflow_version()]


def test_mwaa_has_the_options_of_the_sandboxs_airflow() -> None:
    """MWAA takes `section.option`, and every value as text."""
    options = airflow_options(StackName.DEV)
    assert options["scheduler.catchup_by_default"] == "False"
    assert all(option.count(".") == 1 for option in options)
    assert {type(value) for value in options.values()} == {str}


def test_an_environment_has_the_smallest_class_of_its_settings_at_least() -> None:
    """Ten pipelines would fit into a micro one, which cannot scale."""
    dev, prod = (
        declared(stack).one("aws:mwaa/environment:Environment").inputs
        for stack in (StackName.DEV, StackName.PROD)
    )
    assert dev["environmentClass"] == "mw1.micro"
    assert (prod["environmentClass"], prod["minWorkers"]) == ("mw1.small", 2)


def test_more_pipelines_than_the_largest_class_holds_are_refused_by_the_settings_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At preview: MWAA would take them, and schedule them late."""
    workspace = load_workspace(ROOT / "examples" / "finedge")
    crowded = workspace.model_copy(update={"pipelines": workspace.pipelines * 3})
    monkeypatch.setattr("stacks.environment.load", lambda _: crowded)
    tight = configuration(ROOT, StackName.DEV) | {"slipway:airflowLargestClass": "mw1.micro"}
    settings = parse("dev", tight, root=ROOT)
    with pytest.raises(pulumi.RunError) as caught:
        record(lambda: deploy(settings), shared=SHARED_OUTPUTS)
    assert "need class mw1.small; 'slipway:airflowLargestClass' allows mw1.micro" in str(caught.value)
    assert "set it to mw1.small in Pulumi.dev.yaml" in str(caught.value)


def test_logs_of_airflow_can_be_encrypted_with_the_key_of_the_data() -> None:
    """Without the key's consent CloudWatch Logs refuses the groups."""
    policy = str(declared(StackName.DEV).one("aws:kms/key:Key", "data").inputs["policy"])
    assert "logs.us-east-1.amazonaws.com" in policy
    assert ":log-group:airflow-slipway-dev-*" in policy


def test_airflow_asks_for_the_secrets_of_its_own_environment() -> None:
    """Beside them are the pipelines' own; and what a release decides is never hidden by a secret."""
    told = json.loads(airflow_options(StackName.PROD)["secrets.backend_kwargs"])
    assert told["connections_prefix"] == "slipway/prod/airflow/connections"
    assert told["variables_prefix"] == "slipway/prod/airflow/variables"
    asked = re.compile(told["variables_lookup_pattern"])
    assert not asked.match(PROJECT_VARIABLE)
    assert not asked.match("spark_artifact_settlement_enrichment")


def test_every_variable_that_dags_read_is_told_by_somebody() -> None:
    """By the stack what is the environment's, by a release what is its own."""
    text = "".join(path.read_text(encoding="utf-8") for path in (WORKSPACE / "dags").rglob("*.py"))
    read = set(re.findall(r"var\.value\.(\w+)", text.replace("{bucket}", "landing")))
    secrets = declared(StackName.DEV).of("aws:secretsmanager/secret:Secret")
    prefix = "slipway/dev/airflow/variables/"
    told = {each.inputs["name"].removeprefix(prefix) for each in secrets if prefix in each.inputs["name"]}
    by_a_release = {PROJECT_VARIABLE, ROLES_VARIABLE, "spark_artifact_"}
    assert read == (told | by_a_release) & read
    asked = re.compile(
        json.loads(airflow_options(StackName.DEV)["secrets.backend_kwargs"])["variables_lookup_pattern"]
    )
    assert all(asked.match(each) for each in told)
    assert told == {"bucket_curated", "bucket_landing", *FIXED}


def test_each_pipeline_that_calls_aws_has_the_connection_that_its_dag_names() -> None:
    """A sensor without it would look as Airflow, which reads no file of the lake."""
    secrets = declared(StackName.DEV).of("aws:secretsmanager/secret:Secret")
    named = {
        each.inputs["name"].rpartition("/")[2] for each in secrets if "/connections/" in each.inputs["name"]
    }
    assert {"pipeline-chargebacks", "pipeline-settlement-files"} <= named
    assert "pipeline-revenue" not in named


def test_dbt_on_the_workers_is_the_one_that_models_are_tested_in() -> None:
    """Every package is pinned, and what only Windows needs is not asked for."""
    packages = dict(each.split("==") for each in dbt_packages())
    locked = {
        each["name"]: each["version"] for each in tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]
    }
    assert {"dbt-core", "dbt-snowflake", "snowflake-connector-python", "msgpack"} <= packages.keys()
    assert packages.items() <= locked.items()
    assert not packages.keys() & {"pytest", "pywin32-ctypes"}


def test_tasks_know_their_environment_and_whom_dbt_logs_in_as() -> None:
    """The variables of the example's profile, but for the key, which is read when dbt runs."""
    files = declared(StackName.STAGING).of("aws:s3/bucketObjectv2:BucketObjectv2")
    (script,) = (each.inputs["content"] for each in files if each.inputs["key"] == "startup.sh")
    exported = dict(re.findall(r"^export (\w+)=(\S+)$", script, re.MULTILINE))
    profile = (WORKSPACE / "dbt" / "profiles.yml").read_text(encoding="utf-8")
    needed = set(re.findall(r"env_var\('(\w+)'\)", profile))
    assert needed <= exported.keys()
    assert exported["SLIPWAY_ENVIRONMENT"] == "staging"
    assert exported["SNOWFLAKE_USER"] == "FINEDGE_STAGING_AIRFLOW"
