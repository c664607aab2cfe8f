"""Roles by duty: exactly these resources, each with its boundary. What they may do: tests/stacks/rights."""

import json

import pytest

from components.identity import trust
from components.identity.boundary import PermissionBoundary, PermissionBoundaryArgs
from components.identity.role import DutyRole, DutyRoleArgs
from slipway.model.team import Role, Roster
from stacks.identity import users_of
from tests.doubles.entries import NAMING, PLATFORM_TAGS
from tests.doubles.pulumi_recorder import record
from tests.doubles.releases import person

_MANAGED_POLICY_MAX = 6144
_TRUST_MAX = 2048


def test_a_duty_is_a_role_with_one_policy_within_the_boundary() -> None:
    """Its sessions end after an hour: whoever left with a credential has it no longer than that."""
    args = DutyRoleArgs(
        role="slipway-dev-check",
        duty="Checks",
        trust='{"trust": 1}',
        policy='{"policy": 1}',
        boundary_arn="arn:aws:iam::222233334444:policy/slipway-dev-boundary",
        tags=PLATFORM_TAGS,
    )
    made = record(lambda: DutyRole("check", args))
    assert made.counts() == {
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        "slipway:identity:DutyRole": 1,
    }
    assert made.one("aws:iam/role:Role").inputs == {
        "name": "slipway-dev-check",
        "description": "Checks",
        "assumeRolePolicy": '{"trust": 1}',
        "maxSessionDuration": 3600,
        "permissionsBoundary": "arn:aws:iam::222233334444:policy/slipway-dev-boundary",
        "tags": PLATFORM_TAGS.as_aws(),
    }
    assert made.one("aws:iam/rolePolicy:RolePolicy").inputs == {
        "role": "slipway-dev-check",
        "policy": '{"policy": 1}',
    }


def test_the_boundary_is_one_managed_policy() -> None:
    """IAM takes no managed policy above 6144 characters, white space not counted (IAM quotas)."""
    args = PermissionBoundaryArgs(
        policy=NAMING.boundary, role_pattern=NAMING.role_pattern, tags=PLATFORM_TAGS
    )
    made = record(lambda: PermissionBoundary("boundary", args))
    assert made.counts() == {
        "aws:iam/policy:Policy": 1,
        "slipway:identity:PermissionBoundary": 1,
    }
    policy = made.one("aws:iam/policy:Policy").inputs
    assert policy["name"] == "slipway-dev-boundary"
    assert len("".join(policy["policy"].split())) <= _MANAGED_POLICY_MAX
    own = json.loads(policy["policy"])["Statement"][1]
    assert own["Resource"] == ["arn:aws:iam::222233334444:role/slipway-dev-*"]


def test_only_users_come_in_by_their_name() -> None:
    """A session of an SSO role has no user name that a trust policy could compare."""
    sso = "arn:aws:sts::111122223333:assumed-role/Sso/dev@finedge.example"
    people = (
        person("ben.okafor", Role.APPROVER),
        person("ana.silva", Role.APPROVER, Role.DATA_ENGINEER),
        person("emma.larsen", Role.DATA_ENGINEER),
        person("dev.patel", Role.APPROVER).model_copy(update={"aws_principal": sso}),
    )
    assert users_of(Roster(people=people, teams=()), Role.APPROVER) == (
        "arn:aws:iam::111122223333:user/ana.silva",
        "arn:aws:iam::111122223333:user/ben.okafor",
    )


@pytest.mark.parametrize("people", [1, 30])
def test_thirty_people_fit_into_a_trust_policy(people: int) -> None:
    """IAM takes no trust policy above 2048 characters unless the quota is raised."""
    users = [f"arn:aws:iam::111122223333:user/person.{number}" for number in range(people)]
    statement = trust.trust_people(users).as_json()
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::111122223333:root"]}
    assert len(json.dumps(statement)) < _TRUST_MAX
