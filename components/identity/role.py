"""A role of the platform: one duty, one policy, within the boundary."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags

_SESSION_SECONDS: Final = 3600


@dataclass(frozen=True, kw_only=True)
class DutyRoleArgs:
    """Who does what.

    Attributes:
        role: physical name.
        duty: what it is for, one line.
        trust: policy document that says who may assume it.
        policy: policy document that says what it may do.
        boundary_arn: the most that it can do.
    """

    role: str
    duty: str
    trust: pulumi.Input[str]
    policy: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    tags: Tags


class DutyRole(PlatformComponent, token="slipway:identity:DutyRole"):
    """A role for one duty; its sessions end after an hour."""

    def __init__(self, name: str, args: DutyRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.role = self._create_role(args)
        self._create_policy(args)
        self.arn: pulumi.Output[str] = self.role.arn
        self.publish(arn=self.arn)

    def _create_role(self, args: DutyRoleArgs) -> aws.iam.Role:
        return aws.iam.Role(
            self.name,
            name=args.role,
            description=args.duty,
            assume_role_policy=args.trust,
            max_session_duration=_SESSION_SECONDS,
            permissions_boundary=args.boundary_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_policy(self, args: DutyRoleArgs) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(self.name, role=self.role.name, policy=args.policy, opts=self.child())
