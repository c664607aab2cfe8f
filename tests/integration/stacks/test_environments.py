"""The four stacks on the real engine: they come up, stay unchanged, show drift, and protect what is kept."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components.pipeline.reach import runs_jobs
from slipway.adapters.pulumi import PulumiEngine
from slipway.catalog import load_workspace
from slipway.model.effects import Operation
from slipway.model.environment import Environment, StackName
from slipway.model.signals import platform_signals, signals
from slipway.ports.stack_engine import Program
from tests.golden.urns import told_of, urns
from tests.integration.running_sandbox import PACK, RunningSandbox
from tests.integration.stacks.changed_finedge import changed_finedge
from tests.integration.stacks.deployer import (
    OF_A_RELEASE,
    REFUSALS,
    as_applier_of_dev,
    deployer_of_dev,
    key_of_deployer,
)
from tests.integration.stacks.prod_objects import prod_objects

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
UP = ["--yes", "--skip-preview", "--suppress-progress"]
REFRESHED = ["--refresh", "--run-program"]
"""A deployment leaves its own provider in the state: what reads the cloud is the one of who runs this."""


@pytest.fixture(scope="module")
def up(shared: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox with `shared` and `dev` up, and the git checkout as it was before."""
    before = _checkout()
    shared.expect("up", "-s", "dev", *UP, *PACK)
    yield shared
    assert _checkout() == before, "the sandbox wrote into the checkout"


def _checkout() -> str:
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("stack", ["shared", "dev"])
def test_a_second_up_changes_nothing(up: RunningSandbox, stack: str) -> None:
    """Idempotence, drift included: nothing that the program declares differs from what the servers hold."""
    up.expect("preview", "-s", stack, *REFRESHED, "--expect-no-changes", "--suppress-progress", *PACK)


@pytest.mark.parametrize("stack", ["shared", "dev"])
def test_urns_are_those_of_the_golden_file(up: RunningSandbox, stack: str) -> None:
    """A changed URN replaces the resource: a rename needs an alias. Rewrite the file only with one.

    `python -m tests.golden.urns` writes the files from a running sandbox.
    """
    golden = (GOLDEN / f"urns-{stack}.txt").read_text(encoding="utf-8").splitlines()
    assert urns(json.loads(up.expect("stack", "export", "-s", stack))) == golden


def test_every_pipeline_has_its_role_log_and_alarms(up: RunningSandbox) -> None:
    """Asked from the servers, not from the program."""
    pipelines = load_workspace(ROOT / "examples" / "finedge").pipelines
    roles = up.aws("iam", "dev").get_paginator("list_roles").paginate().build_full_result()["Roles"]
    groups = up.aws("logs", "dev").get_paginator("describe_log_groups").paginate().build_full_result()
    alarms = up.aws("cloudwatch", "dev").get_paginator("describe_alarms").paginate().build_full_result()
    names = {pipeline.name for pipeline in pipelines}
    assert {f"slipway-dev-{name}" for name in names} <= {role["RoleName"] for role in roles}
    logging = {pipeline.name for pipeline in pipelines if runs_jobs(pipeline)}
    logs = {group["logGroupName"].removeprefix("/slipway/dev/") for group in groups["logGroups"]}
    assert logging == names & logs
    of_pipelines = {
        f"slipway-dev-{pipeline.name}-{signal.name}" for pipeline in pipelines for signal in signals(pipeline)
    }
    of_platform = {f"slipway-dev-platform-{signal.name}" for signal in platform_signals(Environment.DEV)}
    assert {alarm["AlarmName"] for alarm in alarms["MetricAlarms"]} == {
        "slipway-dev-events-undelivered",
        *(f"slipway-dev-{duty}-failed" for duty in ("janitor", "observe", "rollback", "tick")),
        *of_pipelines,
        *of_platform,
    }
    topics = up.aws("sns", "dev").get_paginator("list_subscriptions").paginate().build_full_result()
    assert {(each["TopicArn"].rpartition(":")[2], each["Endpoint"]) for each in topics["Subscriptions"]} == {
        (f"slipway-dev-alerts-{pipeline.owner}", f"data-{pipeline.owner.partition('-')[0]}@finedge.example")
        for pipeline in pipelines
    }


def test_a_deployment_changes_pipelines_with_credentials_of_its_own(
    up: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither operator nor administrator; a changed entry and a new one change their own resources."""
    for name, value in up.environment.items():
        monkeypatch.setenv(name, value)
    platform = Path(up.environment["PULUMI_OPTION_CWD"])
    before = Program(stack=StackName.DEV, workspace=ROOT / "examples" / "finedge")
    after = Program(stack=StackName.DEV, workspace=changed_finedge(tmp_path / "finedge"))
    with key_of_deployer(up) as key:
        engine = PulumiEngine(platform, own=lambda: as_applier_of_dev(up, key))
        try:
            changed = engine.up(after, on_change=lambda _: None)
            (alarm,) = up.aws("cloudwatch", "dev").describe_alarms(
                AlarmNames=["slipway-dev-settlements-freshness"]
            )["MetricAlarms"]
            role = "FINEDGE_DEV_CURRENCY_EXPOSURE"
            held = _rows(up, f"SHOW GRANTS TO ROLE {role}", "privilege", "granted_on", "name")
            owner = [row[1] for row in _rows(up, f"SHOW ROLES LIKE '{role}'", "name", "owner")]
        finally:
            engine.up(before, on_change=lambda _: None)
    names = {(each.urn.rpartition("::")[2], each.operation) for each in changed}
    assert {each for each in names if not each[0].startswith("currency-exposure")} == {
        ("observability", Operation.UPDATE),
        ("settlements-freshness", Operation.UPDATE),
        ("settlements-warehouse-holds-finedge-dev-streaming-read", Operation.CREATE),
    }
    assert {operation for name, operation in names if name.startswith("currency-exposure")} == {
        Operation.CREATE
    }
    assert alarm["Threshold"] == 7 * 60
    assert set(held) == {
        ("USAGE", "ROLE", "FINEDGE_DEV__MARTS__WRITE"),
        ("USAGE", "ROLE", "FINEDGE_DEV__REFERENCE__READ"),
        ("USAGE", "WAREHOUSE", "FINEDGE_DEV_TRANSFORM"),
    }
    assert owner == ["FINEDGE_DEV_APPLIER"]
    assert _rows(up, f"SHOW ROLES LIKE '{role}'", "name") == []


def test_the_dashboard_shows_every_alarm(up: RunningSandbox) -> None:
    """By the names that the alarms have; alarms and the budget may publish to the topic of both."""
    cloudwatch, sns = up.aws("cloudwatch", "dev"), up.aws("sns", "dev")
    alarms = cloudwatch.get_paginator("describe_alarms").paginate().build_full_result()["MetricAlarms"]
    body = json.loads(cloudwatch.get_dashboard(DashboardName="slipway-dev")["DashboardBody"])
    tiles = [each["properties"]["alarms"] for each in body["widgets"] if each["type"] == "alarm"]
    assert sorted(arn for each in tiles for arn in each) == sorted(alarm["AlarmArn"] for alarm in alarms)
    topic = f"arn:aws:sns:us-east-1:{up.endpoints['accounts']['dev']}:slipway-dev-alerts"
    policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
    assert [each["Sid"] for each in policy["Statement"]] == ["AlarmsPublish", "BudgetsPublish"]


def test_policies_find_what_a_pipeline_needs_approved(up: RunningSandbox) -> None:
    """Criticality, owner and approvals are outputs in the state, where a policy on the stack reads them."""
    resources = json.loads(up.expect("stack", "export", "-s", "dev"))["deployment"]["resources"]
    (events,) = [each for each in resources if each["urn"].endswith("StreamingPipeline::payment-events")]
    told = {name: events["outputs"][name] for name in ("criticality", "owner", "approvals_needed")}
    assert told == {"criticality": "critical", "owner": "payments", "approvals_needed": 0}


def test_airflow_and_spark_stand_in_the_private_subnets(up: RunningSandbox) -> None:
    """Asked from the servers: what runs has no address outside, and Airflow's requirements are pinned."""
    subnets = up.aws("ec2", "dev").describe_subnets()["Subnets"]
    private = {each["SubnetId"] for each in subnets if each["CidrBlock"] in {"10.20.0.0/21", "10.20.8.0/21"}}
    airflow = up.aws("mwaa", "dev").get_environment(Name="slipway-dev")["Environment"]
    spark = up.aws("emr-serverless", "dev")
    applications = [
        spark.get_application(applicationId=each["id"])["application"]
        for each in spark.list_applications()["applications"]
    ]
    assert {each["name"] for each in applications} == {"slipway-dev-batch", "slipway-dev-streaming"}
    for runs in (airflow["NetworkConfiguration"], *(each["networkConfiguration"] for each in applications)):
        members = {name.lower(): ids for name, ids in runs.items()}
        assert set(members["subnetids"]) == private
    bucket = f"finedge-dev-dags-{up.endpoints['accounts']['dev']}"
    pinned = up.aws("s3", "dev").head_object(Bucket=bucket, Key="requirements.txt")["VersionId"]
    assert airflow["RequirementsS3ObjectVersion"] == pinned


def test_evidence_is_locked_for_seven_years(up: RunningSandbox) -> None:
    """The retention that an auditor relies on is the server's, not a tag."""
    bucket = f"finedge-shared-evidence-{up.endpoints['accounts']['shared']}"
    lock = up.aws("s3", "shared").get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Years": 7}


def test_an_approver_approves_as_themselves(up: RunningSandbox) -> None:
    """With a second factor, in a session of their own name, below their own id: the servers say so."""
    account = up.endpoints["accounts"]["shared"]
    sts = up.client("sts", up.person("ana.silva"))
    role = f"arn:aws:iam::{account}:role/slipway-shared-approve"
    device = {"SerialNumber": f"arn:aws:iam::{account}:mfa/ana.silva", "TokenCode": "123456"}
    for name, factor in (("ben.okafor", device), ("ana.silva", {})):
        with pytest.raises(ClientError, match="AccessDenied"):
            sts.assume_role(RoleArn=role, RoleSessionName=name, **factor)
    issued = sts.assume_role(RoleArn=role, RoleSessionName="ana.silva", **device)
    session = {
        "aws_access_key_id": issued["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": issued["Credentials"]["SecretAccessKey"],
        "aws_session_token": issued["Credentials"]["SessionToken"],
    }
    s3, own = up.client("s3", session), issued["AssumedRoleUser"]["AssumedRoleId"]
    place = {"Bucket": f"finedge-shared-evidence-{account}", "Body": b"{}"}
    s3.put_object(Key=f"approvals/d/prod/{own}/a.json", **place)
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Key="approvals/d/prod/AIDABEN/a.json", **place)


def test_an_artifact_is_written_once_and_stays(up: RunningSandbox) -> None:
    """Also for whoever has every right: the bucket asks for the condition, and lets nothing be deleted."""
    s3 = up.aws("s3", "shared")
    place = {"Bucket": f"finedge-shared-artifacts-{up.endpoints['accounts']['shared']}", "Key": "sha256/d"}
    s3.put_object(**place, Body=b"artifact", IfNoneMatch="*")
    for condition in ({}, {"IfNoneMatch": "*"}):
        with pytest.raises(ClientError):
            s3.put_object(**place, Body=b"another", **condition)
    with pytest.raises(ClientError):
        s3.delete_object(**place)
    assert s3.get_object(**place)["Body"].read() == b"artifact"


def test_every_account_has_its_trail(up: RunningSandbox) -> None:
    """It logs, and requests for objects of the DAG bucket are among what it logs."""
    trails = up.aws("cloudtrail", "dev")
    assert trails.get_trail_status(Name="slipway-dev")["IsLogging"]
    told = trails.get_event_selectors(TrailName="slipway-dev")["AdvancedEventSelectors"]
    (objects,) = (each["FieldSelectors"] for each in told if each["Name"] == "Objects")
    bucket = f"arn:aws:s3:::finedge-dev-dags-{up.endpoints['accounts']['dev']}/"
    assert {"Field": "resources.ARN", "StartsWith": [bucket]} in objects


def _rows(sandbox: RunningSandbox, statement: str, *columns: str) -> list[tuple[Any, ...]]:
    """What somebody else than Pulumi sees in Snowflake."""
    return [tuple(row[column] for column in columns) for row in sandbox.snowflake(statement)]


def test_snowflake_has_what_the_program_declares(up: RunningSandbox) -> None:
    """Asked from the account: the database with its schemas, the warehouse, a pipeline's role and grants."""
    assert _rows(up, "SHOW DATABASES LIKE 'FINEDGE_DEV'", "retention_time") == [("1",)]
    schemas = {name for (name,) in _rows(up, "SHOW SCHEMAS IN DATABASE FINEDGE_DEV", "name")}
    assert {"MARTS", "RAW", "STAGING"} <= schemas
    assert "PUBLIC" not in schemas
    transform = _rows(up, "SHOW WAREHOUSES LIKE 'FINEDGE_DEV_TRANSFORM'", "size", "auto_suspend")
    assert transform == [("X-Small", 60)]
    assert _rows(up, "SHOW RESOURCE MONITORS", "name", "level") == [
        ("FINEDGE_DEV_COMPUTE", "WAREHOUSE"),
        ("FINEDGE_SHARED_ACCOUNT", "ACCOUNT"),
    ]
    held = _rows(up, "SHOW GRANTS TO ROLE FINEDGE_DEV_SETTLEMENTS", "privilege", "granted_on", "name")
    assert ("USAGE", "ROLE", "FINEDGE_DEV__MARTS__WRITE") in held
    assert ("USAGE", "WAREHOUSE", "FINEDGE_DEV_TRANSFORM") in held
    granted = _rows(up, "SHOW GRANTS TO ROLE FINEDGE_DEV__MARTS__WRITE", "privilege", "granted_on", "name")
    assert ("CREATE TABLE", "SCHEMA", "FINEDGE_DEV.MARTS") in granted


def test_drift_shows_up_and_is_mended(up: RunningSandbox) -> None:
    """Settings changed, an alarm deleted, a grant revoked by hand: a preview names each, `up` mends each."""
    logs, cloudwatch, alarm = (
        up.aws("logs", "dev"),
        up.aws("cloudwatch", "dev"),
        "slipway-dev-settlements-freshness",
    )
    logs.put_retention_policy(logGroupName="/slipway/dev/chargebacks", retentionInDays=3)
    cloudwatch.delete_alarms(AlarmNames=[alarm])
    up.snowflake(
        "ALTER WAREHOUSE FINEDGE_DEV_TRANSFORM SET WAREHOUSE_SIZE = 'XLARGE'",
        "REVOKE CREATE TABLE ON SCHEMA FINEDGE_DEV.MARTS FROM ROLE FINEDGE_DEV__MARTS__WRITE",
        "REVOKE ROLE FINEDGE_DEV__MARTS__WRITE FROM ROLE FINEDGE_DEV_SETTLEMENTS",
    )
    preview = up.expect("preview", "-s", "dev", *REFRESHED, "--diff", "--suppress-progress")
    assert re.search(r"retentionInDays: 3 => 14", preview)
    assert re.search(rf"\+ aws:cloudwatch/metricAlarm:MetricAlarm: \(create\)(\n.*){{1,20}}{alarm}", preview)
    assert re.search(r'warehouseSize: "XLARGE" => "XSMALL"', preview)
    assert "GrantPrivilegesToAccountRole::finedge-marts-write-schema-finedge-dev-marts" in preview
    assert "GrantAccountRole::settlements-warehouse-holds-finedge-dev-marts-write" in preview
    up.expect("up", "-s", "dev", *REFRESHED, *UP)
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/slipway/dev/chargebacks")["logGroups"]
    assert group["retentionInDays"] == 14
    assert len(cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]) == 1
    assert _rows(up, "SHOW WAREHOUSES LIKE 'FINEDGE_DEV_TRANSFORM'", "size") == [("X-Small",)]
    held = _rows(up, "SHOW GRANTS TO ROLE FINEDGE_DEV__MARTS__WRITE", "privilege", "name")
    assert ("CREATE TABLE", "FINEDGE_DEV.MARTS") in held
    roles = _rows(up, "SHOW GRANTS TO ROLE FINEDGE_DEV_SETTLEMENTS", "granted_on", "name")
    assert ("ROLE", "FINEDGE_DEV__MARTS__WRITE") in roles


def test_a_changed_setting_changes_what_it_should(up: RunningSandbox) -> None:
    """One setting, previewed and applied: the log groups of dev, and nothing else."""
    up.expect("config", "set", "slipway:logRetentionDays", "30", "-s", "dev")
    try:
        preview = json.loads(up.expect("preview", "-s", "dev", "--json"))
        changed = {step["urn"].split("::")[2] for step in preview["steps"] if step["op"] == "update"}
        assert {each.rsplit("$", 1)[-1] for each in changed} == {LOG_GROUP}
        assert preview["changeSummary"]["update"] == told_of("dev", LOG_GROUP)
    finally:
        up.expect("config", "set", "slipway:logRetentionDays", "14", "-s", "dev")


def test_protected_resources_refuse_deletion_by_name(up: RunningSandbox) -> None:
    """`destroy` without `--exclude-protected` names in its preview what it will not delete; nothing goes."""
    refused = up.pulumi("destroy", "-s", "dev", "--yes", "--suppress-progress")
    assert refused.returncode != 0
    output = refused.stdout + refused.stderr
    assert "aws:dynamodb/table:Table::release-journal" in output
    assert "protected" in output
    assert "slipway-dev-journal" in up.aws("dynamodb", "dev").list_tables()["TableNames"]
    assert up.aws("iam", "dev").get_role(RoleName="slipway-dev-deploy")["Role"]


def test_devs_deployer_is_refused_on_every_object_of_prod(up: RunningSandbox) -> None:
    """The environments are databases of one account: only roles keep a release of dev out of prod.

    Every object that SHOW tells is tried, by whoever has the deployer's key. On dev the same user does what a
    release does with a table that a pipeline owns.
    """
    up.expect("up", "-s", "prod", *UP)
    up.snowflake(
        "CREATE TABLE FINEDGE_PROD.MARTS.SOLD (A INT)",
        "CREATE VIEW FINEDGE_PROD.MARTS.SELLING AS SELECT * FROM FINEDGE_PROD.MARTS.SOLD",
        "USE ROLE FINEDGE_DEV_SETTLEMENTS",
        "CREATE TABLE FINEDGE_DEV.MARTS.OF_DEV (A INT)",
    )
    everything = prod_objects(up.snowflake)
    with deployer_of_dev(up) as deployer:
        allowed = [
            (each, statement)
            for each in everything
            for statement in each.attempts()
            if deployer.refusal(statement) not in REFUSALS
        ]
        assert deployer.refusal("SHOW TABLES IN ACCOUNT") is None
        for statement in OF_A_RELEASE:
            assert deployer.refusal(statement) is None, statement
    assert allowed == []
    assert prod_objects(up.snowflake) == everything
    up.snowflake("DROP TABLE FINEDGE_PROD.MARTS.SOLD", "DROP VIEW FINEDGE_PROD.MARTS.SELLING")
