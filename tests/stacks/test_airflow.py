"""An environment's Airflow as its settings, its catalog and the tool of DAG files make it."""

import tomllib

import pulumi
import pytest

from slipway.catalog import load_workspace
from slipway.model.environment import StackName
from stacks import deploy
from stacks.airflow import airflow_options, airflow_version
from stacks.settings import parse
from tests.doubles.declared_stacks import ROOT, SHARED_OUTPUTS, declared
from tests.doubles.pulumi_recorder import record
from tests.doubles.stack_files import configuration

TOOL = ROOT / "toolchain" / "envs" / "airflow"


def test_mwaa_runs_the_airflow_that_dag_files_are_tested_in() -> None:
    """The lock file says what is installed; the pin of the project is what the program reads."""
    packages = tomllib.loads((TOOL / "uv.lock").read_text(encoding="utf-8"))["package"]
    assert [each["version"] for each in packages if each["name"] == "apache-airflow"] == [airflow_version()]


def test_mwaa_has_the_options_of_the_sandboxs_airflow() -> None:
    """MWAA takes `section.option`, and every value as text."""
    options = airflow_options()
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
