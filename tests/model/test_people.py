"""Which AWS principal is which person."""

import pytest

from slipway.model.errors import ExitCode
from slipway.model.people import PrincipalUnknown, approver_of, approving_role, principal_of
from slipway.model.principal import Caller, UserId
from slipway.model.team import Role, Roster
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


def test_a_session_of_the_role_for_approvals_approves_in_its_own_name() -> None:
    """What AWS knows of it ends in the name that its ARN has."""
    caller = Caller(arn=f"{APPROVING}/ana.silva", user_id=UserId("AROA1:ana.silva"), account=ACCOUNT)
    assert approver_of(caller, _roster(f"arn:aws:iam::{ACCOUNT}:user/ana.silva")).person == "ana.silva"


@pytest.mark.parametrize(
    ("principal", "arn", "user_id"),
    [
        ("user/ana.silva", f"{APPROVING}/ana.silva", "AROA1:ben.okafor"),
        ("user/ana.silva", f"{APPROVING}/ana.silva", "AIDAANA"),
        ("user/ana.silva", f"arn:aws:iam::{ACCOUNT}:user/ana.silva", "AIDAANA"),
        ("user/ana.silva", f"arn:aws:sts::{ACCOUNT}:assumed-role/Other/ana.silva", "AROA1:ana.silva"),
        ("user/ana.silva", f"{APPROVING}/eve", "AROA1:eve"),
        ("role/Ana", f"arn:aws:sts::{ACCOUNT}:assumed-role/Ana/laptop", "AROA1:laptop"),
        ("role/slipway-shared-approve", f"{APPROVING}/eve", "AROA1:eve"),
    ],
)
def test_nothing_else_approves(principal: str, arn: str, user_id: str) -> None:
    """A user, another role, another name in the id than in the ARN: nobody's approval."""
    caller = Caller(arn=arn, user_id=UserId(user_id), account=ACCOUNT)
    with pytest.raises(PrincipalUnknown, match="is nobody's session of the role for approvals"):
        approver_of(caller, _roster(f"arn:aws:iam::{ACCOUNT}:{principal}"))


def test_a_user_opens_a_session_of_their_own_name() -> None:
    """With the device that is called after them; nobody else opens one."""
    user = Caller(arn=f"arn:aws:iam::{ACCOUNT}:user/people/ana.silva", user_id=UserId("A"), account=ACCOUNT)
    role = approving_role(user)
    assert role is not None
    assert (role.arn, role.session) == (
        f"arn:aws:iam::{ACCOUNT}:role/slipway-shared-approve",
        "ana.silva",
    )
    assert role.device == f"arn:aws:iam::{ACCOUNT}:mfa/ana.silva"
    assert approving_role(_caller(f"{APPROVING}/ana.silva")) is None
