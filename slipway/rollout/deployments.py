"""Deployments: begun once, carried on by whoever comes, and sealed when they have ended."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Final

from slipway.model.deployment import Purpose, deployment_id
from slipway.model.digest import Digest, short
from slipway.model.environment import Environment, StackName
from slipway.model.errors import SlipwayError, UsageError
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.journal import Conclusion, Deployment, Direction, Journal
from slipway.ports.leases import LeaseHeld, Leases
from slipway.ports.reporter import Reporter
from slipway.rollout.attempts import Admitted, Attempt
from slipway.rollout.leasing import LASTING, Claim, Held, Holder, LeasedJournal, Leasing, this_process
from slipway.rollout.planned import Plan, plan_of
from slipway.rollout.recording import Chronicle, RecordedStory, Teller
from slipway.rollout.stage_count import StageCount
from slipway.rollout.stages import datasets_of
from slipway.stages import Completed, Executor, Handlers, Outcome, Parked, Undone, owed_in

_FIRST: Final = 1


def _nothing() -> None:
    """Tell nobody."""


class AnotherUnderWay(SlipwayError):  # noqa: N818 - it says what is the case
    """A deployment of the same pipelines has not ended: what it would take back is what this one changes."""


class DeploymentUnknown(UsageError):  # noqa: N818 - it says what is the case
    """An id that no journal knows."""


@dataclass(frozen=True, kw_only=True)
class Deployments:
    """Begins and carries on.

    Attributes:
        journal: of the environment.
        leases: of the environment.
        handlers: who carries out which kind of stage.
        chronicle: keeps events.
        reporter: tells the person.
        clock: tells the time.
        actor: ARN of who runs this.
        lasting: how long a lease outlives a process that was killed.
        on_lost: ends the tools that work on, once a lease is lost.
        process: which process this is, in leases.
        count: shows how many stages are done, in place of a line on each; None: a line on each.
    """

    journal: Journal
    leases: Leases
    handlers: Handlers
    chronicle: Chronicle
    reporter: Reporter
    clock: Clock
    actor: str
    lasting: timedelta = LASTING
    on_lost: Callable[[], None] = lambda: None
    process: str = field(default_factory=this_process)
    count: StageCount | None = None

    def attempt(self, environment: Environment, purpose: Purpose, release: Digest) -> Attempt:
        """Find the deployment of a release: one that is open is continued, one that has ended is not."""
        last: Deployment | None = None
        number = _FIRST
        while (
            head := self.journal.deployment(deployment_id(environment, purpose, release, number))
        ) is not None:
            if head.conclusion is None:
                return Attempt(id=head.id, number=number, open=head, last=last)
            last, number = head, number + 1
        return Attempt(
            id=deployment_id(environment, purpose, release, number), number=number, open=None, last=last
        )

    def unused(self, environment: Environment, purpose: Purpose, release: Digest) -> DeploymentId:
        """Name a deployment that nobody has begun, whatever became of those before it."""
        ids = (deployment_id(environment, purpose, release, number) for number in count(_FIRST))
        return next(id_ for id_ in ids if self.journal.deployment(id_) is None)

    def begin(
        self,
        id_: DeploymentId,
        environment: Environment,
        plan: Plan,
        *,
        confirm: Callable[[], None] = lambda: None,
        claim: Claim = Claim.AWAIT,
        admitted: Admitted | None = None,
    ) -> Outcome:
        """Write the plan down, and carry it out as far as it goes now.

        Args:
            id_: which deployment.
            environment: where.
            plan: what is carried out.
            confirm: raises when the plan does not fit what runs; asked once nobody else can change that.
            claim: what is done about a lease of a process that began the same one, and of no other.
            admitted: by which gates it goes in; None for what no gate is asked about.

        Raises:
            LeaseHeld: somebody else changes one of its pipelines.
            AnotherUnderWay: a deployment of one of its pipelines waits, or was interrupted.
        """
        head = Deployment.beginning(
            id_,
            StackName(environment.value),
            plan.model_dump_json().encode(),
            actor=self.actor,
            began=self.clock.now(),
        )
        with self._holding(head, plan, claim) as held:
            self._refuse_another(head, plan)
            confirm()
            teller = self._teller(head, plan)
            self.chronicle.open(teller.opening(_title(plan), plan.pipelines, plan.stages, plan.reason))
            if admitted is not None:
                self.chronicle.record(teller.admitted(admitted.admission, admitted.digest))
            return self._walk(head, plan, held)

    def carry_on(
        self, id_: DeploymentId, claim: Claim = Claim.AWAIT, *, held: Callable[[], None] = _nothing
    ) -> Outcome:
        """Continue a deployment that is open; of one that has ended meanwhile, say how.

        Args:
            id_: the deployment.
            claim: what is done about the lease of a process that carries it on, or was killed doing so.
            held: told once nobody else can carry it on, before anything is done.

        Raises:
            DeploymentUnknown: there is none of that id.
            LeaseHeld: somebody else carries it on just now.
        """

        def as_it_is(head: Deployment) -> Deployment:
            held()
            return head

        return self._carry_on(id_, as_it_is, claim)

    def turn_back(
        self,
        id_: DeploymentId,
        reason: str,
        claim: Claim = Claim.AWAIT,
        *,
        held: Callable[[], None] = _nothing,
    ) -> Outcome:
        """Take back a deployment that is open: nothing more of it is done, what was done is undone.

        Args:
            id_: the deployment.
            reason: why, for the record.
            claim: what is done about the lease of a process that carries it on, or was killed doing so.
            held: told once nobody else can carry it on, before anything is done.

        Returns:
            How it ended; `Completed` when it did so before it could be taken back.

        Raises:
            DeploymentUnknown: there is none of that id.
            LeaseHeld: somebody else carries it on just now.
        """

        def turned(head: Deployment) -> Deployment:
            held()
            return replace(head, direction=Direction.BACK, reason=head.reason or reason)

        return self._carry_on(id_, turned, claim)

    def carry_on_until_over(self, id_: DeploymentId, outcome: Outcome, *, patience: timedelta) -> Outcome:
        """Wait for what a deployment waits for, as long as that is worth waiting for.

        Whoever else carries it on meanwhile is let, and looked after.

        Args:
            id_: the deployment.
            outcome: how it ended for this time.
            patience: how long to wait in all; whoever comes later continues.
        """
        until = self.clock.now() + patience
        while isinstance(outcome, Parked) and outcome.wait.wake_at <= until:
            self.clock.wait(max(0.0, (outcome.wait.wake_at - self.clock.now()).total_seconds()))
            outcome = self._look_again(id_, outcome)
        return outcome

    def _look_again(self, id_: DeploymentId, parked: Parked) -> Outcome:
        try:
            return self.carry_on(id_, Claim.LEAVE)
        except LeaseHeld as held:
            return replace(parked, wait=replace(parked.wait, wake_at=held.until))

    def _carry_on(
        self, id_: DeploymentId, change: Callable[[Deployment], Deployment], claim: Claim
    ) -> Outcome:
        known = self._known(id_)
        plan = plan_of(known)
        with self._holding(known, plan, claim) as held:
            head = self._known(id_)  # whoever had the leases until now may have ended it
            match head.conclusion:
                case Conclusion.COMPLETED:
                    return Completed()
                case Conclusion.UNDONE:
                    return Undone(reason=head.reason, owed=owed_in(self.journal.rows(id_)))
                case None:
                    return self._walk(change(head), plan, held)

    def _known(self, id_: DeploymentId) -> Deployment:
        head = self.journal.deployment(id_)
        if head is None:
            raise DeploymentUnknown(
                f"there is no deployment {id_}", remedy="slipway status lists those there are"
            )
        return head

    def _refuse_another(self, head: Deployment, plan: Plan) -> None:
        """A deployment that waits holds no lease, and yet its way back counts on what it has done."""
        if self.journal.deployment(head.id) is not None:
            raise AnotherUnderWay(
                f"somebody has begun deployment {head.id} meanwhile",
                remedy="run the same command again: it continues that one, or begins the next",
            )
        for other in self.journal.open(head.environment):
            shared = sorted({*plan.pipelines} & {*plan_of(other).pipelines})
            if shared:
                where = f"-s {head.environment}"
                raise AnotherUnderWay(
                    f"deployment {other.id} of {', '.join(shared)} is under way in {head.environment}",
                    remedy=f"slipway rollout tick {where} continues it, slipway rollback {shared[0]} {where} "
                    "takes it back; then run this again",
                )

    def _holding(self, head: Deployment, plan: Plan, claim: Claim) -> AbstractContextManager[Held]:
        targets = [f"{head.environment}/{pipeline}" for pipeline in plan.pipelines]
        holder = Holder(deployment=head.id, actor=self.actor, process=self.process)
        leasing = Leasing(
            leases=self.leases,
            clock=self.clock,
            reporter=self.reporter,
            lasting=self.lasting,
            on_lost=self.on_lost,
        )
        return leasing.holding(targets, holder, claim)

    def _teller(self, head: Deployment, plan: Plan) -> Teller:
        return Teller(
            deployment=head.id,
            environment=head.environment,
            release=plan.release,
            actor=self.actor,
            clock=self.clock,
        )

    def _walk(self, head: Deployment, plan: Plan, held: Held) -> Outcome:
        journal = LeasedJournal(journal=self.journal, held=held)
        head = replace(head, token=max(head.token, held.token), wait=None)
        journal.save(head)
        story = RecordedStory(
            teller=self._teller(head, plan),
            chronicle=self.chronicle,
            reporter=self.reporter,
            title=_title(plan),
            datasets=datasets_of(plan.stages),
            count=self.count,
        )
        executor = Executor(
            handlers=self.handlers,
            journal=journal,
            clock=self.clock,
            story=story,
            actor=self.actor,
            lease=held.remaining,
        )
        return executor.carry_on(head, plan.stages)


def _title(plan: Plan) -> str:
    return f"{plan.purpose} of release {short(plan.release)}"
