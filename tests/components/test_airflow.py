"""An environment's Airflow: sized by its pipelines, pinned, private, and no more entitled than MWAA asks."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.airflow import access
from components.airflow.component import ManagedAirflow, ManagedAirflowArgs
from slipway.model import airflow_capacity as capacity
from slipway.model.airflow_capacity import EnvironmentClass
from slipway.model.errors import DefinitionError
from tests.doubles.entries import NAMING, PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

BUCKET, KEY = "arn:aws:s3:::finedge-dev-dags-222233334444", "arn:aws:kms:us-east-1:222233334444:key/k"
BOUNDARY = "arn:aws:iam::222233334444:policy/slipway-dev-boundary"
APPLICATION = "arn:aws:emr-serverless:us-east-1:222233334444:/applications/00a"
ARGS = ManagedAirflowArgs(
    naming=NAMING,
    region="us-east-1",
    version="2.11.0",
    options={"core.dags_are_paused_at_creation": "True"},
    requirements=["one", "two"],
    startup="export A=b\n",
    size=EnvironmentClass.MEDIUM,
    min_workers=2,
    max_workers=9,
    bucket="finedge-dev-dags-222233334444",
    bucket_arn=BUCKET,
    key_arn=KEY,
    boundary_arn=BOUNDARY,
    spark_application_arns=[APPLICATION],
    spark_cluster_arns=[],
    subnet_ids=["subnet-1", "subnet-2"],
    group_id="sg-1",
    log_retention_days=14,
    protected=False,
    tags=PLATFORM_TAGS,
)
ENVIRONMENT = "aws:mwaa/environment:Environment"


def _made(args: ManagedAirflowArgs = ARGS) -> Recording:
    return record(lambda: ManagedAirflow("airflow", args))


def _statements(*clusters: str) -> dict[str, Any]:
    reach = access.AirflowReach(
        region="us-east-1",
        bucket_arn=BUCKET,
        key_arn=KEY,
        spark_application_arns=[APPLICATION],
        spark_cluster_arns=clusters,
    )
    return {each["Sid"]: each for each in json.loads(access.execution_policy(NAMING, reach))["Statement"]}


@pytest.mark.parametrize(
    ("pipelines", "size"),
    [
        (0, EnvironmentClass.MICRO),
        (20, EnvironmentClass.MICRO),
        (21, EnvironmentClass.SMALL),
        (40, EnvironmentClass.SMALL),
        (120, EnvironmentClass.MEDIUM),
        (200, EnvironmentClass.MEDIUM),
        (250, EnvironmentClass.LARGE),
        (1000, EnvironmentClass.XLARGE),
        (3200, EnvironmentClass.XXLARGE),
    ],
)
def test_the_class_follows_from_the_number_of_pipelines(pipelines: int, size: EnvironmentClass) -> None:
    """250 fill a medium one to its last DAG: they get a large one."""
    assert capacity.needed_class(pipelines) is size


@given(pipelines=st.integers(0, 3200))
def test_a_quarter_is_always_to_spare_and_no_smaller_class_would_do(pipelines: int) -> None:
    """A change of class takes half an hour."""
    needed = capacity.needed_class(pipelines)
    assert pipelines <= capacity.holds(needed)
    assert all(pipelines > capacity.holds(each) for each in EnvironmentClass if each.rank < needed.rank)


def test_more_than_mwaa_holds_is_refused() -> None:
    """The largest class would take them, and stop scheduling in time."""
    with pytest.raises(
        DefinitionError, match=r"3201 pipelines are more than .* holds \(3200 in mw1"
    ) as caught:
        capacity.needed_class(3201)
    assert caught.value.remedy == "divide the workspace: each part gets an Airflow of its own"


def test_an_airflow_has_exactly_these_children() -> None:
    """A log group for each of its five parts."""
    assert _made().counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 5,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        ENVIRONMENT: 1,
        "aws:s3/bucketObjectv2:BucketObjectv2": 2,
        "slipway:airflow:ManagedAirflow": 1,
    }


def test_the_environment_is_what_deployments_and_dags_expect() -> None:
    """Its name and folder are those that commands use; its version and options those of the sandbox."""
    made = _made().one(ENVIRONMENT).inputs
    assert (made["name"], made["dagS3Path"], made["sourceBucketArn"]) == ("slipway-dev", "dags", BUCKET)
    assert (made["airflowVersion"], made["environmentClass"]) == ("2.11.0", "mw1.medium")
    assert (made["minWorkers"], made["maxWorkers"], made["schedulers"]) == (2, 9, 2)
    assert made["networkConfiguration"] == {
        "subnetIds": ["subnet-1", "subnet-2"],
        "securityGroupIds": ["sg-1"],
    }
    assert (made["webserverAccessMode"], made["workerReplacementStrategy"]) == ("PRIVATE_ONLY", "GRACEFUL")
    assert made["kmsKey"] == KEY


def test_the_smallest_class_has_one_of_everything() -> None:
    """MWAA refuses another number of workers or schedulers there."""
    made = _made(replace(ARGS, size=EnvironmentClass.MICRO)).one(ENVIRONMENT).inputs
    assert (made["minWorkers"], made["maxWorkers"], made["schedulers"]) == (1, 1, 1)


def test_what_its_machines_install_and_run_is_pinned_by_version() -> None:
    """Without it a replaced worker takes whatever is in the bucket."""
    made = _made()
    files = {
        each.inputs["key"]: each.inputs["content"] for each in made.of("aws:s3/bucketObjectv2:BucketObjectv2")
    }
    assert files == {"requirements.txt": "one\ntwo\n", "startup.sh": "export A=b\n"}
    environment = made.one(ENVIRONMENT).inputs
    assert environment["requirementsS3Path"] == "requirements.txt"
    assert environment["startupScriptS3Path"] == "startup.sh"
    assert {"requirementsS3ObjectVersion", "startupScriptS3ObjectVersion"} <= environment.keys()


def test_every_part_logs_and_no_log_stays_for_ever() -> None:
    """MWAA makes the groups that are missing, without a retention."""
    made = _made()
    groups = {each.inputs["name"]: each.inputs for each in made.of("aws:cloudwatch/logGroup:LogGroup")}
    parts = ("DAGProcessing", "Scheduler", "Task", "WebServer", "Worker")
    assert sorted(groups) == [f"airflow-slipway-dev-{part}" for part in parts]
    assert {(one["retentionInDays"], one["kmsKeyId"]) for one in groups.values()} == {(14, KEY)}
    logging = made.one(ENVIRONMENT).inputs["loggingConfiguration"]
    assert len(logging) == len(parts)
    assert all(each == {"enabled": True, "logLevel": "INFO"} for each in logging.values())


def test_airflow_is_mwaas_and_of_this_account() -> None:
    """Another account's environment must not become ours."""
    (services,) = json.loads(access.trust_policy(NAMING))["Statement"]
    assert services["Principal"] == {"Service": ["airflow.amazonaws.com", "airflow-env.amazonaws.com"]}
    assert services["Condition"] == {"StringEquals": {"aws:SourceAccount": "222233334444"}}


def test_airflow_is_bounded() -> None:
    """Without the boundary its role would be as strong as its policies are wide."""
    assert _made().one("aws:iam/role:Role").inputs["permissionsBoundary"] == BOUNDARY


def test_airflow_reads_files_and_writes_none() -> None:
    """Only a deployment publishes DAG files: a task that could would release itself."""
    statements = _statements()
    actions = [action for each in statements.values() for action in each["Action"]]
    assert not [action for action in actions if action.startswith(("s3:Put", "s3:Delete"))]
    assert statements["ReadFiles"]["Resource"] == [BUCKET, f"{BUCKET}/*"]
    wide = {sid for sid, each in statements.items() if each["Resource"] == ["*"]}
    assert wide == {"PublishMetrics", "SeeAccessBlock"}  # these two know no resources


def test_airflow_reads_what_it_is_told_and_its_own_key() -> None:
    """A pipeline's secrets are for the pipeline's role."""
    secrets = "arn:aws:secretsmanager:us-east-1:222233334444:secret:slipway/dev/airflow/*"
    own = "arn:aws:secretsmanager:*:222233334444:secret:slipway/dev/airflow-??????"
    assert _statements()["ReadSecrets"]["Resource"] == [secrets, own]


def test_airflow_becomes_pipelines_and_never_the_platform() -> None:
    """The deploy role is named like a pipeline's, and bears another tag."""
    become = _statements()["BecomePipeline"]
    assert become["Resource"] == ["arn:aws:iam::222233334444:role/slipway-dev-*"]
    assert become["Condition"] == {"StringNotEquals": {"iam:ResourceTag/Pipeline": "platform"}}


def test_logs_and_queues_are_airflows_own() -> None:
    """MWAA's queue stands in an account that is not told."""
    statements = _statements()
    assert statements["WriteLogs"]["Resource"] == [
        "arn:aws:logs:us-east-1:222233334444:log-group:airflow-slipway-dev-*"
    ]
    assert statements["UseQueue"]["Resource"] == ["arn:aws:sqs:us-east-1:*:airflow-celery-*"]
    assert statements["PublishHealth"]["Resource"] == [
        "arn:aws:airflow:us-east-1:222233334444:environment/slipway-dev"
    ]


def test_airflow_runs_jobs_as_pipelines_on_these_applications_only() -> None:
    """The role of a job is its pipeline's, and only EMR Serverless may be handed one."""
    statements = _statements()
    assert statements["RunSparkJobs"]["Resource"] == [APPLICATION]
    assert statements["WatchSparkJobs"]["Resource"] == [f"{APPLICATION}/jobruns/*"]
    handed = statements["RunAsPipeline"]
    assert (handed["Action"], handed["Resource"]) == (
        ["iam:PassRole"],
        ["arn:aws:iam::222233334444:role/slipway-dev-*"],
    )
    assert handed["Condition"] == {"StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}}


def test_airflow_runs_steps_where_there_is_a_cluster() -> None:
    """A statement without resources would be refused by IAM."""
    assert "RunSparkSteps" not in _statements()
    assert "WatchSparkSteps" not in _statements()
    steps = _statements("arn:cluster")
    assert steps["RunSparkSteps"]["Resource"] == steps["WatchSparkSteps"]["Resource"] == ["arn:cluster"]


def test_a_step_is_its_pipelines() -> None:
    """One that named no role would run as the nodes, which may become every pipeline."""
    step = _statements("arn:cluster")["RunSparkSteps"]
    assert step["Action"] == ["elasticmapreduce:AddJobFlowSteps"]
    own = {"elasticmapreduce:ExecutionRoleArn": "arn:aws:iam::222233334444:role/slipway-dev-*"}
    assert step["Condition"] == {"ArnLike": own}
