"""`slipway bootstrap`: what is said is heeded, what is left out stays, and each end has its exit code."""

import json
import shutil
from pathlib import Path

import pytest

from slipway.cli import account_bootstrap, wiring
from slipway.cli.account_door import AccountDoor
from slipway.model.environment import StackName
from tests.cli.conftest import Slipway
from tests.doubles.account_templates import ACCOUNTS, ENGINEER
from tests.doubles.deployments import ManualClock
from tests.doubles.memory_account_stacks import AccountIdentity, MemoryAccountStacks

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("doors")

NAME = "slipway-bootstrap-dev"
SSO = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Platform_*"


class Doors:
    """The accounts, and who comes in."""

    def __init__(self) -> None:
        self.stacks = MemoryAccountStacks()
        self.own = AccountIdentity(ACCOUNTS[StackName.SHARED], ENGINEER)
        self.there = AccountIdentity(ACCOUNTS[StackName.DEV])
        self.roles: list[str | None] = []

    def open(self, _place: object, role: str | None) -> AccountDoor:
        """Open one."""
        self.roles.append(role)
        return AccountDoor(stacks=self.stacks, identity=self.there, own=self.own)

    @property
    def parameters(self) -> dict[str, str]:
        """What the stack was made with."""
        made = self.stacks.records[NAME].blueprint
        assert made is not None
        return dict(made.parameters)


@pytest.fixture
def doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """The repository's own project, before anything was made."""
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    made = Doors()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    monkeypatch.setattr(wiring, "open_account", made.open)
    monkeypatch.setattr(account_bootstrap, "SystemClock", ManualClock)
    return made


def test_an_account_is_bootstrapped(slipway: Slipway, doors: Doors) -> None:
    """The user who runs it first becomes the one who may take the operator's role."""
    ended = slipway("bootstrap", "-s", "dev", "--role", "OrganizationAccountAccessRole")
    assert ended.code == 0
    assert ended.out.startswith(f"{NAME} in account 222233334444 is up to date, after 6 changes\n")
    assert "  Add Operator (AWS::IAM::Role)\n" in ended.out
    assert "CREATE_IN_PROGRESS" in ended.err
    assert doors.roles == ["OrganizationAccountAccessRole"]
    assert doors.parameters == {
        "AuditAccount": "111122223333",
        "GithubProvider": "make",
        "OperatorBoundary": "",
        "OperatorPrincipals": ENGINEER,
        "OperatorRole": "slipway-operator-dev",
        "Organization": "finedge",
        "Project": "slipway",
        "Stack": "dev",
        "StateBucket": "finedge-shared-state-111122223333",
    }


def test_what_is_left_out_stays_as_it_is(slipway: Slipway, doors: Doors) -> None:
    """Somebody else runs it later, without a word on who may do what."""
    boundary = "arn:aws:iam::222233334444:policy/organization"
    said = ["--trust", SSO, "--boundary", boundary, "--github-issuer", "exists"]
    assert slipway("bootstrap", "-s", "dev", *said).code == 0
    before = doors.parameters
    assert (before["OperatorPrincipals"], before["OperatorBoundary"], before["GithubProvider"]) == (
        SSO,
        boundary,
        "exists",
    )
    doors.own = AccountIdentity(ACCOUNTS[StackName.SHARED], "arn:aws:iam::111122223333:user/ben.okafor")
    ended = slipway("bootstrap", "-s", "dev")
    assert ended.out == f"nothing to change: {NAME} in account 222233334444 is up to date\n"
    assert doors.parameters == before


def test_a_session_cannot_be_trusted_by_itself(slipway: Slipway, doors: Doors) -> None:
    """A session's ARN does not say where its role is: the role is asked for by name."""
    doors.own = AccountIdentity(ACCOUNTS[StackName.SHARED], "arn:aws:sts::111122223333:assumed-role/Sso/ana")
    ended = slipway("bootstrap", "-s", "dev")
    assert ended.code == 2
    assert "it is not known who may take the operator's role" in ended.err
    assert "--trust arn:aws:iam::111122223333:role/NAME" in ended.err
    assert doors.stacks.records == {}


@pytest.mark.parametrize("arn", ["ana", "arn:aws:iam::999999999999:role/Eve", f"{ENGINEER},{ENGINEER}"])
def test_nobody_of_another_account_is_trusted(slipway: Slipway, arn: str) -> None:
    """The audit account is where people are."""
    ended = slipway("bootstrap", "-s", "dev", "--trust", arn)
    assert ended.code == 2
    assert "is no user or role of the audit account 111122223333" in ended.err


def test_the_wrong_account_exits_with_1(slipway: Slipway, doors: Doors) -> None:
    """Its CloudFormation is not even looked at."""
    doors.there = AccountIdentity("999999999999")
    ended = slipway("bootstrap", "-s", "dev", "--format", "json")
    told = json.loads(ended.out)
    assert (ended.code, told["outcome"]) == (1, "refused")
    assert "these credentials are of account 999999999999" in told["reason"]
    assert doors.stacks.fuse.moments == []


def test_a_dry_run_says_what_would_change(slipway: Slipway, doors: Doors) -> None:
    """And makes nothing."""
    ended = slipway("bootstrap", "-s", "dev", "--dry-run", "--format", "json")
    told = json.loads(ended.out)
    assert (ended.code, told["outcome"], len(told["changes"])) == (0, "proposed", 6)
    assert {"action": "Add", "resource": "Operator", "type": "AWS::IAM::Role"} in told["changes"]
    assert doors.stacks.executed == 0


def test_explaining_asks_no_account(slipway: Slipway, doors: Doors) -> None:
    """It works without credentials: the plan is data."""
    ended = slipway("bootstrap", "-s", "shared", "--explain")
    assert ended.code == 0
    assert "1. check-account: refuse unless the credentials are of account 111122223333" in ended.out
    assert "4. apply-changes: have CloudFormation bring slipway-bootstrap-shared up to date" in ended.out
    assert "  DevAccount: 222233334444" in ended.out
    assert doors.stacks.fuse.moments == []
    told = json.loads(slipway("bootstrap", "-s", "shared", "--explain", "--format", "json").out)
    assert told["resources"]["State"] == "AWS::S3::Bucket"
    assert [each["stage"] for each in told["stages"]] == [
        "check-account",
        "settle-stack",
        "propose-changes",
        "apply-changes",
        "protect-stack",
    ]


def test_explain_and_dry_run_exclude_each_other(slipway: Slipway) -> None:
    """One asks nobody, the other one CloudFormation."""
    assert slipway("bootstrap", "-s", "dev", "--explain", "--dry-run").code == 2


def test_patience_exits_with_4(slipway: Slipway) -> None:
    """CloudFormation goes on; the same command looks after it."""
    ended = slipway("bootstrap", "-s", "dev", "--wait", "0")
    assert ended.code == 4
    assert "run the command again to go on" in ended.out
    assert slipway("bootstrap", "-s", "dev").code == 0


def test_a_failure_exits_with_1_and_cloudformations_words(slipway: Slipway, doors: Doors) -> None:
    """With the remedy below."""
    doors.stacks.failing = {"Operator": "Role with name slipway-operator-dev already exists."}
    ended = slipway("bootstrap", "-s", "dev")
    assert ended.code == 1
    assert "Operator (AWS::IAM::Role): Role with name slipway-operator-dev already exists." in ended.out
    assert "remedy: remove what has the name, or have CloudFormation import it" in ended.out
