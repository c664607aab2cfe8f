"""A CodeBuild project: one duty, one role, one buildspec, within time and network limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from components.builds.access import BuildReach, runtime_policy
from components.builds.filters import FilterGroup
from slipway.model.flow_naming import build_log_group
from slipway.model.naming import Naming
from slipway.model.tags import Tags

PLATFORM_SOURCE: Final = "platform"
"""The second source, beside the workspace: its folder is CODEBUILD_SRC_DIR_platform."""

_QUEUED_MINUTES: Final = 60
_BATCH_WAITS_MINUTES: Final = 16
"""For builds of a batch that wait for a machine: a batch's time limit counts that, a build's does not."""

_FULL_CLONE: Final = 0
_FORKS_WAIT: Final = {"requires_comment_approval": "FORK_PULL_REQUESTS"}
_CACHE_MODES: Final = ("LOCAL_SOURCE_CACHE", "LOCAL_CUSTOM_CACHE")


@unique
class Compute(StrEnum):
    """Sizes of a build: 2 and 4 vCPUs."""

    SMALL = "BUILD_GENERAL1_SMALL"
    MEDIUM = "BUILD_GENERAL1_MEDIUM"


@dataclass(frozen=True, kw_only=True)
class BuildPlace:
    """Where the builds of a stack run: the same for all of them.

    Attributes:
        naming: names of the stack.
        region: where it stands.
        image: a pinned image of CodeBuild's own.
        connection_arn: the CodeConnections connection to GitHub.
        platform: owner/name of the platform's repository on GitHub.
        revision: which of its commits or tags runs.
        key_arn: KMS key of the logs.
        vpc_id: the network.
        subnet_ids: its private subnets.
        subnet_arns: the same, by ARN.
        group_id: security group of what runs there.
        log_retention_days: how long logs stay.
    """

    naming: Naming
    region: str
    image: str
    connection_arn: str
    platform: str
    revision: str
    key_arn: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    subnet_arns: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    log_retention_days: int
    tags: Tags

    @property
    def interfaces(self) -> str:
        """ARN pattern of the network interfaces of the account."""
        return f"arn:aws:ec2:{self.region}:{self.naming.account_id}:network-interface/*"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Builds that one event starts side by side; the commit's status says how all of them ended.

    CodeBuild aggregates: pending until the last one ended, success when all succeeded (API reference,
    "ProjectBuildBatchConfig", `batchReportMode`, whose default that is).

    Attributes:
        role_arn: starts them.
        builds: how many; more are not started.
    """

    role_arn: pulumi.Input[str]
    builds: int


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A webhook on GitHub.

    Attributes:
        groups: which events start a build.
        status: the context under which GitHub is told how it ended.
        batch: the builds that it starts; None for a single one.
        forks_wait: a stranger's pull request is built once somebody who may write here has said so.
    """

    groups: Sequence[FilterGroup]
    status: str
    batch: Batch | None = None
    forks_wait: bool = False


@dataclass(frozen=True, kw_only=True)
class BuildProjectArgs:
    """What one project runs.

    Attributes:
        place: where.
        duty: after which the project is named.
        purpose: what for, one line.
        buildspec: what it runs, with its values.
        role: name and ARN of the role that it runs as.
        minutes: after which it is ended, at least 5.
        compute: how large.
        workspace: owner/name of the workspace's repository, where that is built; None: only the platform's.
        trigger: what on GitHub starts it; None: an event, a schedule or a person.
        cached: keep sources and tools on the build host; what is written there, the next build may read.
        secrets: pattern of the ARN of the secret that it reads.
        reports: ARNs of its report groups.
    """

    place: BuildPlace
    duty: str
    purpose: str
    buildspec: pulumi.Input[str]
    role: tuple[pulumi.Input[str], pulumi.Input[str]]
    minutes: int
    compute: Compute = Compute.SMALL
    workspace: pulumi.Input[str] | None = None
    trigger: Trigger | None = None
    cached: bool = False
    secrets: str | None = None
    reports: Sequence[pulumi.Input[str]] = ()


class BuildProject(PlatformComponent, token="slipway:builds:BuildProject"):
    """A project in the private network whose role has what it needs to run, and a log that ends."""

    def __init__(self, name: str, args: BuildProjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.place.tags, opts)
        self.log = self._create_log(args)
        self._policy = self._create_policy(args)
        self.project = self._create_project(args)
        if args.trigger:
            self._create_webhook(args.trigger)
        self.arn: pulumi.Output[str] = self.project.arn
        self.publish(arn=self.arn)

    def _create_log(self, args: BuildProjectArgs) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self.name,
            name=build_log_group(args.place.naming, args.duty),
            retention_in_days=args.place.log_retention_days,
            kms_key_id=args.place.key_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_policy(self, args: BuildProjectArgs) -> aws.iam.RolePolicy:
        reach = pulumi.Output.all(
            log_group=self.log.arn,
            connection=args.place.connection_arn,
            interfaces=args.place.interfaces,
            subnets=pulumi.Output.all(*args.place.subnet_arns),
            secrets=args.secrets,
            reports=pulumi.Output.all(*args.reports),
        )
        return aws.iam.RolePolicy(
            self.name,
            role=args.role[0],
            policy=reach.apply(lambda arns: runtime_policy(BuildReach(**arns))),
            opts=self.child(),
        )

    def _create_project(self, args: BuildProjectArgs) -> aws.codebuild.Project:
        # CodeBuild asks, when a project is made, whether its role may join the network.
        return aws.codebuild.Project(
            self.name,
            name=args.place.naming.build_project(args.duty),
            description=args.purpose,
            service_role=args.role[1],
            artifacts={"type": "NO_ARTIFACTS"},
            environment=_environment(args),
            build_timeout=args.minutes,
            queued_timeout=_QUEUED_MINUTES,
            cache={"type": "LOCAL", "modes": list(_CACHE_MODES)} if args.cached else {"type": "NO_CACHE"},
            logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": self.log.name}},
            vpc_config=_network(args.place),
            build_batch_config=_batch(args),
            tags=self.tags.as_aws(),
            opts=self.child(after=[self._policy]),
            **_sources(args),
        )

    def _create_webhook(self, trigger: Trigger) -> aws.codebuild.Webhook:
        groups = [
            {"filters": [{"type": type_, "pattern": pattern} for type_, pattern in group]}
            for group in trigger.groups
        ]
        return aws.codebuild.Webhook(
            self.name,
            project_name=self.project.name,
            build_type="BUILD" if trigger.batch is None else "BUILD_BATCH",
            filter_groups=groups,
            pull_request_build_policy=_FORKS_WAIT if trigger.forks_wait else None,
            opts=self.child(),
        )


def _environment(args: BuildProjectArgs) -> dict[str, Any]:
    return {
        "type": "LINUX_CONTAINER",
        "image": args.place.image,
        "image_pull_credentials_type": "CODEBUILD",
        "compute_type": args.compute.value,
        "privileged_mode": False,
    }


def _network(place: BuildPlace) -> dict[str, Any]:
    return {"vpc_id": place.vpc_id, "subnets": place.subnet_ids, "security_group_ids": [place.group_id]}


def _batch(args: BuildProjectArgs) -> dict[str, Any] | None:
    if args.trigger is None or args.trigger.batch is None:
        return None
    batch = args.trigger.batch
    return {
        "service_role": batch.role_arn,
        "timeout_in_mins": args.minutes + _BATCH_WAITS_MINUTES,
        "restrictions": {
            "compute_types_alloweds": [args.compute.value],
            "maximum_builds_allowed": batch.builds,
        },
    }


def _sources(args: BuildProjectArgs) -> dict[str, Any]:
    """The workspace first, where it is built, and the platform's pinned revision beside it."""
    platform = _repository(args.place, args.place.platform)
    if args.workspace is None:
        return {
            "source": {**platform, "buildspec": args.buildspec},
            "source_version": args.place.revision,
        }
    return {
        "source": {
            **_repository(args.place, args.workspace),
            **_reporting(args.trigger),
            "buildspec": args.buildspec,
        },
        "secondary_sources": [{**platform, "source_identifier": PLATFORM_SOURCE}],
        "secondary_source_versions": [
            {"source_identifier": PLATFORM_SOURCE, "source_version": args.place.revision}
        ],
    }


def _repository(place: BuildPlace, name: pulumi.Input[str]) -> dict[str, Any]:
    return {
        "type": "GITHUB",
        "location": pulumi.Output.concat("https://github.com/", name, ".git"),
        "git_clone_depth": _FULL_CLONE,  # releases are made from history
        "auth": {"type": "CODECONNECTIONS", "resource": place.connection_arn},
    }


def _reporting(trigger: Trigger | None) -> dict[str, Any]:
    if trigger is None:
        return {}
    return {"report_build_status": True, "build_status_config": {"context": trigger.status}}
