"""The check of pull requests and of the merge queue."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from components.builds.buildspec import BuildValues, batch_size, filled
from components.builds.filters import unmerged
from components.builds.project import Batch, BuildPlace, BuildProject, BuildProjectArgs, Compute, Trigger
from components.identity.role import DutyRole, DutyRoleArgs
from components.identity.trust import trust_build
from slipway.model.subjects import CHECK, CHECK_BATCH

STATUS: Final = "slipway/check"
"""The status that the default branch requires."""

_REPORT: Final = "checks"


@dataclass(frozen=True, kw_only=True)
class ValidationProjectArgs:
    """What is checked, and as whom.

    Attributes:
        place: where.
        workspace: owner/name of the repository.
        branch: its default branch.
        purpose: one line.
        minutes: after which a check is ended.
        compute: how large a build is.
        buildspec: text of buildspecs/check.yml.
        values: what that reads, but for reports.
        role: name and ARN of the role of checks.
        boundary_arn: the most that the role of batches can do.
    """

    place: BuildPlace
    workspace: pulumi.Input[str]
    branch: str
    purpose: str
    minutes: int
    compute: Compute
    buildspec: str
    values: BuildValues
    role: tuple[pulumi.Input[str], pulumi.Input[str]]
    boundary_arn: pulumi.Input[str]


class ValidationProject(PlatformComponent, token="slipway:builds:ValidationProject"):
    """Runs code that nobody has reviewed: a batch of builds, their report, and the status on the commit."""

    def __init__(
        self, name: str, args: ValidationProjectArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.place.tags, opts)
        self._reports = self._create_reports(args)
        self._batches = self._create_batch_role(args)
        self.project = self._create_project(args)
        self.publish(arn=self.project.arn)

    def _create_reports(self, args: ValidationProjectArgs) -> aws.codebuild.ReportGroup:
        return aws.codebuild.ReportGroup(
            self.name,
            name=args.place.naming.build_project(CHECK),
            type="TEST",
            export_config={"type": "NO_EXPORT"},
            delete_reports=True,  # what counts is evidence of the build; these are for people to look at
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_batch_role(self, args: ValidationProjectArgs) -> DutyRole:
        """A role of its own: what is checked could start builds with other settings as its own role."""
        naming = args.place.naming
        project = naming.build_project_arn(CHECK, args.place.region)
        role = DutyRoleArgs(
            role=naming.role(CHECK_BATCH),
            duty="Starts the builds of one check",
            trust=iam.document([trust_build(project)]),
            policy=batch_policy(project),
            boundary_arn=args.boundary_arn,
            tags=self.tags,
        )
        return DutyRole(f"{self.name}-batch", role, self.child())

    def _create_project(self, args: ValidationProjectArgs) -> BuildProject:
        spec = self._reports.arn.apply(lambda arn: filled(args.buildspec, _reported(args.values, arn)))
        project = BuildProjectArgs(
            place=args.place,
            duty=CHECK,
            purpose=args.purpose,
            buildspec=spec,
            role=args.role,
            minutes=args.minutes,
            compute=args.compute,
            workspace=args.workspace,
            trigger=Trigger(
                groups=unmerged(args.branch),
                status=STATUS,
                batch=Batch(role_arn=self._batches.arn, builds=batch_size(args.buildspec)),
                forks_wait=True,
            ),
            cached=True,
            reports=[self._reports.arn],
        )
        return BuildProject(self.name, project, self.child())


def batch_policy(project_arn: str) -> str:
    """Return what a batch may do: start, stop and retry builds of its own project (CodeBuild user guide)."""
    actions = ["codebuild:RetryBuild", "codebuild:StartBuild", "codebuild:StopBuild"]
    return iam.document([iam.Statement(sid="RunBatch", actions=actions, resources=[project_arn])])


def _reported(values: BuildValues, arn: str) -> BuildValues:
    return BuildValues(
        variables=values.variables, secrets=values.secrets, reports={_REPORT: arn}, given=values.given
    )
