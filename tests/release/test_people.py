"""Which AWS principal is which person."""

import pytest

from slipway.model.errors import ExitCode
from slipway.model.principal import Caller, UserId
from slipway.model.team import Role, Roster
from slipway.release.people import PrincipalUnknown, principal_of
from tests.doubles.releases import person

ACCOUNT = "111122223333"
APPROVING = f"arn:aws:sts::{ACCOUNT}:assumed-role/slipway-shared-approve"


def _roster(principal: str) -> Roster:
    ana = person("ana.silva", Role.APPROVER).model_copy(update={"aws_principal": principal})
    return Roster(people=(person("ben.okafor"), ana), teams=())


def _caller(arn: str) -> Caller:
    return Caller(arn=arn, user_id=UserId("AROA1:x"), account=ACCOUNT)


@pytest.mark.parametrize(
    ("principal", "arn"),
    [
        (f"arn:aws:iam::{ACCOUNT}:user/ana.silva", f"arn:aws:iam::{ACCOUNT}:user/ana.silva"),
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/Sso/ana@finedge.example",
            f"arn:aws:sts::{ACCOUNT}:assumed-role/Sso/ana@finedge.example",
        ),
        (f"arn:aws:iam::{ACCOUNT}:role/Ana", f"arn:aws:sts::{ACCOUNT}:assumed-role/Ana/laptop"),
        (f"arn:aws:iam::{ACCOUNT}:role/people/Ana", f"arn:aws:sts::{ACCOUNT}:assumed-role/Ana/laptop"),
        (f"arn:aws:iam::{ACCOUNT}:user/ana.silva", f"{APPROVING}/ana.silva"),
        (f"arn:aws:iam::{ACCOUNT}:user/people/ana.silva", f"{APPROVING}/ana.silva"),
    ],
)
def test_a_user_a_session_and_the_sessions_of_a_role(principal: str, arn: str) -> None:
    """STS leaves out the path of a role."""
    found = principal_of(_caller(arn), _roster(principal))
    assert (found.person, found.github, found.roles) == ("ana.silva", "anasilva", (Role.APPROVER,))
    assert found.caller.arn == arn


@pytest.mark.parametrize(
    ("principal", "arn"),
    [
        (f"arn:aws:iam::{ACCOUNT}:user/ana.silva", f"arn:aws:iam::{ACCOUNT}:user/ana.silva2"),
        (f"arn:aws:iam::{ACCOUNT}:user/ana.silva", "arn:aws:iam::444455556666:user/ana.silva"),
        (f"arn:aws:iam::{ACCOUNT}:user/ana.silva", f"{APPROVING}/ana.silva2"),
        ("arn:aws:iam::444455556666:user/ana.silva", f"{APPROVING}/ana.silva"),
        (f"arn:aws:iam::{ACCOUNT}:user/ana.silva", f"arn:aws:sts::{ACCOUNT}:assumed-role/Other/ana.silva"),
        (f"arn:aws:iam::{ACCOUNT}:role/Ana", f"arn:aws:sts::{ACCOUNT}:assumed-role/Ana2/laptop"),
        (f"arn:aws:iam::{ACCOUNT}:role/Ana", "arn:aws:sts::444455556666:assumed-role/Ana/laptop"),
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/Sso/ana@finedge.example",
            f"arn:aws:sts::{ACCOUNT}:assumed-role/Sso/eve@finedge.example",
        ),
    ],
)
def test_nobody_else(principal: str, arn: str) -> None:
    """Another account, another role, another session: right credentials, and nobody of the team."""
    with pytest.raises(PrincipalUnknown, match=f"{arn} is nobody of the team") as refused:
        principal_of(_caller(arn), _roster(principal))
    assert refused.value.exit_code is ExitCode.FINDINGS
