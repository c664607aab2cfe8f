"""Settings are read once, and a typing mistake never becomes a default."""

import base64
import json
from datetime import UTC, datetime
from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from components.warehouse.environment_monitor import WhenSpent
from slipway.model.airflow_capacity import EnvironmentClass
from slipway.model.cost_basis import EnvironmentCostBasis
from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError, ExitCode, SlipwayError, UsageError
from slipway.model.retention import LockMode
from slipway.model.warehouse_size import WarehouseSize
from slipway.model.workload import Workload
from stacks.settings import EnvironmentSettings, SharedSettings, parse
from stacks.warehouse_settings import ServiceUserName
from tests.doubles.stack_files import configuration

ROOT = Path("/workspace")
COST = {
    "logGigabytes": 20,
    "buildMinutes": 26400,
    "bucketGigabytes": 200,
    "bucketWrites": 1000000,
    "tableGigabytes": 1,
    "tableReads": 5000000,
    "tableWrites": 2000000,
    "keyRequests": 2000000,
    "trailEvents": 5000000,
    "pipelineLogGigabytes": 1,
    "natGigabytes": 100,
    "endpointGigabytes": 200,
    "airflowWorkerHours": 0,
    "airflowDatabaseGigabytes": 5,
    "sparkBatchVcpuHours": 1500,
    "sparkBatchGigabyteHours": 6000,
    "sparkStreamingVcpuHours": 500,
    "sparkStreamingGigabyteHours": 2000,
    "pipelineAuditMinutes": 10,
    "pipelineCandidateMinutes": 10,
    "rollbackMinutes": 60,
    "checkMinutes": 4400,
    "maskMinutes": 0,
    "maskedTerabytes": 0,
    "cloneTerabytes": 1,
    "alarmMails": 500,
    "pipelineSecrets": 2,
    "secrets": 6,
}


def _public(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """The public half, as Snowflake takes it."""
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(public).decode()


def _clone(name: str = "drill", **changed: str) -> str:
    """A right clone with something changed."""
    right = {"environment": "dev", "source": "FINEDGE.MARTS", "purpose": "Rehearses a release"}
    return json.dumps({name: right | changed})


POOL = json.dumps({"environment": "dev", "ready": 12, "maxAgeHours": 24})
KEY = _public(rsa.generate_private_key(public_exponent=65537, key_size=2048))
SIZES = {"transform": "XSMALL", "release": "XSMALL", "rollback": "SMALL", "ci": "XSMALL"}
KEYS = {"airflow": [KEY], "ci": [KEY], "deploy": [KEY, KEY], "observe": [KEY]}
IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0-26.08.27"
CONNECTION = "arn:aws:codeconnections:us-east-1:222233334444:connection/6d3a1f6e-4f0c-4b6a-9a54-0f6f3f6f2b11"
DEV = {
    "aws:region": "us-east-1",
    "aws:allowedAccountIds": '["222233334444"]',
    "aws:assumeRoles": '[{"roleArn": "arn:aws:iam::222233334444:role/Operators"}]',
    "slipway:workspace": "examples/finedge",
    "slipway:organization": "finedge",
    "slipway:owner": "platform",
    "slipway:costCenter": "CC-1000",
    "slipway:logRetentionDays": "14",
    "slipway:warehouseSizes": json.dumps(SIZES),
    "slipway:monthlyBudget": "1950",
    "slipway:monthlyCredits": "200",
    "slipway:spentCredits": "SUSPEND",
    "slipway:serviceUserKeys": json.dumps(KEYS),
    "slipway:clones": "{}",
    "slipway:timeTravelDays": "1",
    "slipway:statementLimitMinutes": "60",
    "slipway:networkCidr": "10.20.0.0/18",
    "slipway:zones": "2",
    "slipway:natGateways": "1",
    "slipway:endpointZones": "1",
    "slipway:airflowSmallestClass": "mw1.micro",
    "slipway:airflowLargestClass": "mw1.large",
    "slipway:airflowMinWorkers": "1",
    "slipway:airflowMaxWorkers": "5",
    "slipway:airflowProtected": "false",
    "slipway:checksPullRequests": "true",
    "slipway:sparkBatchVcpus": "16",
    "slipway:sparkStreamingVcpus": "16",
    "slipway:sparkClusterUnits": "0",
    "slipway:buildImage": IMAGE,
    "slipway:sourceConnection": CONNECTION,
    "slipway:platformRepository": "finedge/slipway",
    "slipway:platformRevision": "v1.2.3",
    "snowflake:organizationName": "FINEDGE",
    "snowflake:accountName": "PAYMENTS",
    "slipway:cost": json.dumps(COST),
}
PROJECT = Path(__file__).parents[2]
FILE = "write it into /workspace/Pulumi.dev.yaml"


def test_an_environment_is_read_whole() -> None:
    """The happy path that every other case mutates."""
    assert parse("dev", DEV, root=ROOT) == EnvironmentSettings(
        stack=StackName.DEV,
        account_id="222233334444",
        operator_role_arn="arn:aws:iam::222233334444:role/Operators",
        region="us-east-1",
        workspace=Path("/workspace/examples/finedge"),
        organization="finedge",
        owner="platform",
        cost_center="CC-1000",
        log_retention_days=14,
        monthly_budget=1950,
        warehouse_sizes={
            Workload.TRANSFORM: WarehouseSize.XSMALL,
            Workload.RELEASE: WarehouseSize.XSMALL,
            Workload.ROLLBACK: WarehouseSize.SMALL,
            Workload.CI: WarehouseSize.XSMALL,
        },
        monthly_credits=200,
        spent_credits=WhenSpent.SUSPEND,
        service_user_keys={
            ServiceUserName.AIRFLOW: [KEY],
            ServiceUserName.CI: [KEY],
            ServiceUserName.DEPLOY: [KEY, KEY],
            ServiceUserName.OBSERVE: [KEY],
        },
        clones={},
        check_pool=None,
        time_travel_days=1,
        statement_limit_minutes=60,
        network_cidr=IPv4Network("10.20.0.0/18"),
        zones=2,
        nat_gateways=1,
        endpoint_zones=1,
        airflow_smallest_class=EnvironmentClass.MICRO,
        airflow_largest_class=EnvironmentClass.LARGE,
        airflow_min_workers=1,
        airflow_max_workers=5,
        airflow_protected=False,
        checks_pull_requests=True,
        spark_batch_vcpus=16,
        spark_streaming_vcpus=16,
        spark_cluster_units=0,
        build_image=IMAGE,
        source_connection=CONNECTION,
        platform_repository="finedge/slipway",
        platform_revision="v1.2.3",
        snowflake_account="FINEDGE-PAYMENTS",
        cost=EnvironmentCostBasis.model_validate(COST),
    )


@pytest.mark.parametrize(
    ("key", "value", "message", "remedy"),
    [
        ("slipway:logRetentionDay", "14", "sets 'slipway:logRetentionDay', which", "'logRetentionDays'"),
        ("slipway:logRetentionDays", "15", "'slipway:logRetentionDays' is wrong: CloudWatch Logs", FILE),
        ("slipway:logRetentionDays", "long", "is wrong: it is a whole number (it is 'long')", FILE),
        (
            "slipway:warehouseSizes",
            json.dumps({**SIZES, "ci": "HUGE"}),
            "'slipway:warehouseSizes.ci' is wrong: it is one of 'XSMALL', 'SMALL'",
            FILE,
        ),
        ("slipway:owner", "", "'slipway:owner' is wrong: it is the value of a tag: 1 to 256", FILE),
        ("slipway:costCenter", "CC<1000>", "'slipway:costCenter' is wrong: it is the value of a tag", FILE),
        ("slipway:warehouseSizes", '{"transform": "SMALL"}', "no size for release, rollback", FILE),
        ("slipway:warehouseSizes", "SMALL", "is wrong: it is a mapping", FILE),
        (
            "slipway:clones",
            '{"drill": {"environment": "dev", "source": "FINEDGE"}}',
            "clones.drill.purpose'",
            FILE,
        ),
        ("slipway:clones", _clone(name="Drill"), "'Drill' is no name: lower-case words", FILE),
        ("slipway:clones", _clone(environment="prod"), "reach dev only masked, as a janitor's clone", FILE),
        ("slipway:clones", _clone(at="2026-11-01"), "drill.at' is wrong: it is a moment with its", FILE),
        ("slipway:clones", _clone(until="never"), "drill.until' is wrong: there is no such field", FILE),
        ("slipway:checkPool", POOL, "it has rows of prod, masked, for the checks of another", FILE),
        (
            "slipway:warehouseSizes",
            json.dumps({**SIZES, "mask": "XSMALL"}),
            "does not set 'slipway:checkPool'",
            FILE,
        ),
        ("slipway:spentCredits", "STOP", "is wrong: it is one of 'NOTIFY' or 'SUSPEND'", FILE),
        ("slipway:monthlyBudget", "0", "is wrong: it is at least 1", FILE),
        ("slipway:monthlyCredits", "0", "is wrong: it is at least 1", FILE),
        ("slipway:serviceUserKeys", json.dumps({"ci": [KEY]}), "no key for airflow, deploy, observe", FILE),
        (
            "slipway:serviceUserKeys",
            json.dumps({**KEYS, "ci": "key"}),
            "'slipway:serviceUserKeys.ci' is wrong: it is a list",
            FILE,
        ),
        (
            "slipway:serviceUserKeys",
            json.dumps({**KEYS, "ci": []}),
            "'slipway:serviceUserKeys.ci' is wrong: it has at least 1",
            FILE,
        ),
        (
            "slipway:serviceUserKeys",
            json.dumps({**KEYS, "ci": ["-----BEGIN PUBLIC KEY-----"]}),
            "'slipway:serviceUserKeys.ci.0' is wrong: it is the base64 text of an RSA public key",
            FILE,
        ),
        (
            "slipway:serviceUserKeys",
            json.dumps({**KEYS, "ci": [_public(ec.generate_private_key(ec.SECP256R1()))]}),
            "'slipway:serviceUserKeys.ci.0' is wrong: Snowflake takes RSA keys of 2048 bits and more",
            FILE,
        ),
        ("slipway:timeTravelDays", "0", "is wrong: it is at least 1 (it is '0')", FILE),
        ("slipway:timeTravelDays", "91", "is wrong: it is at most 90 (it is '91')", FILE),
        ("slipway:checksPullRequests", "never", "is wrong: it is true or false (it is 'never')", FILE),
        ("slipway:organization", "Fin Edge", "is wrong: names begin with it: 2 to 16", FILE),
        (
            "slipway:networkCidr",
            "10.20.0.0",
            "'slipway:networkCidr' is wrong: network 10.20.0.0/32 is too",
            FILE,
        ),
        (
            "slipway:networkCidr",
            "10.20.0.0/24",
            "network 10.20.0.0/24 is too small: choose a prefix from",
            FILE,
        ),
        ("slipway:networkCidr", "10.20.1.0/18", "has host bits set; the network is 10.20.0.0/18", FILE),
        ("slipway:networkCidr", "11.20.0.0/18", "it is a network of private addresses (RFC 1918)", FILE),
        ("slipway:networkCidr", "the office", "it is a network such as 10.20.0.0/16", FILE),
        ("slipway:zones", "6", "it is 2 (MWAA needs two) to 5 (those of us-east-1) (it is '6')", FILE),
        ("slipway:zones", "1", "it is 2 (MWAA needs two) to 5", FILE),
        ("slipway:natGateways", "3", "it is at most the number of zones, 2 (it is '3')", FILE),
        ("slipway:natGateways", "-1", "it is at least 0", FILE),
        ("slipway:endpointZones", "0", "it is at least 1", FILE),
        ("slipway:endpointZones", "3", "it is at most the number of zones, 2", FILE),
        ("aws:region", "us-east-9", "'aws:region' is wrong: it is one of ap-northeast-1", FILE),
        ("slipway:airflowSmallestClass", "large", "it is one of 'mw1.micro', 'mw1.small'", FILE),
        (
            "slipway:airflowSmallestClass",
            "mw1.2xlarge",
            "airflowLargestClass' is wrong: it is at least",
            FILE,
        ),
        (
            "slipway:airflowMinWorkers",
            "6",
            "airflowMaxWorkers' is wrong: it is at least airflowMinWork",
            FILE,
        ),
        ("slipway:airflowMaxWorkers", "26", "it is at most 25 (it is '26')", FILE),
        ("slipway:airflowProtected", "maybe", "it is true or false (it is 'maybe')", FILE),
        ("slipway:sparkClusterUnits", "3", "it is 0 for no cluster, or at least 4 (it is '3')", FILE),
        ("slipway:sparkBatchVcpus", "4", "it is at least 8 (it is '4')", FILE),
        ("slipway:sparkStreamingVcpus", "5000", "it is at most 4000 (it is '5000')", FILE),
        ("slipway:buildImage", IMAGE.partition("-26.")[0], "with its whole version, such as aws/code", FILE),
        ("slipway:buildImage", "finedge/builds:1.0", "it is one of CodeBuild's own images", FILE),
        ("slipway:sourceConnection", "github", "a connection is arn:aws:codeconnections:<region>", FILE),
        ("slipway:platformRepository", "slipway", "a repository is <owner>/<name>", FILE),
        ("slipway:platformRevision", "main", "a branch moves by itself (it is 'main')", FILE),
        ("slipway:cost", "much", "'slipway:cost' is wrong: it is a mapping (it is 'much')", FILE),
        ("slipway:cost", "{}", "does not set 'slipway:cost.logGigabytes'", FILE),
        (
            "slipway:cost",
            json.dumps({**COST, "logGigabytes": 0.5}),
            "'slipway:cost.logGigabytes' is wrong: it is a whole number (it is 0.5)",
            FILE,
        ),
        (
            "slipway:cost",
            json.dumps({**COST, "secrets": -1}),
            "'slipway:cost.secrets' is wrong: it is at least 0 (it is -1)",
            FILE,
        ),
        (
            "slipway:cost",
            json.dumps({**COST, "secret": 1}),
            "'slipway:cost.secret' is wrong: there is no such field",
            FILE,
        ),
        ("slipway:evidenceLockMode", "COMPLIANCE", "stack 'dev' does not know", "use one of"),
        ("aws:allowedAccountIds", "[]", "allows 0 AWS accounts", "aws:allowedAccountIds"),
        ("aws:allowedAccountIds", '["1","2"]', "allows 2 AWS accounts", "aws:allowedAccountIds"),
        (
            "aws:assumeRoles",
            "[]",
            "assumes 0 roles; a stack is worked on with exactly one",
            "aws:assumeRoles",
        ),
        ("aws:allowedAccountIds", "222233334444", "is wrong: it is a list (it is '2222", "of one account id"),
        ("aws:allowedAccountIds", "mine", "is wrong: it is a list (it is 'mine')", "of one account id"),
        ("aws:assumeRoles", "arn:aws:iam::2", "is wrong: it is a list (it is 'arn", "mapping with roleArn"),
        ("aws:assumeRoles", '["arn:aws:iam::2"]', "it is a mapping (it is 'arn", "mapping with roleArn"),
        ("aws:assumeRoles", '[{"roleArn": "me"}]', "'aws:assumeRoles' is wrong: a role is arn:aws:", FILE),
        ("aws:assumeRoles", '[{"sessionName": "me"}]', "does not set 'aws:assumeRoles'", FILE),
        ("aws:allowedAccountIds", '["12"]', "'aws:allowedAccountIds' is wrong: an AWS account is", FILE),
        (
            "aws:assumeRoles",
            '[{"roleArn": "arn:aws:iam::333344445555:role/Operators"}]',
            "'aws:assumeRoles' is wrong: it is of another account than the 222233334444 of aws:allowedAcc",
            FILE,
        ),
        (
            "slipway:sourceConnection",
            CONNECTION.replace("222233334444", "333344445555"),
            "'slipway:sourceConnection' is wrong: it is of another account than the 222233334444",
            FILE,
        ),
        ("slipway:checksPullRequests", "false", "both are there where it is true, and nowhere else", FILE),
        (
            "snowflake:organizationName",
            "FIN-EDGE",
            "'snowflake:organizationName' is wrong: it is a lett",
            FILE,
        ),
        (
            "snowflake:accountName",
            "1PAYMENTS",
            "'snowflake:accountName' is wrong: it is a letter, then",
            FILE,
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(key: str, value: str, message: str, remedy: str) -> None:
    """One message, the file and the key in it."""
    with pytest.raises(DefinitionError) as caught:
        parse("dev", {**DEV, key: value}, root=ROOT)
    assert "Pulumi.dev.yaml" in caught.value.message
    assert message in caught.value.message
    assert remedy in caught.value.remedy


def test_checks_and_what_they_build_with_come_and_go_together() -> None:
    """A user that nothing logs in as is one that somebody else may log in as."""
    keys = json.dumps({user: key for user, key in KEYS.items() if user != "ci"})
    sizes = json.dumps({load: size for load, size in SIZES.items() if load != "ci"})
    without = {**DEV, "slipway:warehouseSizes": sizes, "slipway:serviceUserKeys": keys}
    with pytest.raises(DefinitionError, match="both are there where it is true, and nowhere else"):
        parse("dev", without, root=ROOT)
    assert parse("dev", {**without, "slipway:checksPullRequests": "false"}, root=ROOT).stack is StackName.DEV


@pytest.mark.parametrize("stack", [StackName.STAGING, StackName.PROD])
def test_pull_requests_are_checked_in_dev_alone(stack: StackName) -> None:
    """What nobody has reviewed runs beside no production credential, and beside no copy of production."""
    settings = configuration(PROJECT, stack) | {"slipway:checksPullRequests": "true"}
    with pytest.raises(DefinitionError, match="runs in dev's account and in no other"):
        parse(stack, settings, root=ROOT)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("slipway:evidenceRetentionYears", "6", "it is at least 7"),
        ("slipway:evidenceLockMode", "GOVERNANCE", "it is COMPLIANCE: the bucket's default is that of prod"),
        (
            "slipway:environmentAccounts",
            '{"dev": "222233334444", "staging": "222233334444", "prod": "444455556666"}',
            "222233334444 is there for two stacks; each has an account of its own",
        ),
        (
            "slipway:environmentAccounts",
            '{"dev": "111122223333", "staging": "333344445555", "prod": "444455556666"}',
            "111122223333 is there for two stacks",
        ),
    ],
)
def test_the_shared_stack_refuses_what_no_auditor_would_take(key: str, value: str, message: str) -> None:
    """Records that somebody may shorten prove nothing; an account that is two stacks' separates nothing."""
    with pytest.raises(DefinitionError, match=message) as caught:
        parse("shared", configuration(PROJECT, StackName.SHARED) | {key: value}, root=ROOT)
    assert f"Pulumi.shared.yaml: '{key}' is wrong" in caught.value.message
    assert caught.value.remedy == "write it into /workspace/Pulumi.shared.yaml"


def test_a_clone_shows_a_moment_that_is_past() -> None:
    """One that is long past stays right: the clone has been there since."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    for at, is_right in (
        ("2026-10-31T00:00:00Z", True),
        ("2025-01-01T00:00:00Z", True),
        ("2026-11-02T00:00:00Z", False),
    ):
        settings = DEV | {"slipway:clones": _clone(at=at)}
        if is_right:
            parse("dev", settings, root=ROOT, now=now)
            continue
        with pytest.raises(DefinitionError, match="it is in the future; a clone shows a moment that is past"):
            parse("dev", settings, root=ROOT, now=now)


def test_a_cluster_needs_a_way_out() -> None:
    """Its nodes could not report to EMR, and it would be given up after an hour."""
    settings = {**DEV, "slipway:natGateways": "0", "slipway:sparkClusterUnits": "16"}
    with pytest.raises(DefinitionError, match=r"sparkClusterUnits' is wrong: nodes .* natGateways is 0"):
        parse("dev", settings, root=ROOT)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("slipway:timeTravelDays", "6", "production keeps at least 7 days"),
        ("slipway:spentCredits", "SUSPEND", "a budget never stops production"),
        ("slipway:warehouseSizes", json.dumps(SIZES), "production has no ci"),
        ("slipway:serviceUserKeys", json.dumps(KEYS), "there is no user ci where warehouseSizes has no ci"),
    ],
)
def test_production_refuses_what_other_environments_may(key: str, value: str, message: str) -> None:
    """Settings tell environments apart, but what protects production is no matter of taste."""
    prod = configuration(PROJECT, StackName.PROD)
    assert parse("prod", prod, root=ROOT).stack is StackName.PROD
    with pytest.raises(DefinitionError, match=message) as caught:
        parse("prod", {**prod, key: value}, root=ROOT)
    assert f"Pulumi.prod.yaml: '{key}" in caught.value.message


def test_a_deployment_says_to_whom_keys_are_open_and_assumes_nobody() -> None:
    """The settings are those of a person's stack file, so that no key's policy changes with who works."""
    operator = {"slipway:operatorRole": "arn:aws:iam::222233334444:role/Operators"}
    deployments = {key: value for key, value in DEV.items() if key != "aws:assumeRoles"} | operator
    assert parse("dev", deployments, root=ROOT) == parse("dev", DEV, root=ROOT)
    with pytest.raises(DefinitionError, match="sets 'slipway:operatorRole', which stack 'dev' does not know"):
        parse("dev", DEV | operator, root=ROOT)


@pytest.mark.parametrize("key", sorted(DEV.keys() - {"aws:allowedAccountIds", "aws:assumeRoles"}))
def test_a_missing_value_is_named(key: str) -> None:
    """There is no default: what is not set is asked for by name."""
    with pytest.raises(DefinitionError) as caught:
        parse("dev", {name: value for name, value in DEV.items() if name != key}, root=ROOT)
    assert f"'{key}'" in caught.value.message


@pytest.mark.parametrize(
    ("accounts", "message"),
    [
        ('{"dev": "222233334444"}', "environmentAccounts' is wrong: no account for staging, prod"),
        (
            '{"dev": "2", "staging": "333344445555", "prod": "444455556666"}',
            "environmentAccounts.dev' is wrong: an AWS account is a text of 12 digits",
        ),
        ('{"dev": 2}', "environmentAccounts.dev' is wrong: it is a text: write it in quotes"),
        ('{"test": "2"}', "environmentAccounts.test' is wrong: it is one of 'dev', 'staging' or 'prod'"),
        ("no json", "environmentAccounts' is wrong: it is a mapping"),
    ],
)
def test_every_environment_has_an_account(accounts: str, message: str) -> None:
    """An environment without an account could not read a single artifact."""
    shared = configuration(PROJECT, StackName.SHARED)
    with pytest.raises(DefinitionError, match=message):
        parse("shared", {**shared, "slipway:environmentAccounts": accounts}, root=ROOT)


def test_the_file_to_edit_is_where_the_links_lead(tmp_path: Path) -> None:
    """In a folder of links the stack files are copies: one that is repaired there is overwritten."""
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "Pulumi.yaml").touch()
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "Pulumi.yaml").symlink_to(tmp_path / "checkout" / "Pulumi.yaml")
    with pytest.raises(DefinitionError) as caught:
        parse("dev", {**DEV, "slipway:logRetentionDays": "15"}, root=tmp_path / "links")
    assert caught.value.remedy == (
        f"write it into {tmp_path}/checkout/Pulumi.dev.yaml, and bring the copy that was read up to date "
        f"({tmp_path}/links/Pulumi.dev.yaml)"
    )


def test_a_stack_that_is_none_of_ours() -> None:
    """`pulumi up -s production` must not make a fourth environment."""
    with pytest.raises(UsageError, match="'production' is not a stack of this project") as caught:
        parse("production", DEV, root=ROOT)
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("stack", list(StackName))
def test_the_stack_files_of_the_repository_are_right(stack: StackName) -> None:
    """Each names its own account and its own awskms secrets provider, and holds no secret."""
    document = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    settings = parse(stack, configuration(PROJECT, stack), root=ROOT)
    assert document["secretsprovider"] == f"awskms://alias/slipway-pulumi-{stack}?region=us-east-1"
    assert "encryptionsalt" not in document
    assert f":{settings.account_id}:" in document["config"]["aws:assumeRoles"][0]["roleArn"]
    if isinstance(settings, SharedSettings):
        assert (settings.evidence_lock_mode, settings.evidence_retention_years) == (LockMode.COMPLIANCE, 7)


def test_no_two_stacks_share_an_account() -> None:
    """Isolation of the environments begins with their accounts."""
    accounts = [
        yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"][
            "aws:allowedAccountIds"
        ][0]
        for stack in StackName
    ]
    assert len(set(accounts)) == len(accounts)


def test_no_two_stacks_share_addresses() -> None:
    """Networks that overlap can never be connected, and a flow log would not tell them apart."""
    every = [parse(stack, configuration(PROJECT, stack), root=ROOT) for stack in StackName]
    networks = [settings.network_cidr for settings in every]
    assert len(networks) == 4
    assert not any(one.overlaps(other) for one, other in combinations(networks, 2))


def test_addresses_of_another_stack_are_refused(tmp_path: Path) -> None:
    """The other stacks' files lie beside it; one that is not there, or asks for nothing, is in no way."""
    files = {"staging": "10.24.0.0/16", "prod": "not yet", "shared": ""}
    for stack, network in files.items():
        config = {"config": {"slipway:networkCidr": network} if network else {}}
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert parse("dev", DEV, root=tmp_path).network_cidr == IPv4Network("10.20.0.0/18")
    with pytest.raises(DefinitionError) as caught:
        parse("dev", {**DEV, "slipway:networkCidr": "10.24.64.0/18"}, root=tmp_path)
    assert caught.value.message == (
        "Pulumi.dev.yaml: 'slipway:networkCidr' is wrong: 10.24.0.0/16 of Pulumi.staging.yaml has addresses "
        "of it; no two stacks share any (it is '10.24.64.0/18')"
    )
    assert "Pulumi.dev.yaml" in caught.value.remedy


def test_a_private_key_that_was_taken_for_the_public_one_is_not_told_on() -> None:
    """The message is in the log of whatever read the settings, for as long as that is kept."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    text = base64.b64encode(private).decode()
    with pytest.raises(DefinitionError, match="it is the base64 text of an RSA public key") as caught:
        parse("dev", {**DEV, "slipway:serviceUserKeys": json.dumps({**KEYS, "deploy": [text]})}, root=ROOT)
    assert "'slipway:serviceUserKeys.deploy.0' is wrong" in caught.value.message
    assert text[:20] not in str(caught.value)


def test_errors_are_of_the_one_tree() -> None:
    """The program turns only these into clean messages."""
    with pytest.raises(SlipwayError):
        parse("dev", {}, root=ROOT)
