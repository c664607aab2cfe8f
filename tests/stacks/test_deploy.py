"""Each stack declares what it should, from FinEdge's own workspace and the repository's own stack files."""

import json
from collections.abc import Mapping
from pathlib import Path

import pulumi
import pytest

from policies.rules.tagging import taggable_types
from slipway.catalog import load_workspace
from slipway.model.environment import Environment, StackName
from slipway.model.tags import REQUIRED_TAGS
from stacks import deploy
from stacks.settings import parse
from tests.doubles.declared_stacks import ROOT, SHARED_OUTPUTS, declared
from tests.doubles.pulumi_recorder import Recording, record
from tests.doubles.stack_files import configuration
from tests.doubles.workspace_folder import WorkspaceFolder

PIPELINES = ("slipway:pipeline:BatchPipeline", "slipway:pipeline:StreamingPipeline")


@pytest.fixture(scope="module")
def recordings() -> Mapping[StackName, Recording]:
    """Every stack, declared once."""
    return {stack: declared(stack) for stack in StackName}


@pytest.mark.parametrize("environment", list(Environment))
def test_every_catalogued_pipeline_is_in_every_environment(
    recordings: Mapping[StackName, Recording], environment: Environment
) -> None:
    """A pipeline that is missing in one environment could never be promoted through it."""
    expected = [pipeline.name for pipeline in load_workspace(ROOT / "examples" / "finedge").pipelines]
    recording = recordings[StackName(environment)]
    declared = [each for type_ in PIPELINES for each in recording.of(type_)]
    assert sorted(each.name for each in declared) == expected
    assert sorted(each.name for each in recording.of("slipway:pipeline:StreamingPipeline")) == [
        "ledger-postings",
        "payment-events",
    ]


def test_every_alarm_goes_to_the_owner(recordings: Mapping[StackName, Recording]) -> None:
    """Beside the environment's topic, that of the team whose pipeline it is."""
    prod = recordings[StackName.PROD]
    topics = {each.name: each.inputs["name"] for each in prod.of("aws:sns/topic:Topic")}
    arn = f"arn:aws:sns:us-east-1:{prod.account}:slipway-prod"
    for entry in load_workspace(ROOT / "examples" / "finedge").pipelines:
        alarm = prod.one("aws:cloudwatch/metricAlarm:MetricAlarm", f"{entry.name}-freshness").inputs
        assert alarm["alarmActions"] == [f"{arn}-alerts", f"{arn}-alerts-{entry.owner}"]
        assert topics[f"owner-{entry.owner}"] == f"slipway-prod-alerts-{entry.owner}"


def test_who_measures_reads_every_schema_and_changes_none(recordings: Mapping[StackName, Recording]) -> None:
    """The newest row of any table, on the compute of pipelines; no role that writes is held."""
    prod = recordings[StackName.PROD]
    user = prod.one("snowflake:index/serviceUser:ServiceUser", "warehouse-observe").inputs
    role = "FINEDGE_PROD_OBSERVE"
    assert (user["name"], user["defaultRole"], user["defaultWarehouse"]) == (
        role,
        role,
        "FINEDGE_PROD_TRANSFORM",
    )
    held = {
        each.inputs["roleName"]
        for each in prod.of("snowflake:index/grantAccountRole:GrantAccountRole")
        if each.inputs.get("parentRoleName") == role
    }
    readers = {
        each.inputs["name"]
        for each in prod.of("snowflake:index/accountRole:AccountRole")
        if each.inputs["name"].endswith("__READ")
    }
    assert held == readers
    granted = [
        each.inputs
        for each in prod.of("snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole")
        if each.inputs["accountRoleName"] == role
    ]
    assert [each["privileges"] for each in granted] == [["USAGE"]]


def test_only_the_janitor_reads_production_and_makes_databases(
    recordings: Mapping[StackName, Recording],
) -> None:
    """It holds the role of dev's checks, which has nothing of prod; the deployer's role holds neither."""
    held = {
        stack: {
            (each.inputs.get("parentRoleName") or each.inputs["userName"], each.inputs["roleName"])
            for each in recordings[stack].of("snowflake:index/grantAccountRole:GrantAccountRole")
        }
        for stack in (StackName.DEV, StackName.PROD)
    }
    janitor, checks = "FINEDGE_PROD_JANITOR", "FINEDGE_DEV_CI"
    of_janitor = {role for holder, role in held[StackName.PROD] if holder == janitor}
    assert checks in of_janitor
    assert all(role.endswith("__READ") for role in of_janitor - {checks})
    holders = {holder for holder, role in held[StackName.PROD] if role == janitor}
    assert holders == {"SYSADMIN", "FINEDGE_PROD_DEPLOY"}
    users = {
        each.inputs["name"]
        for each in recordings[StackName.PROD].of("snowflake:index/serviceUser:ServiceUser")
    }
    assert "FINEDGE_PROD_DEPLOY" in users  # a user, not the role of that name
    of_checks = {role for holder, role in held[StackName.DEV] if holder == checks}
    assert not [role for role in of_checks if "PROD" in role]
    assert (checks, janitor) not in held[StackName.PROD] | held[StackName.DEV]
    made = {
        each.inputs["accountRoleName"]
        for each in recordings[StackName.PROD].of(
            "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"
        )
        if each.inputs["privileges"] == ["CREATE DATABASE"]
    }
    assert made == {janitor}


def test_shared_holds_what_exists_once(recordings: Mapping[StackName, Recording]) -> None:
    """Evidence and trails with a lock, one ledger, a key a stack for Pulumi's secrets, one repository."""
    shared = recordings[StackName.SHARED]
    locked = shared.of("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert sorted(each.name for each in locked) == ["audit-evidence", "trail"]
    tables = {each.inputs["name"] for each in shared.of("aws:dynamodb/table:Table")}
    assert tables == {"slipway-shared-ledger", "slipway-shared-ledger-index"}
    aliases = {each.inputs["name"] for each in shared.of("aws:kms/alias:Alias")}
    assert {"alias/slipway-shared-signing", "alias/slipway-shared-approvals"} <= aliases
    assert shared.one("github:index/repository:Repository").inputs["name"] == "finedge-pipelines"
    assert [shared.of(type_) for type_ in PIPELINES] == [[], []]


def test_a_trail_watches_the_buckets_that_count(recordings: Mapping[StackName, Recording]) -> None:
    """Artifacts and state in the audit account, DAG files in each environment's; all into one bucket."""
    for stack, watched in (
        (StackName.SHARED, ["finedge-shared-artifacts-111122223333", "finedge-shared-state-111122223333"]),
        (StackName.PROD, ["finedge-prod-dags-444455556666"]),
    ):
        trail = recordings[stack].one("aws:cloudtrail/trail:Trail").inputs
        objects = trail["advancedEventSelectors"][1]["fieldSelectors"][2]
        assert objects["startsWiths"] == [f"arn:aws:s3:::{bucket}/" for bucket in watched]
    prod = recordings[StackName.PROD].one("aws:cloudtrail/trail:Trail").inputs
    assert prod["s3BucketName"] == SHARED_OUTPUTS["trail_bucket"]
    assert prod["kmsKeyId"] == SHARED_OUTPUTS["trail_key_arn"]


@pytest.mark.parametrize("stack", list(StackName))
def test_no_two_resources_of_a_type_share_a_name(
    recordings: Mapping[StackName, Recording], stack: StackName
) -> None:
    """Two resources with one URN are refused by the engine, half-way through."""
    names = [(each.type, each.name) for each in recordings[stack].registered]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("stack", list(StackName))
def test_everything_that_takes_tags_has_them(
    recordings: Mapping[StackName, Recording], stack: StackName
) -> None:
    """What can carry tags, by the SDK's schema, carries all of them, with the stack's own name."""
    taggable = [each for each in recordings[stack].registered if each.type in taggable_types()]
    assert len(taggable) > 5
    for resource in taggable:
        assert set(resource.inputs.get("tags", {})) == set(REQUIRED_TAGS), resource.name
        assert resource.inputs["tags"]["Environment"] == stack.value


def test_each_deploy_role_may_read_artifacts_and_decrypt_them(
    recordings: Mapping[StackName, Recording],
) -> None:
    """Across accounts both sides have to allow it: the bucket and the key say so for each role."""
    shared = recordings[StackName.SHARED]
    bucket = str(shared.one("aws:s3/bucketPolicy:BucketPolicy", "artifacts").inputs["policy"])
    key = str(shared.one("aws:kms/key:Key", "artifacts").inputs["policy"])
    for environment in Environment:
        role = recordings[StackName(environment)].one("aws:iam/role:Role", "deploy").inputs["name"]
        assert f":role/{role}" in bucket
        assert f":role/{role}" in key


def test_the_account_monitor_is_the_accounts(recordings: Mapping[StackName, Recording]) -> None:
    """A monitor that nothing names watches nothing."""
    shared = recordings[StackName.SHARED]
    monitor = shared.one("snowflake:index/resourceMonitor:ResourceMonitor").inputs["name"]
    assert shared.one("snowflake:index/currentAccount:CurrentAccount").inputs["resourceMonitor"] == monitor


def test_teams_of_auditors_read_and_teams_of_authors_write(
    recordings: Mapping[StackName, Recording],
) -> None:
    """An auditor who can push could change what they audit; an approver who cannot read cannot review."""
    access = recordings[StackName.SHARED].of("github:index/teamRepository:TeamRepository")
    levels = {each.name: each.inputs["permission"] for each in access}
    assert levels["workspace-controls"] == "pull"
    assert levels["workspace-approvers"] == "pull"
    assert levels["workspace-settlements"] == "push"


def test_only_the_default_branch_deploys(recordings: Mapping[StackName, Recording]) -> None:
    """A branch that nobody reviewed must not reach an environment's secrets."""
    shared = recordings[StackName.SHARED]
    policies = shared.of(
        "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy"
    )
    assert {each.inputs["branchPattern"] for each in policies} == {"main"}
    assert len(policies) == len(Environment)


def test_the_deploy_role_reads_artifacts_and_never_writes_them(
    recordings: Mapping[StackName, Recording],
) -> None:
    """Whoever can write an artifact can replace what was approved."""
    made = recordings[StackName.PROD].one("aws:iam/rolePolicy:RolePolicy", "deploy")
    statements = json.loads(made.inputs["policy"])["Statement"]
    bucket = str(SHARED_OUTPUTS["artifact_bucket_arn"])
    reading = [each for each in statements if any(bucket in one for one in each["Resource"])]
    assert [sorted(each["Action"]) for each in reading] == [
        ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"]
    ]
    writing = [each["Sid"] for each in statements if "s3:PutObject" in each["Action"]]
    assert writing == ["PublishDags"]


def test_no_environment_names_another_ones_account_objects(
    recordings: Mapping[StackName, Recording],
) -> None:
    """The environments are databases of one Snowflake account."""
    dev = recordings[StackName.DEV]
    for role in dev.of("snowflake:index/accountRole:AccountRole"):
        assert role.inputs["name"].startswith("FINEDGE_DEV_")
    for resource in dev.registered:
        if resource.type.startswith("snowflake:"):
            assert "PROD" not in str(resource.inputs)


def test_no_monitor_suspends_production_or_a_rollback(recordings: Mapping[StackName, Recording]) -> None:
    """A budget that stops a payment report, or the way back from a bad release, costs more than it saves."""
    for environment in Environment:
        made = recordings[StackName(environment)]
        monitor = made.one("snowflake:index/resourceMonitor:ResourceMonitor").inputs
        assert ("suspendTrigger" in monitor) is (environment is not Environment.PROD)
        watched = {
            each.name: each.inputs.get("resourceMonitor")
            for each in made.of("snowflake:index/warehouse:Warehouse")
        }
        assert watched.pop("rollback") is None
        assert set(watched.values()) == {monitor["name"]}


def test_all_stacks_stand_in_one_region() -> None:
    """At preview: names of shared's buses, keys and roles would be made with the wrong region."""
    settings = parse("dev", configuration(ROOT, StackName.DEV), root=ROOT)
    with pytest.raises(pulumi.RunError) as caught:
        record(lambda: deploy(settings), stack="dev", shared={**SHARED_OUTPUTS, "region": "eu-west-1"})
    told = "stack 'dev' stands in us-east-1, and 'shared' in eu-west-1: all stand in one region"
    assert told in str(caught.value)
    assert "set aws:region to eu-west-1 in Pulumi.dev.yaml" in str(caught.value)


def test_a_clone_is_of_what_the_catalog_has() -> None:
    """A source that nobody has is told with the setting, before anything is made; the nearest is named."""
    wanted = {"environment": "prod", "source": "FINEDGE.MART", "purpose": "Rehearses a release"}
    staging = configuration(ROOT, StackName.STAGING) | {"slipway:clones": json.dumps({"drill": wanted})}
    settings = parse("staging", staging, root=ROOT)
    with pytest.raises(pulumi.RunError, match=r"clones\.drill\.source' is wrong.*FINEDGE\.MART\n") as caught:
        record(lambda: deploy(settings), stack="staging", shared=SHARED_OUTPUTS)
    assert "did you mean 'FINEDGE.MARTS'?" in str(caught.value)


@pytest.mark.parametrize(("line", "said"), [("github: other\n", "other"), ("", "no organization")])
def test_the_catalogs_organization_is_the_one_that_teams_are_made_in(
    tmp_path: Path, line: str, said: str
) -> None:
    """GitHub ignores a line of CODEOWNERS that names a team of somebody else, without a word."""
    folder = WorkspaceFolder(tmp_path)
    folder.change("slipway.yaml", "github: finedge\n", line)
    settings = parse("shared", configuration(ROOT, StackName.SHARED), root=ROOT)
    other = settings.model_copy(update={"workspace": folder.root})
    with pytest.raises(pulumi.RunError, match=f"names {said}\n.*write github: finedge into slipway"):
        record(lambda: deploy(other), stack="shared")


def test_production_builds_no_pull_request(recordings: Mapping[StackName, Recording]) -> None:
    """What nobody reviewed has neither a role nor a user nor compute there."""
    names = {
        stack: {str(each.inputs["name"]) for each in recordings[stack].registered if "name" in each.inputs}
        for stack in (StackName.DEV, StackName.PROD)
    }
    assert "FINEDGE_DEV_CI" in names[StackName.DEV]
    assert "FINEDGE_PROD_CI" not in names[StackName.PROD]


def test_the_state_of_a_stack_holds_no_private_key(recordings: Mapping[StackName, Recording]) -> None:
    """Users have public keys; whoever has the private half is told elsewhere."""
    users = recordings[StackName.PROD].of("snowflake:index/serviceUser:ServiceUser")
    assert {each.inputs["name"] for each in users} == {
        "FINEDGE_PROD_AIRFLOW",
        "FINEDGE_PROD_DEPLOY",
        "FINEDGE_PROD_OBSERVE",
    }
    for user in users:
        assert user.inputs["rsaPublicKey"].startswith("MII")
        assert "PRIVATE" not in str(user.inputs)
