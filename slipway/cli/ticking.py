"""What `slipway rollout tick` looks at: open deployments, and those that could not see everything."""

from collections.abc import Callable
from dataclasses import dataclass

from slipway.cli.deploy_view import OutcomesView
from slipway.cli.desk import ledger_of
from slipway.cli.rollout_desk import DeploymentInterrupted, PlanOutdated, RolloutDesk
from slipway.model.deployment import Purpose
from slipway.model.digest import short
from slipway.model.errors import ExitCode, SlipwayError
from slipway.model.events import DeploymentId, Event, EventKind
from slipway.model.events import Outcome as EventOutcome
from slipway.ports.journal import Deployment
from slipway.ports.leases import LeaseHeld
from slipway.ports.reporter import Reporter
from slipway.rollout.deployments import AnotherUnderWay, Deployments
from slipway.rollout.leasing import Claim
from slipway.rollout.planned import plan_of
from slipway.rollout.second_look import TooLateToTell
from slipway.rollout.superseded import late_in_kept
from slipway.stages import Completed, Outcome, Parked, Undone


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One look at the open deployments: what keeps one of them from going on keeps no other."""

    at: RolloutDesk
    made: Deployments
    reporter: Reporter
    ends: OutcomesView

    def look(self, head: Deployment) -> ExitCode:
        """Continue one of them, if it is time."""
        if head.wait is not None and head.wait.wake_at > self.at.desk.clock.now():
            self.reporter.step(
                f"{head.id} waits until {head.wait.condition}; it is looked at again at "
                f"{head.wait.wake_at:%H:%M:%S} UTC"
            )
            return ExitCode.OK
        return self.end(head.id, lambda: self.at.carry_on(self.made, head.id, minutes=0, claim=Claim.LEAVE))

    def end(self, id_: DeploymentId, go_on: Callable[[], Outcome]) -> ExitCode:
        """Go on with one of them, and say how it ended for this time."""
        try:
            outcome = go_on()
        except (LeaseHeld, AnotherUnderWay) as busy:
            self.reporter.step(f"{id_} is left alone: {busy.message}")
            return ExitCode.OK
        except DeploymentInterrupted as interrupted:
            self.reporter.warning(f"{interrupted.message}; {interrupted.remedy}")
            return ExitCode.PARTIAL
        self.ends.add(id_, outcome)
        return _exit_of(outcome)


@dataclass(frozen=True)
class SecondLooks:
    """Second looks that nobody has to ask for: each is begun once what was unseen can be told.

    Attributes:
        tick: carries them on.
    """

    tick: Tick

    def look(self, first: Deployment) -> ExitCode:
        """Look again at what a deployment could not see, if it is time."""
        try:
            return self._look(first)
        except SlipwayError as error:  # the others are looked at all the same, and this one by the next tick
            self.tick.reporter.warning(
                f"what {first.id} could not see cannot be looked at now: {error.message}; {error.remedy}"
            )
            return ExitCode.PARTIAL

    def _look(self, first: Deployment) -> ExitCode:
        due, at = first.unseen_until, self.tick.at
        if due is None:
            return ExitCode.OK  # somebody has looked meanwhile
        if due > at.desk.clock.now():
            when = f"{due:%Y-%m-%d %H:%M} UTC"
            self.tick.reporter.step(f"what {first.id} could not see is looked at again from {when} on")
            return ExitCode.OK
        look = self.tick.made.attempt(at.environment, Purpose.SECOND_LOOK, plan_of(first).release)
        if look.open is None and look.last is not None and look.last.began >= due:
            at.seen(first)  # a process was killed before it could say so
        elif look.open is None:  # else it is one of the open deployments
            return self._begin(first, look.id)
        return ExitCode.OK

    def _begin(self, first: Deployment, id_: DeploymentId) -> ExitCode:
        at = self.tick.at
        self.tick.reporter.step(f"{first.id} could not see everything: looking again")
        try:
            return self.tick.end(id_, lambda: at.look_again(self.tick.made, id_, first, minutes=0))
        except PlanOutdated:
            return self._superseded(first)
        except TooLateToTell as late:
            self.tick.reporter.warning(f"{late.message}; {late.remedy}")
            untold = f"whether rows came late can no longer be told: {late.message}"
            ledger_of(at.desk).record(at.environment.value, self._event(first, first.id, untold))
            at.seen(first)
            return ExitCode.FINDINGS

    def _superseded(self, first: Deployment) -> ExitCode:
        """Another release runs by now: nothing is taken back under it, and no late row is passed over."""
        at = self.tick.at
        late = tuple(late_in_kept(first, at.journal.rows(first.id), at.engines.warehouse))
        for each in late:
            self.tick.reporter.warning(each.sentence)
            replaced = f"(release {short(plan_of(first).release)} was replaced before that could be told)"
            told = f"{each.sentence} {replaced}"
            ledger_of(at.desk).record(at.environment.value, self._event(first, each.dataset, told))
        if not late:
            self.tick.reporter.step(f"{first.id} was replaced since, and no row came late")
        at.seen(first)
        return ExitCode.FINDINGS if late else ExitCode.OK

    def _event(self, first: Deployment, subject: str, message: str) -> Event:
        at = self.tick.at
        return Event(
            kind=EventKind.LATE_ROWS,
            outcome=EventOutcome.FAILURE,
            at=at.desk.clock.now(),
            actor=self.tick.made.actor,
            environment=at.environment,
            release=plan_of(first).release,
            subject=subject,
            datasets=(subject,) if "://" in subject else (),
            message=message,
        )


def _exit_of(outcome: Outcome) -> ExitCode:
    match outcome:
        case Undone():
            return ExitCode.FINDINGS
        case Completed():
            return ExitCode.OK
        case Parked(overdue=overdue):
            return ExitCode.PARTIAL if overdue else ExitCode.OK
