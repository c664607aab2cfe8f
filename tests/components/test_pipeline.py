"""What a catalog entry becomes in an environment."""

import json
from typing import Any

import pytest

from components.pipeline import reach
from components.pipeline.component import DataPipeline, DataPipelineArgs
from slipway.model.dataset import Dataset
from slipway.model.pipeline import Criticality, Output, PartKind, Pipeline
from tests.doubles.entries import NAMING, SETTLEMENTS
from tests.doubles.pulumi_recorder import Recording, record

REACH = reach.PipelineReach(log_group_arn="arn:log", data_key_arn="arn:key")


def _deploy(pipeline: Pipeline) -> Recording:
    args = DataPipelineArgs(
        pipeline=pipeline,
        naming=NAMING,
        log_retention_days=14,
        data_key_arn="arn:key",
        alert_topic_arn="arn:topic",
        warehouse="FINEDGE_DEV_TRANSFORM",
    )
    return record(lambda: DataPipeline(pipeline.name, args))


def _statements(pipeline: Pipeline) -> dict[str, Any]:
    text = reach.role_policy(pipeline, NAMING, REACH)
    return {each["Sid"]: each for each in json.loads(text)["Statement"]}


def test_an_entry_becomes_exactly_these_resources() -> None:
    """Eight grants: compute, database, two schemas, and select on tables and on views of each."""
    assert _deploy(SETTLEMENTS).counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        "aws:cloudwatch/metricAlarm:MetricAlarm": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "slipway:pipeline:DataPipeline": 1,
        "slipway:warehouse:AccessRole": 1,
        "snowflake:index/accountRole:AccountRole": 1,
        "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole": 8,
    }


def test_tags_follow_the_entry() -> None:
    """Cost and ownership are the pipeline's, not the platform's."""
    assert _deploy(SETTLEMENTS).one("aws:iam/role:Role").inputs["tags"] == {
        "Owner": "settlements",
        "Pipeline": "settlements",
        "Criticality": "critical",
        "CostCenter": "CC-1200",
        "DataClass": "confidential",
        "Environment": "dev",
    }


@pytest.mark.parametrize(
    ("criticality", "silence"), [(Criticality.CRITICAL, "breaching"), (Criticality.STANDARD, "missing")]
)
def test_silence_of_a_critical_pipeline_is_an_alarm(criticality: Criticality, silence: str) -> None:
    """A pipeline that died reports nothing: treated as missing data it would look fine for ever."""
    pipeline = SETTLEMENTS.model_copy(update={"criticality": criticality})
    alarm = _deploy(pipeline).one("aws:cloudwatch/metricAlarm:MetricAlarm").inputs
    assert alarm["treatMissingData"] == silence
    assert alarm["threshold"] == 90
    assert alarm["alarmActions"] == ["arn:topic"]


def test_a_pipeline_without_an_objective_has_no_alarm() -> None:
    """An alarm without an objective would need a threshold that nobody promised."""
    pipeline = SETTLEMENTS.model_copy(update={"freshness": None, "criticality": Criticality.STANDARD})
    assert _deploy(pipeline).of("aws:cloudwatch/metricAlarm:MetricAlarm") == []


def test_only_the_services_that_run_its_parts_may_assume_the_role() -> None:
    """dbt runs inside the DAG's worker; the entry runs nothing."""
    trusted = json.loads(reach.trust_policy(SETTLEMENTS))["Statement"][0]["Principal"]["Service"]
    assert trusted == ["airflow-env.amazonaws.com", "emr-serverless.amazonaws.com"]
    only_dag = SETTLEMENTS.model_copy(
        update={"parts": tuple(part for part in SETTLEMENTS.parts if part.kind is not PartKind.SPARK)}
    )
    assert json.loads(reach.trust_policy(only_dag))["Statement"][0]["Principal"]["Service"] == [
        "airflow-env.amazonaws.com"
    ]


def test_the_role_reads_its_inputs_and_writes_its_outputs_only() -> None:
    """No right reaches a prefix that the entry does not name."""
    statements = _statements(SETTLEMENTS)
    assert statements["ReadInputs"]["Resource"] == ["arn:aws:s3:::finedge-dev-settlement-files/incoming/*"]
    assert statements["ReadInputs"]["Action"] == ["s3:GetObject"]
    assert statements["WriteOutputs"]["Resource"] == ["arn:aws:s3:::finedge-dev-lake/settlements/*"]
    assert statements["List2"]["Condition"] == {"StringLike": {"s3:prefix": "incoming/*"}}


def test_a_pipeline_without_files_has_no_right_on_s3() -> None:
    """An empty Resource list is refused by IAM, so the statement must not exist."""
    pipeline = SETTLEMENTS.model_copy(
        update={
            "inputs": (Dataset.parse("snowflake://FINEDGE.STAGING.MERCHANTS"),),
            "outputs": (Output(dataset=Dataset.parse("snowflake://FINEDGE.MARTS.SETTLEMENTS")),),
        }
    )
    assert set(_statements(pipeline)) == {"WriteLog", "ReportFreshness", "UseDataKey"}


def test_freshness_is_reported_into_one_namespace_only() -> None:
    """PutMetricData knows no resource; without the condition it could forge any metric of the account."""
    assert _statements(SETTLEMENTS)["ReportFreshness"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "Slipway/Freshness"}
    }
