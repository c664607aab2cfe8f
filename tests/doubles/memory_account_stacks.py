"""CloudFormation in memory: it takes a few looks for what it does, and can fail, or die with its caller."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from slipway.bootstrap.blueprints import resources_of
from slipway.model.principal import Caller, UserId
from slipway.ports.account_stacks import (
    AccountStack,
    AccountStackError,
    AccountStacks,
    Blueprint,
    Proposal,
    ProposalState,
    StackChange,
    StackEvent,
    StackState,
)
from slipway.ports.identity import Identity
from tests.doubles.deployments import NOON, Fuse

_STATES: Mapping[str, StackState] = {
    "REVIEW_IN_PROGRESS": StackState.REVIEWED,
    "CREATE_COMPLETE": StackState.UP,
    "UPDATE_COMPLETE": StackState.UP,
    "UPDATE_ROLLBACK_COMPLETE": StackState.UP,
    "ROLLBACK_COMPLETE": StackState.NEVER_UP,
    "UPDATE_ROLLBACK_FAILED": StackState.STUCK,
}
_LOOKS = 2


@dataclass
class Record:
    """A stack: its status, what it was made from, and what is on its way."""

    status: str
    blueprint: Blueprint | None = None
    protected: bool = False
    policy: str = ""
    looks: int = 0
    lag: int = 0
    to: Blueprint | None = None
    events: list[StackEvent] = field(default_factory=list)


@dataclass
class MemoryAccountStacks(AccountStacks):
    """The stacks of one account.

    Attributes:
        fuse: kills whoever changes something.
        records: by name.
        failing: name of a resource to the reason why it cannot be made.
        lag: how many looks it takes until an order shows.
        executed: how often a change set was carried out.
    """

    fuse: Fuse = field(default_factory=Fuse)
    records: dict[str, Record] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)
    proposals: dict[tuple[str, str], tuple[Blueprint, int]] = field(default_factory=dict)
    executed: int = 0
    lag: int = 0

    def read(self, stack: str) -> AccountStack | None:
        """Look; what is under way comes nearer its end."""
        record = self.records.get(stack)
        if record is None:
            return None
        self._pass_time(stack, record)
        if stack not in self.records:
            return None
        known = record.blueprint
        return AccountStack(
            name=stack,
            state=_STATES.get(record.status, StackState.WORKING),
            status=record.status,
            template="" if known is None else known.template,
            parameters={} if known is None else known.parameters,
            protected=record.protected,
            policy=record.policy,
        )

    def propose(self, blueprint: Blueprint, name: str, *, creates: bool) -> None:
        """Keep a proposal; the first one makes an empty stack."""
        if creates is not (self.records.get(blueprint.stack, Record("REVIEW_IN_PROGRESS")).blueprint is None):
            raise AccountStackError("a wrong kind of change set", remedy="ask for the other")
        self.fuse.around("propose", lambda: self._propose(blueprint, name))

    def _propose(self, blueprint: Blueprint, name: str) -> None:
        self.records.setdefault(blueprint.stack, Record("REVIEW_IN_PROGRESS"))
        self.proposals[blueprint.stack, name] = (blueprint, _LOOKS)

    def proposal(self, stack: str, name: str) -> Proposal | None:
        """Look at a proposal."""
        if (stack, name) not in self.proposals:
            return None
        blueprint, looks = self.proposals[stack, name]
        self.proposals[stack, name] = (blueprint, looks - 1)
        if looks > 0:
            return Proposal(state=ProposalState.COMPUTING)
        verb = "Add" if self.records[stack].blueprint is None else "Modify"
        made = resources_of(blueprint.template)
        changes = tuple(StackChange(action=verb, resource=each, type=made[each]) for each in made)
        return Proposal(state=ProposalState.READY, changes=changes)

    def execute(self, stack: str, name: str) -> None:
        """Begin."""
        self.fuse.around("execute", lambda: self._execute(stack, name))

    def _execute(self, stack: str, name: str) -> None:
        record, (blueprint, _) = self.records[stack], self.proposals.pop((stack, name))
        record.to, record.lag = blueprint, self.lag
        self.executed += 1
        if not record.lag:
            self._show(stack, record)

    def _show(self, stack: str, record: Record) -> None:
        verb = "CREATE" if record.blueprint is None else "UPDATE"
        record.status, record.looks = f"{verb}_IN_PROGRESS", _LOOKS
        record.events = [self._event(stack, "AWS::CloudFormation::Stack", record.status)]

    def discard(self, stack: str, name: str) -> None:
        """Forget a proposal."""
        self.fuse.around("discard", lambda: self.proposals.pop((stack, name), None) and None)

    def events(self, stack: str) -> tuple[StackEvent, ...]:
        """What was told."""
        return tuple(self.records[stack].events) if stack in self.records else ()

    def delete(self, stack: str) -> None:
        """Begin to delete."""
        self.fuse.around("delete", lambda: self._delete(stack))

    def _delete(self, stack: str) -> None:
        if stack in self.records:
            self.records[stack].status, self.records[stack].looks = "DELETE_IN_PROGRESS", _LOOKS

    def protect(self, stack: str, policy: str) -> None:
        """Protect."""
        record = self.records[stack]
        self.fuse.around("policy", lambda: setattr(record, "policy", policy))
        self.fuse.around("protection", lambda: setattr(record, "protected", True))

    def _pass_time(self, stack: str, record: Record) -> None:
        if record.lag:
            record.lag -= 1
            if not record.lag:
                self._show(stack, record)
            return
        if not record.status.endswith("_IN_PROGRESS") or record.status == "REVIEW_IN_PROGRESS":
            return
        record.looks -= 1
        if record.looks > 0:
            return
        if record.status == "DELETE_IN_PROGRESS":
            del self.records[stack]
        else:
            self._end(record)

    def _end(self, record: Record) -> None:
        creates, wanted = record.blueprint is None, record.to
        made = resources_of("" if wanted is None else wanted.template)
        verb = "CREATE" if creates else "UPDATE"
        for name, type_ in made.items():
            reason = self.failing.get(name, "")
            word = "FAILED" if reason else "COMPLETE"
            record.events.append(self._event(name, type_, f"{verb}_{word}", reason))
        if self.failing:
            record.status = "ROLLBACK_COMPLETE" if creates else "UPDATE_ROLLBACK_COMPLETE"
        else:
            record.status, record.blueprint = f"{verb}_COMPLETE", wanted

    def _event(self, name: str, type_: str, status: str, reason: str = "") -> StackEvent:
        at = NOON + timedelta(seconds=self.executed)
        return StackEvent(at=at, resource=name, type=type_, status=status, reason=reason)


@dataclass
class AccountIdentity(Identity):
    """Credentials of one account."""

    account: str
    arn: str = "arn:aws:iam::111122223333:user/platform-engineer"

    def caller(self) -> Caller:
        """Who it is."""
        return Caller(arn=self.arn, user_id=UserId("AIDAENGINEER"), account=self.account)
