"""What a catalog entry becomes in an environment."""

import json
from pathlib import PurePosixPath
from typing import Any

import pytest

from components.pipeline import reach
from components.pipeline.component import DataPipeline, DataPipelineArgs
from components.warehouse.access import GrantTarget, SchemaPlace
from slipway.model.dataset import Dataset
from slipway.model.pipeline import Criticality, Output, Part, PartKind, Pipeline, PipelineKind
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
        spark_cluster=False,
    )
    return record(lambda: DataPipeline(pipeline.name, args))


def _statements(pipeline: Pipeline) -> dict[str, Any]:
    text = reach.role_policy(pipeline, NAMING, REACH)
    return {each["Sid"]: each for each in json.loads(text)["Statement"]}


def test_an_entry_becomes_exactly_these_resources() -> None:
    """Twelve grants: compute, database, two schemas, select on all and future tables and views of each."""
    assert _deploy(SETTLEMENTS).counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        "aws:cloudwatch/metricAlarm:MetricAlarm": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "slipway:pipeline:DataPipeline": 1,
        "slipway:warehouse:AccessRole": 1,
        "snowflake:index/accountRole:AccountRole": 1,
        "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole": 12,
    }


def test_who_publishes_marts_keeps_private_models_beside_them() -> None:
    """The schema that no entry names is granted as MARTS is, and only there."""
    staging = SchemaPlace(database="FINEDGE_DEV", schema="STAGING")
    marts = SchemaPlace(database="FINEDGE_DEV", schema="MARTS")
    private = SchemaPlace(database="FINEDGE_DEV", schema="INTERMEDIATE")
    assert reach.private_places([staging, marts]) == [private]
    assert reach.private_places([staging]) == []
    models = Part(kind=PartKind.DBT, path=PurePosixPath("dbt"))
    entry = SETTLEMENTS.model_copy(update={"parts": (*SETTLEMENTS.parts, models)})
    granted = {
        each.place.schema: each.privileges
        for each in reach.warehouse_grants(entry, NAMING)
        if each.target is GrantTarget.SCHEMA
    }
    assert granted["INTERMEDIATE"] == granted["MARTS"] == ("CREATE TABLE", "CREATE VIEW", "USAGE")


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


def test_airflows_workers_and_the_services_of_its_parts_assume_the_role() -> None:
    """MWAA runs tasks under its environment's own role, which then assumes the pipeline's."""
    services, workers = json.loads(reach.trust_policy(SETTLEMENTS, NAMING, spark_cluster=False))["Statement"]
    assert services["Principal"] == {"Service": ["emr-serverless.amazonaws.com"]}
    assert workers["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith(":role/slipway-dev-airflow")


def test_nodes_of_a_cluster_run_steps_as_pipelines_that_have_jobs() -> None:
    """A role that nothing on a cluster needs must not be assumed from there."""
    trusted = json.loads(reach.trust_policy(SETTLEMENTS, NAMING, spark_cluster=True))["Statement"]
    assert [each["Sid"] for each in trusted] == ["Services", "Role", "Nodes"]
    nodes = trusted[-1]
    assert nodes["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert nodes["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith(":role/slipway-dev-spark-node")
    without = SETTLEMENTS.model_copy(update={"parts": SETTLEMENTS.parts[:2]})
    assert "Nodes" not in reach.trust_policy(without, NAMING, spark_cluster=True)


@pytest.mark.parametrize(
    ("kind", "parts", "services"),
    [
        (PipelineKind.BATCH, [PartKind.DAG, PartKind.DBT], ()),
        (PipelineKind.BATCH, [PartKind.DAG, PartKind.STREAM], ("kafkaconnect.amazonaws.com",)),
        (PipelineKind.BATCH, [PartKind.DAG, PartKind.SPARK], ("emr-serverless.amazonaws.com",)),
        (
            PipelineKind.STREAMING,
            [PartKind.STREAM],
            ("emr-serverless.amazonaws.com", "kafkaconnect.amazonaws.com"),
        ),
    ],
)
def test_runners_follow_from_kind_and_parts(
    kind: PipelineKind, parts: list[PartKind], services: tuple[str, ...]
) -> None:
    """A connector is not an EMR job: a role that trusts a service it does not need is a way in."""
    made = tuple(Part(kind=part, path=PurePosixPath("x")) for part in parts)
    assert reach.runners(SETTLEMENTS.model_copy(update={"kind": kind, "parts": made})) == services


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
    assert set(_statements(pipeline)) == {"WriteLog", "UseDataKey", "DeliverSparkLog", "FindSparkLog"}


def test_only_a_pipeline_with_jobs_delivers_to_the_log_of_jobs() -> None:
    """EMR Serverless writes a job's log as the job; a role that runs none has no business there."""
    log = _statements(SETTLEMENTS)["DeliverSparkLog"]["Resource"]
    assert log[0] == "arn:aws:logs:*:222233334444:log-group:/slipway/dev/spark"
    parts = tuple(part for part in SETTLEMENTS.parts if part.kind is not PartKind.SPARK)
    without = _statements(SETTLEMENTS.model_copy(update={"parts": parts}))
    assert not [sid for sid in without if "Spark" in sid]


def test_a_pipeline_does_not_report_its_own_freshness() -> None:
    """Whoever is measured must not hold the ruler: a hanging pipeline would look fresh or say nothing."""
    assert "cloudwatch:PutMetricData" not in reach.role_policy(SETTLEMENTS, NAMING, REACH)
