"""An account is brought up once, whoever is killed meanwhile; what fails says why, and nothing half stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import get_args

import pytest

from slipway.bootstrap.blueprints import blueprint_of, keeping_policy
from slipway.bootstrap.bootstrapping import Bootstrapping, Telling
from slipway.bootstrap.ground import Ground
from slipway.bootstrap.stages import BootstrapStage, build_account_bootstrap, build_dry_run
from slipway.bootstrap.table import bootstrap_handlers
from slipway.model.environment import StackName
from slipway.ports.account_stacks import Blueprint
from slipway.stages import Completed, Outcome, Parked, Stage, Undone
from tests.doubles.account_templates import ACCOUNTS, facts
from tests.doubles.deployments import Fuse, Killed, ManualClock
from tests.doubles.memory_account_stacks import AccountIdentity, MemoryAccountStacks, Record

DEV = ACCOUNTS[StackName.DEV]
NAME = "slipway-bootstrap-dev"


@dataclass
class Said:
    """A task that remembers."""

    lines: list[str] = field(default_factory=list)

    def update(self, message: str) -> None:
        """Remember."""
        self.lines.append(message)


@dataclass
class Account:
    """An account, and whoever bootstraps it; each attempt is another process."""

    stacks: MemoryAccountStacks = field(default_factory=MemoryAccountStacks)
    blueprint: Blueprint = field(default_factory=lambda: blueprint_of(facts(StackName.DEV)))
    credentials_of: str = DEV
    clock: ManualClock = field(default_factory=ManualClock)
    said: Said = field(default_factory=Said)
    changes: dict[str, str] = field(default_factory=dict)

    def bootstrap(self, plan: Sequence[Stage] | None = None, minutes: int = 30) -> Outcome:
        """Carry the plan out."""
        identity = AccountIdentity(self.credentials_of)
        ground = Ground(stacks=self.stacks, identity=identity, blueprint=self.blueprint)
        run = Bootstrapping(stack=StackName.DEV, ground=ground, clock=self.clock, actor=identity.arn)
        telling = Telling(task=self.said)
        stages = plan or build_account_bootstrap(DEV, NAME)
        outcome = run.carry_out(stages, telling, patience=timedelta(minutes=minutes))
        self.changes = telling.changes
        return outcome

    @property
    def record(self) -> Record:
        """The stack."""
        return self.stacks.records[NAME]


def _changed(blueprint: Blueprint) -> Blueprint:
    return replace(
        blueprint, parameters={**blueprint.parameters, "OperatorBoundary": "arn:aws:iam::aws:policy/X"}
    )


def test_an_account_comes_up_and_is_protected() -> None:
    """The stack follows the blueprint, and neither it nor what must last can be deleted by accident."""
    account = Account()
    assert account.bootstrap() == Completed()
    assert account.record.status == "CREATE_COMPLETE"
    assert account.record.blueprint == account.blueprint
    assert account.record.protected
    assert account.record.policy == keeping_policy(account.blueprint.template)
    assert account.changes["Add Operator"] == "AWS::IAM::Role"


def test_a_person_hears_how_far_cloudformation_is() -> None:
    """Each line once, however often it is looked at."""
    account = Account()
    account.bootstrap()
    assert account.said.lines == [
        "CloudFormation computes the changes",
        "CloudFormation begins",
        "CREATE_IN_PROGRESS: 0 of 0 resources that were begun are done",
    ]


def test_run_again_it_does_nothing() -> None:
    """No change set, and no story of one."""
    account = Account()
    account.bootstrap()
    before = len(account.stacks.fuse.moments)
    assert account.bootstrap() == Completed()
    assert account.changes == {}
    assert account.stacks.fuse.moments[before:] == []


def test_another_value_is_an_update() -> None:
    """And another template would be too."""
    account = Account()
    account.bootstrap()
    account.blueprint = _changed(account.blueprint)
    assert account.bootstrap() == Completed()
    assert account.record.status == "UPDATE_COMPLETE"
    assert account.record.blueprint == account.blueprint
    assert account.stacks.executed == 2


def test_the_wrong_account_is_refused_by_name() -> None:
    """Nothing is made there, and the remedy says whose credentials are needed."""
    account = Account(credentials_of="999999999999")
    outcome = account.bootstrap()
    assert isinstance(outcome, Undone)
    assert "these credentials are of account 999999999999" in outcome.reason
    assert f"Pulumi.dev.yaml says {DEV} (aws:allowedAccountIds)" in outcome.reason
    assert "remedy: use credentials of 222233334444" in outcome.reason
    assert account.stacks.records == {}
    assert account.stacks.fuse.moments == []


def test_what_fails_is_told_with_cloudformations_own_words() -> None:
    """The cause, not its consequences; the next run deletes what never came up and tries again."""
    account = Account()
    account.stacks.failing = {
        "OperatorWork": "Resource creation cancelled",
        "GithubIssuer": "Provider with url https://token.actions.githubusercontent.com already exists.",
    }
    outcome = account.bootstrap()
    assert outcome == Undone(
        reason="CloudFormation left slipway-bootstrap-dev in ROLLBACK_COMPLETE: GithubIssuer "
        f"(AWS::IAM::OIDCProvider): {account.stacks.failing['GithubIssuer']}"
        "\n  remedy: the account knows GitHub's issuer already: run it again with --github-issuer exists"
    )
    assert account.stacks.proposals == {}
    account.stacks.failing = {}
    assert account.bootstrap() == Completed()
    assert "slipway-bootstrap-dev never came up (ROLLBACK_COMPLETE): it is deleted" in account.said.lines
    assert account.record.status == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("User is not authorized to perform: kms:CreateKey", "use credentials that may do this"),
        ("Role with name slipway-operator-dev already exists.", "remove what has the name"),
        ("Rate exceeded", "mend what it names and run the command again"),
    ],
)
def test_a_failure_has_a_remedy_of_its_kind(reason: str, remedy: str) -> None:
    """Nobody has to read CloudFormation's pages first."""
    account = Account()
    account.stacks.failing = {"Operator": reason}
    outcome = account.bootstrap()
    assert isinstance(outcome, Undone)
    assert reason in outcome.reason
    assert f"remedy: {remedy}" in outcome.reason


def test_a_failed_update_leaves_what_was_there() -> None:
    """CloudFormation goes back by itself; the account works as before."""
    account = Account()
    account.bootstrap()
    before, account.blueprint = account.blueprint, _changed(account.blueprint)
    account.stacks.failing = {"Operator": "no such boundary"}
    outcome = account.bootstrap()
    assert isinstance(outcome, Undone)
    assert "in UPDATE_ROLLBACK_COMPLETE: Operator (AWS::IAM::Role): no such boundary" in outcome.reason
    assert account.record.blueprint == before
    account.stacks.failing = {}
    assert account.bootstrap() == Completed()
    assert account.record.blueprint == account.blueprint


def test_an_order_that_does_not_show_at_once_is_waited_for() -> None:
    """Neither an empty stack nor the failure of an earlier update is taken for the end of this one."""
    account = Account(MemoryAccountStacks(lag=2))
    assert account.bootstrap() == Completed()
    account.blueprint = _changed(account.blueprint)
    account.stacks.failing = {"Operator": "no such boundary"}
    assert isinstance(account.bootstrap(), Undone)
    account.stacks.failing = {}
    assert account.bootstrap() == Completed()
    assert account.record.status == "UPDATE_COMPLETE"
    assert account.record.blueprint == account.blueprint


def test_a_stuck_stack_is_left_to_a_person() -> None:
    """Nothing is deleted that may hold the state of all stacks."""
    account = Account()
    account.bootstrap()
    account.record.status = "UPDATE_ROLLBACK_FAILED"
    outcome = account.bootstrap()
    assert isinstance(outcome, Undone)
    assert "slipway-bootstrap-dev is in UPDATE_ROLLBACK_FAILED" in outcome.reason
    assert "continue-update-rollback" in outcome.reason
    assert account.record.status == "UPDATE_ROLLBACK_FAILED"


def test_what_somebody_else_has_begun_is_waited_for() -> None:
    """Two people at once: the second one finds it done."""
    account = Account()
    account.bootstrap()
    account.record.status, account.record.looks, account.record.to = (
        "UPDATE_IN_PROGRESS",
        2,
        account.blueprint,
    )
    assert account.bootstrap() == Completed()
    assert "slipway-bootstrap-dev is in UPDATE_IN_PROGRESS" in account.said.lines
    assert account.stacks.executed == 1


def test_patience_ends_before_cloudformation_does() -> None:
    """The command says so; run again, it goes on."""
    account = Account()
    assert isinstance(account.bootstrap(minutes=0), Parked)
    assert account.bootstrap() == Completed()
    assert account.stacks.executed == 1


def test_a_dry_run_leaves_everything_as_it_is() -> None:
    """Not even the empty stack that a first change set makes stays."""
    account = Account()
    assert account.bootstrap(build_dry_run(DEV, NAME)) == Completed()
    assert account.changes["Add Operator"] == "AWS::IAM::Role"
    assert account.stacks.read(NAME) is None or account.record.status == "DELETE_IN_PROGRESS"
    assert account.stacks.executed == 0


def _moments(failing: dict[str, str]) -> int:
    account = Account()
    account.stacks.failing = dict(failing)
    account.bootstrap()
    return len(account.stacks.fuse.moments)


FAILING = {"Operator": "no such boundary"}


@pytest.mark.parametrize("at", range(_moments({})))
def test_killed_anywhere_and_run_again_it_ends_the_same(at: int) -> None:
    """Each moment before and after a write to CloudFormation; the next process knows nothing of it."""
    account = Account(MemoryAccountStacks(fuse=Fuse(at=at)))
    with pytest.raises(Killed):
        account.bootstrap()
    assert account.bootstrap() == Completed()
    assert account.record.blueprint == account.blueprint
    assert (account.record.status, account.record.protected) == ("CREATE_COMPLETE", True)
    assert account.stacks.executed == 1, "nothing is done twice"
    assert account.stacks.proposals == {}


@pytest.mark.parametrize("at", range(_moments(FAILING)))
def test_killed_on_the_way_back_it_can_be_run_again(at: int) -> None:
    """A creation that fails, a process that dies meanwhile, and the mended account comes up."""
    account = Account(MemoryAccountStacks(fuse=Fuse(at=at), failing=dict(FAILING)))
    with pytest.raises(Killed):
        account.bootstrap()
    account.stacks.failing = {}
    assert account.bootstrap() == Completed()
    assert account.record.status == "CREATE_COMPLETE"
    assert account.record.protected


def test_every_kind_of_stage_has_a_handler() -> None:
    """A kind without one would fail in the middle of an account."""
    ground = Ground(
        stacks=MemoryAccountStacks(),
        identity=AccountIdentity(DEV),
        blueprint=blueprint_of(facts(StackName.DEV)),
    )
    kinds = {kind.model_fields["kind"].default for kind in get_args(get_args(BootstrapStage)[0])}
    assert bootstrap_handlers(ground).kinds == kinds
