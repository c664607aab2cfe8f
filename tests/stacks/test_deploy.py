"""Each stack declares what it should, from FinEdge's own workspace and the repository's own stack files."""

import json
from collections.abc import Mapping

import pytest
import yaml

from policies.rules.tagging import taggable_types
from slipway.catalog import load_workspace
from slipway.model.environment import Environment, StackName
from slipway.model.tags import REQUIRED_TAGS
from tests.doubles.declared_stacks import ROOT, SHARED_OUTPUTS, declared
from tests.doubles.pulumi_recorder import Recording


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
    declared = recordings[StackName(environment)].of("slipway:pipeline:DataPipeline")
    assert sorted(each.name for each in declared) == expected


def test_shared_holds_what_exists_once(recordings: Mapping[StackName, Recording]) -> None:
    """Evidence and trails with a lock, one ledger, a key a stack for Pulumi's secrets, one repository."""
    shared = recordings[StackName.SHARED]
    locked = shared.of("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert sorted(each.name for each in locked) == ["audit-evidence", "trail"]
    tables = {each.inputs["name"] for each in shared.of("aws:dynamodb/table:Table")}
    assert tables == {"slipway-shared-ledger", "slipway-shared-ledger-index"}
    aliases = {each.inputs["name"] for each in shared.of("aws:kms/alias:Alias")}
    assert "alias/slipway-shared-signing" in aliases
    assert {f"alias/slipway-pulumi-{stack}" for stack in StackName} <= aliases
    assert shared.one("github:index/repository:Repository").inputs["name"] == "finedge-pipelines"
    assert shared.of("slipway:pipeline:DataPipeline") == []


def test_the_secrets_provider_of_each_stack_file_is_a_key_of_shared(
    recordings: Mapping[StackName, Recording],
) -> None:
    """A stack file that named another alias could not be opened on the first real bring-up."""
    aliases = {each.inputs["name"] for each in recordings[StackName.SHARED].of("aws:kms/alias:Alias")}
    for stack in StackName:
        document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
        assert document["secretsprovider"].removeprefix("awskms://").split("?")[0] in aliases


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
    for grant in dev.of("snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"):
        assert "PROD" not in str(grant.inputs)
