"""What a catalog entry becomes in an environment."""

import json
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest

from components.pipeline import reach
from components.pipeline.args import PipelineArgs
from components.pipeline.batch import BatchPipeline
from components.pipeline.parts import PipelineParts
from components.pipeline.streaming import StreamingPipeline
from components.warehouse.access import Access, AccessLevel, SchemaPlace
from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.dataset import Dataset
from slipway.model.environment import Environment
from slipway.model.pipeline import Criticality, Output, Part, PartKind, Pipeline, PipelineKind
from tests.doubles.entries import NAMING, SETTLEMENTS
from tests.doubles.pulumi_recorder import Recording, record

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
LOG_OF_JOBS = {"DeliverSparkLog", "FindSparkLog"}
OWN_JOBS = {"WakeApplications", "StartOwnJobs", "FollowOwnJobs", "RunJobsAsItself"}
STREAMING = SETTLEMENTS.model_copy(update={"kind": PipelineKind.STREAMING})
REACH = reach.PipelineReach(region="us-east-1", log_group_arn="arn:log", data_key_arn="arn:key")


def _args(pipeline: Pipeline) -> PipelineArgs:
    return PipelineArgs(
        pipeline=pipeline,
        environment=Environment.DEV,
        naming=NAMING,
        region="us-east-1",
        log_retention_days=14,
        data_key_arn="arn:key",
        boundary_arn="arn:aws:iam::222233334444:policy/slipway-dev-boundary",
        alert_topic_arns=("arn:topic", "arn:owner"),
        access={each: f"{each.key} role" for each in reach.warehouse_access(pipeline, NAMING)},
        compute="FINEDGE_DEV_TRANSFORM",
        held_by="FINEDGE_DEV_PIPELINES",
        role_owner="FINEDGE_DEV_APPLIER",
        spark_cluster=False,
    )


def _deploy(pipeline: Pipeline) -> Recording:
    args = _args(pipeline)
    component = BatchPipeline if pipeline.kind is PipelineKind.BATCH else StreamingPipeline
    return record(lambda: component(pipeline.name, args))


def _statements(pipeline: Pipeline) -> dict[str, Any]:
    log = REACH.log_group_arn if reach.runs_jobs(pipeline) else None
    text = reach.role_policy(pipeline, NAMING, replace(REACH, log_group_arn=log))
    return {each["Sid"]: each for each in json.loads(text)["Statement"]}


def test_an_entry_becomes_exactly_these_resources() -> None:
    """Its Snowflake role uses compute, holds a role for each of two schemas, is held and owned by one."""
    assert _deploy(SETTLEMENTS).counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        "aws:cloudwatch/metricAlarm:MetricAlarm": 2,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "aws:secretsmanager/secret:Secret": 1,
        "aws:secretsmanager/secretVersion:SecretVersion": 1,
        "slipway:pipeline:BatchPipeline": 1,
        "slipway:warehouse:WarehouseRole": 1,
        "snowflake:index/accountRole:AccountRole": 1,
        "snowflake:index/grantAccountRole:GrantAccountRole": 3,
        "snowflake:index/grantOwnership:GrantOwnership": 1,
        "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole": 1,
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
    assert reach.warehouse_access(entry, NAMING) == (
        Access(place=private, level=AccessLevel.WRITE),
        Access(place=marts, level=AccessLevel.WRITE),
        Access(place=staging, level=AccessLevel.READ),
    )


def test_tasks_become_the_pipeline_by_a_connection_of_its_name() -> None:
    """Airflow's own role reads no file of the lake: what waits for one has to be the pipeline."""
    made = _deploy(SETTLEMENTS)
    secret = made.one("aws:secretsmanager/secret:Secret").inputs
    assert secret["name"] == "slipway/dev/airflow/connections/pipeline-settlements"
    assert (secret["kmsKeyId"], secret["recoveryWindowInDays"]) == ("arn:key", 0)
    kept = made.one("aws:secretsmanager/secretVersion:SecretVersion").inputs["secretString"]["value"]
    role = "arn:aws:iam::222233334444:role/slipway-dev-settlements"
    assert json.loads(kept) == {"conn_type": "aws", "extra": {"role_arn": role}}


def test_a_pipeline_whose_tasks_call_no_aws_has_no_connection() -> None:
    """dbt logs in to Snowflake; a connection that nothing uses is paid all the same."""
    tables = (Output(dataset=Dataset.parse("snowflake://FINEDGE.MARTS.SETTLEMENTS")),)
    only_dbt = SETTLEMENTS.model_copy(
        update={"parts": SETTLEMENTS.parts[:2], "inputs": (), "outputs": tables}
    )
    assert not _deploy(only_dbt).of("aws:secretsmanager/secret:Secret")


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
    for alarm in _deploy(pipeline).of(ALARM):
        assert alarm.inputs["treatMissingData"] == silence
        assert alarm.inputs["alarmActions"] == ["arn:topic", "arn:owner"]


def test_alarms_are_on_what_is_reported_about_the_pipeline() -> None:
    """A metric or dimension that nobody reports would never alarm, or always."""
    made = {each.name: each.inputs for each in _deploy(STREAMING).of(ALARM)}
    watched = ("metricName", "threshold", "datapointsToAlarm", "evaluationPeriods")
    assert {name: tuple(alarm[each] for each in watched) for name, alarm in made.items()} == {
        "settlements-failures": ("FailedRuns", 0, 1, 3),
        "settlements-freshness": ("AgeMinutes", 90, 3, 3),
    }
    assert {alarm["namespace"] for alarm in made.values()} == {"Slipway/Pipelines"}
    assert {alarm["statistic"] for alarm in made.values()} == {"Maximum"}
    assert made["settlements-freshness"]["dimensions"] == {"Pipeline": "settlements"}


def test_what_nobody_can_measure_has_no_alarm() -> None:
    """Failures are a DAG's, ages are a table's: an alarm on anything else would never get a number."""
    without_dag = STREAMING.model_copy(
        update={"parts": tuple(each for each in STREAMING.parts if each.kind is not PartKind.DAG)}
    )
    assert [each.name for each in _deploy(without_dag).of(ALARM)] == ["settlements-freshness"]
    files = (Output(dataset=Dataset.parse("s3://lake/settlements")),)
    without_table = STREAMING.model_copy(update={"outputs": files})
    assert [each.name for each in _deploy(without_table).of(ALARM)] == ["settlements-failures"]


def test_a_pipeline_without_an_objective_is_watched_for_failures_only() -> None:
    """An alarm without an objective would need a threshold that nobody promised."""
    pipeline = STREAMING.model_copy(update={"freshness": None, "criticality": Criticality.STANDARD})
    assert [each.name for each in _deploy(pipeline).of(ALARM)] == ["settlements-failures"]


@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize("criticality", list(Criticality))
def test_policies_are_told_what_the_gate_asks_for(environment: Environment, criticality: Criticality) -> None:
    """A policy that counted otherwise than the gate would let in what the gate refuses, or the other way."""
    pipeline = SETTLEMENTS.model_copy(update={"criticality": criticality})
    told: dict[str, Any] = {}

    def declare() -> None:
        args = replace(_args(pipeline), environment=environment)
        told.update(PipelineParts(BatchPipeline(pipeline.name, args), args).approval())

    record(declare)
    assert told == {
        "criticality": criticality.value,
        "owner": "settlements",
        "approvals_needed": APPROVALS_NEEDED[environment][criticality],
        "freshness_minutes": 90,
        "tables": 1,
    }


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
    assert statements["ReadInputs"]["Resource"] == [
        "arn:aws:s3:::finedge-dev-settlement-files/incoming/*",
        "arn:aws:s3:::finedge-dev-spark-artifacts/settlements/*",
    ]
    assert statements["ReadInputs"]["Action"] == ["s3:GetObject"]
    assert statements["WriteOutputs"]["Resource"] == ["arn:aws:s3:::finedge-dev-lake/settlements/*"]
    assert statements["List2"]["Condition"] == {"StringLike": {"s3:prefix": "incoming/*"}}


def test_files_are_read_and_written_with_the_key_of_the_lake() -> None:
    """The lake's buckets are the estate's, and so is their key: the platform's own opens none of them."""
    key = _statements(SETTLEMENTS)["UseLakeKey"]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert key["Resource"] == ["arn:aws:kms:us-east-1:222233334444:key/*"]
    assert key["Condition"] == {
        "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/finedge-dev-data"},
    }


def test_a_query_keeps_its_checkpoint_below_its_own_name() -> None:
    """A batch job has none; and no code is read where Spark runs none."""
    stream = Part(kind=PartKind.STREAM, path=PurePosixPath("streaming/settlements"))
    query = STREAMING.model_copy(update={"parts": (*STREAMING.parts, stream)})
    checkpoint = "arn:aws:s3:::finedge-dev-spark-artifacts/checkpoints/settlements/*"
    assert checkpoint in _statements(query)["WriteOutputs"]["Resource"]
    assert checkpoint not in _statements(SETTLEMENTS)["WriteOutputs"]["Resource"]
    without = SETTLEMENTS.model_copy(update={"parts": SETTLEMENTS.parts[:2]})
    assert "spark-artifacts" not in json.dumps(_statements(without))


def test_a_pipeline_without_files_has_no_right_on_s3() -> None:
    """An empty Resource list is refused by IAM, so there is no statement, nor one on the lake's key."""
    pipeline = SETTLEMENTS.model_copy(
        update={
            "parts": SETTLEMENTS.parts[:2],
            "inputs": (Dataset.parse("snowflake://FINEDGE.STAGING.MERCHANTS"),),
            "outputs": (Output(dataset=Dataset.parse("snowflake://FINEDGE.MARTS.SETTLEMENTS")),),
        }
    )
    assert set(_statements(pipeline)) == {"UseDataKey", "ReadSecrets"}


def test_a_job_delivers_to_the_log_of_jobs() -> None:
    """EMR Serverless writes a job's log as the job."""
    log = _statements(SETTLEMENTS)["DeliverSparkLog"]["Resource"]
    shared = "arn:aws:logs:*:222233334444:log-group:/slipway/dev/spark"
    assert log == ["arn:log", "arn:log:*", shared, f"{shared}:*"]


def test_a_pipeline_without_jobs_has_no_log_group() -> None:
    """Nothing would write into it: Airflow keeps the logs of tasks."""
    only_dbt = SETTLEMENTS.model_copy(update={"parts": SETTLEMENTS.parts[:2]})
    assert not _deploy(only_dbt).of("aws:cloudwatch/logGroup:LogGroup")
    assert not any("Log" in sid for sid in _statements(only_dbt))


def test_a_dag_starts_and_follows_its_own_jobs_only() -> None:
    """Applications are shared: a pipeline that could cancel another's job could stop its settlement."""
    statements = _statements(SETTLEMENTS)
    runs = "arn:aws:emr-serverless:*:222233334444:/applications/*/jobruns/*"
    assert statements["StartOwnJobs"]["Condition"] == {
        "StringEquals": {"aws:RequestTag/Pipeline": "settlements"}
    }
    assert statements["FollowOwnJobs"]["Resource"] == [runs]
    assert statements["FollowOwnJobs"]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/Pipeline": "settlements"}
    }
    assert statements["RunJobsAsItself"]["Resource"] == [
        "arn:aws:iam::222233334444:role/slipway-dev-settlements"
    ]


@pytest.mark.parametrize(
    ("kinds", "sids"),
    [
        ([PartKind.DAG, PartKind.DBT], set()),
        ([PartKind.SPARK], LOG_OF_JOBS),
        ([PartKind.DAG, PartKind.SPARK], LOG_OF_JOBS | OWN_JOBS),
    ],
)
def test_rights_on_jobs_follow_from_parts(kinds: list[PartKind], sids: set[str]) -> None:
    """What has no Spark job has no right on EMR, and no business in the log of jobs."""
    parts = tuple(Part(kind=kind, path=PurePosixPath("x")) for kind in kinds)
    ours = set(_statements(SETTLEMENTS.model_copy(update={"parts": parts})))
    assert ours & (LOG_OF_JOBS | OWN_JOBS) == sids


def test_a_pipeline_reads_its_own_secrets_only() -> None:
    """One folder a pipeline: the password of one source is not another pipeline's."""
    assert _statements(SETTLEMENTS)["ReadSecrets"]["Resource"] == [
        "arn:aws:secretsmanager:*:222233334444:secret:slipway/dev/settlements/*"
    ]


def test_a_pipeline_does_not_report_its_own_freshness() -> None:
    """Whoever is measured must not hold the ruler: a hanging pipeline would look fresh or say nothing."""
    assert "cloudwatch:PutMetricData" not in reach.role_policy(SETTLEMENTS, NAMING, REACH)
