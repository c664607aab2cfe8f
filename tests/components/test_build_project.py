"""A build runs in the private network, unprivileged, for so long and no longer, and holds no secret."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import yaml

from components.builds.buildspec import BuildValues, batch_size, filled
from components.builds.filters import FilterGroup, merged, unmerged
from components.builds.project import BuildPlace, BuildProject, BuildProjectArgs, Compute, Trigger
from components.builds.validation import ValidationProject, ValidationProjectArgs
from tests.doubles.entries import NAMING, PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

SPEC = """\
version: 0.2
batch:
  build-list:
    - identifier: one
    - identifier: two
    - identifier: three
reports:
  checks:
    files: checks.xml
"""
CONNECTION = "arn:aws:codeconnections:us-east-1:222233334444:connection/c"
PLACE = BuildPlace(
    naming=NAMING,
    region="us-east-1",
    image="aws/codebuild/amazonlinux-x86_64-standard:5.0-26.08.27",
    connection_arn=CONNECTION,
    platform="finedge/slipway",
    revision="v1.2.3",
    key_arn="arn:aws:kms:us-east-1:222233334444:key/data",
    vpc_id="vpc-1",
    subnet_ids=["subnet-1", "subnet-2"],
    subnet_arns=["arn:aws:ec2:us-east-1:222233334444:subnet/subnet-1"],
    group_id="sg-1",
    log_retention_days=14,
    tags=PLATFORM_TAGS,
)
ROLE = ("slipway-dev-deploy", "arn:aws:iam::222233334444:role/slipway-dev-deploy")
DEPLOY = BuildProjectArgs(
    place=PLACE,
    duty="deploy",
    purpose="Carries a release in",
    buildspec="version: 0.2",
    role=ROLE,
    minutes=30,
    compute=Compute.MEDIUM,
    secrets="arn:aws:secretsmanager:*:222233334444:secret:slipway/dev/deploy-??????",
)
BUILD = replace(
    DEPLOY,
    duty="build",
    workspace="finedge/finedge-pipelines",
    trigger=Trigger(groups=merged("main"), status="slipway/build"),
)
PROJECT = "aws:codebuild/project:Project"


def _made(args: BuildProjectArgs) -> Recording:
    return record(lambda: BuildProject("deploy", args))


def test_a_build_project_has_exactly_these_children() -> None:
    """The role is its duty's; what running needs is a policy of its own."""
    assert _made(DEPLOY).counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        PROJECT: 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "slipway:builds:BuildProject": 1,
    }
    assert _made(BUILD).counts()["aws:codebuild/webhook:Webhook"] == 1


def test_a_build_is_bounded() -> None:
    """In time, in the network, in rights of its machine; nothing is handed from build to build."""
    project = _made(DEPLOY).one(PROJECT).inputs
    assert project["buildTimeout"] == 30
    assert project["environment"] == {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0-26.08.27",
        "imagePullCredentialsType": "CODEBUILD",
        "computeType": "BUILD_GENERAL1_MEDIUM",
        "privilegedMode": False,
    }
    assert project["vpcConfig"] == {
        "vpcId": "vpc-1",
        "subnets": ["subnet-1", "subnet-2"],
        "securityGroupIds": ["sg-1"],
    }
    assert project["cache"] == {"type": "NO_CACHE"}
    assert project["artifacts"] == {"type": "NO_ARTIFACTS"}


def test_a_builds_log_is_encrypted_and_ends() -> None:
    """The group is there before a build would make one that keeps everything forever."""
    made = _made(DEPLOY)
    group = made.one("aws:cloudwatch/logGroup:LogGroup").inputs
    assert (group["name"], group["retentionInDays"]) == ("/slipway/dev/builds/deploy", 14)
    assert group["kmsKeyId"] == PLACE.key_arn
    logs = made.one(PROJECT).inputs["logsConfig"]["cloudwatchLogs"]
    assert logs == {"groupName": "/slipway/dev/builds/deploy", "status": "ENABLED"}


def test_a_build_of_the_platform_runs_its_pinned_revision() -> None:
    """Whole history, through the connection; no token is stored anywhere."""
    project = _made(DEPLOY).one(PROJECT).inputs
    assert project["source"] == {
        "type": "GITHUB",
        "location": "https://github.com/finedge/slipway.git",
        "gitCloneDepth": 0,
        "auth": {"type": "CODECONNECTIONS", "resource": CONNECTION},
        "buildspec": "version: 0.2",
    }
    assert project["sourceVersion"] == "v1.2.3"
    assert "secondarySources" not in project


def test_a_build_of_the_workspace_is_judged_by_the_pinned_platform() -> None:
    """What runs it comes from another repository: no change of the workspace changes how it is checked."""
    project = _made(BUILD).one(PROJECT).inputs
    assert project["source"]["location"] == "https://github.com/finedge/finedge-pipelines.git"
    assert project["source"]["buildStatusConfig"] == {"context": "slipway/build"}
    (platform,) = project["secondarySources"]
    assert (platform["sourceIdentifier"], platform["location"]) == (
        "platform",
        "https://github.com/finedge/slipway.git",
    )
    assert project["secondarySourceVersions"] == [{"sourceIdentifier": "platform", "sourceVersion": "v1.2.3"}]


def _check() -> Recording:
    args = ValidationProjectArgs(
        place=PLACE,
        workspace="finedge/finedge-pipelines",
        branch="main",
        purpose="Checks",
        minutes=12,
        compute=Compute.MEDIUM,
        buildspec=SPEC,
        values=BuildValues(variables={"DEFAULT_BRANCH": "main"}),
        role=("slipway-dev-check", "arn:aws:iam::222233334444:role/slipway-dev-check"),
        boundary_arn="arn:aws:iam::222233334444:policy/slipway-dev-boundary",
    )
    return record(lambda: ValidationProject("pull-requests", args))


def test_the_check_has_exactly_these_children() -> None:
    """Its batches start with a role of their own, which what is checked does not hold."""
    assert _check().counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        PROJECT: 1,
        "aws:codebuild/reportGroup:ReportGroup": 1,
        "aws:codebuild/webhook:Webhook": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 2,
        "slipway:builds:BuildProject": 1,
        "slipway:builds:ValidationProject": 1,
        "slipway:identity:DutyRole": 1,
    }


def test_the_check_is_a_batch_that_reports() -> None:
    """Twelve minutes for all of it; a fork waits for somebody's word; its status is the required one."""
    made = _check()
    project, webhook = made.one(PROJECT).inputs, made.one("aws:codebuild/webhook:Webhook").inputs
    assert (project["buildTimeout"], project["buildBatchConfig"]["timeoutInMins"]) == (12, 28)
    assert project["buildBatchConfig"]["restrictions"]["maximumBuildsAllowed"] == 3
    assert project["source"]["buildStatusConfig"] == {"context": "slipway/check"}
    assert project["cache"] == {"type": "LOCAL", "modes": ["LOCAL_SOURCE_CACHE", "LOCAL_CUSTOM_CACHE"]}
    assert webhook["buildType"] == "BUILD_BATCH"
    assert webhook["pullRequestBuildPolicy"] == {"requiresCommentApproval": "FORK_PULL_REQUESTS"}
    group = "arn:aws:codebuild:us-east-1:222233334444:report-group/slipway-dev-check"
    assert list(yaml.safe_load(project["source"]["buildspec"])["reports"]) == [group]


def _starts(groups: Sequence[FilterGroup], event: str, **refs: str) -> bool:
    """Whether an event on GitHub starts a build: one group matches whole (CodeBuild user guide)."""

    def matches(group: FilterGroup) -> bool:
        told = {"EVENT": event, **refs}
        return all(
            told[kind] in pattern.split(", ") if kind == "EVENT" else re.search(pattern, told.get(kind, "-"))
            for kind, pattern in group
        )

    return any(matches(group) for group in groups)


def test_a_batch_has_as_many_builds_as_its_buildspec_lists() -> None:
    """A buildspec without a batch is one build."""
    assert batch_size(SPEC) == 3
    assert batch_size("version: 0.2\n") == 1


def test_what_starts_a_check() -> None:
    """Pull requests into the default branch, and its merge queue's own branches; no other push."""
    groups, main = unmerged("main"), "refs/heads/main"
    assert _starts(groups, "PULL_REQUEST_CREATED", BASE_REF=main, HEAD_REF="refs/heads/change")
    assert _starts(groups, "PULL_REQUEST_UPDATED", BASE_REF=main, HEAD_REF="refs/heads/change")
    queued = "refs/heads/gh-readonly-queue/main/pr-412-0a1b"
    assert _starts(groups, "PUSH", HEAD_REF=queued)
    for event, refs in (
        ("PULL_REQUEST_MERGED", {"BASE_REF": main}),
        ("PULL_REQUEST_CREATED", {"BASE_REF": "refs/heads/main-2"}),
        ("PUSH", {"HEAD_REF": main}),
        ("PUSH", {"HEAD_REF": "refs/heads/change"}),
        ("PUSH", {"HEAD_REF": "refs/heads/gh-readonly-queue/other/pr-1-a"}),
        ("PUSH", {"HEAD_REF": "refs/heads/x/gh-readonly-queue/main/pr-1-a"}),
    ):
        assert not _starts(groups, event, **refs), (event, refs)


def test_what_starts_a_build() -> None:
    """A push to the default branch, which is what a merge is."""
    assert _starts(merged("main"), "PUSH", HEAD_REF="refs/heads/main")
    for event, ref in (
        ("PUSH", "refs/heads/main-2"),
        ("PUSH", "refs/heads/gh-readonly-queue/main/pr-1-a"),
        ("PULL_REQUEST_MERGED", "refs/heads/main"),
    ):
        assert not _starts(merged("main"), event, HEAD_REF=ref), (event, ref)


def test_values_are_written_into_the_buildspec() -> None:
    """Secrets by where they are; phases as they were."""
    text = "version: 0.2\nenv:\n  shell: bash\nphases:\n  build:\n    commands: [echo]\n"
    values = BuildValues(variables={"A": "1"}, secrets={"B": "slipway/dev/deploy:b"}, given=("RELEASE",))
    spec = yaml.safe_load(filled(text, values))
    assert spec["env"] == {
        "shell": "bash",
        "variables": {"A": "1"},
        "secrets-manager": {"B": "slipway/dev/deploy:b"},
    }
    assert spec["version"] == 0.2
    assert spec["phases"] == {"build": {"commands": ["echo"]}}


def test_running_needs_rights_to_this_builds_own_things() -> None:
    """Its log, its sources; no reports where there are none."""
    policy = json.loads(_made(DEPLOY).one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    by_name = {each["Sid"]: each for each in policy["Statement"]}
    log = "arn:aws:logs:us-east-1:222233334444:log-group:/slipway/dev/builds/deploy:*"
    assert by_name["WriteBuildLog"]["Resource"] == [log]
    assert by_name["ReadSources"]["Resource"] == [CONNECTION]
    assert "Report" not in by_name
