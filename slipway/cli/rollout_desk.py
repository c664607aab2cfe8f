"""What the commands of a rollout work with in one environment, and how they tell and wait."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.audit import Ledger
from slipway.cli.desk import Desk
from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import ExitCode, SlipwayError, UsageError
from slipway.model.events import DeploymentId, Event
from slipway.ports.journal import Journal, JournalStoreError
from slipway.ports.leases import LeaseHeld, Leases
from slipway.ports.reporter import Reporter
from slipway.rollout.deployments import AnotherUnderWay, Deployments, Plan
from slipway.rollout.recording import Chronicle
from slipway.rollout.survey import NoDocument, Survey
from slipway.rollout.table import Engines, rollout_handlers
from slipway.stages import Outcome

PATIENCE_MINUTES: Final = 60
"""How long a command waits for what a deployment waits for; whoever comes later continues it."""


class DeploymentInterrupted(SlipwayError):  # noqa: N818 - it says what happened
    """Something that a deployment needs did not answer: it stays open, and can be continued."""

    exit_code = ExitCode.PARTIAL


class PlanOutdated(SlipwayError):  # noqa: N818 - it says what is the case
    """A plan whose environment was changed before it could begin; nothing was touched."""


class LedgerChronicle(Chronicle):
    """Keeps the events of deployments in the ledger.

    Args:
        ledger: appends.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open(self, event: Event) -> None:
        """Begin the deployment's chain, announced in its environment's."""
        self._ledger.open_deployment(event)

    def record(self, event: Event) -> None:
        """Append to the deployment's chain."""
        if event.deployment is None:
            raise UsageError(f"{event.kind} belongs to no deployment", remedy="record it in a shared chain")
        self._ledger.record(event.deployment, event)

    def seal(self, event: Event) -> None:
        """End the deployment's chain, and say so in its environment's."""
        self._ledger.seal_deployment(event)


@dataclass(frozen=True, kw_only=True)
class RolloutDesk:
    """One environment, as a rollout needs it.

    Attributes:
        desk: what every command of a release works with.
        environment: which one.
        engines: everything that stages work on.
        survey: asks what a plan is built from.
        journal: of the environment.
        leases: of the environment.
    """

    desk: Desk
    environment: Environment
    engines: Engines
    survey: Survey
    journal: Journal
    leases: Leases

    @property
    def document(self) -> EnvironmentDocument:
        """What runs now.

        Raises:
            NoDocument: nobody has written it down.
        """
        found = self.engines.documents.newest(self.environment)
        if found is None:
            raise NoDocument(
                f"{self.environment} has no environment document: what runs there is not written down",
                remedy=f"slipway release bootstrap -s {self.environment}",
            )
        return found

    def deployments(self, reporter: Reporter) -> Deployments:
        """Begins deployments and carries them on, as the person whose credentials these are."""
        return Deployments(
            journal=self.journal,
            leases=self.leases,
            handlers=rollout_handlers(self.engines),
            chronicle=LedgerChronicle(Ledger(self.desk.ledger)),
            reporter=reporter,
            clock=self.desk.clock,
            actor=self.desk.identity.caller().arn,
        )

    def begin(self, made: Deployments, id_: DeploymentId, plan: Plan, *, minutes: int) -> Outcome:
        """Begin, and wait as long as asked.

        Raises:
            PlanOutdated: what runs has changed since the plan was built.
            DeploymentInterrupted: it has begun, and something did not answer.
        """
        try:
            outcome = made.begin(id_, self.environment, plan, confirm=lambda: self._refuse_outdated(plan))
            return made.carry_on_until_over(id_, outcome, patience=timedelta(minutes=minutes))
        except (AnotherUnderWay, LeaseHeld):
            raise
        except SlipwayError as error:
            if not self._may_have_begun(id_):
                raise
            raise _interrupted(id_, error) from error

    def _may_have_begun(self, id_: DeploymentId) -> bool:
        """A journal that has stopped answering may have it: the same command begins it, or continues it."""
        try:
            return self.journal.deployment(id_) is not None
        except JournalStoreError:
            return True

    def _refuse_outdated(self, plan: Plan) -> None:
        if plan.change is not None and not plan.change.fits(self.document):
            raise PlanOutdated(
                f"{self.environment} has changed while this was planned: {self.document.deployment} is done",
                remedy="run the same command again: it plans anew, on what runs now",
            )

    def carry_on(self, made: Deployments, id_: DeploymentId, *, minutes: int) -> Outcome:
        """Continue, and wait as long as asked.

        Raises:
            DeploymentInterrupted: something did not answer.
        """
        try:
            outcome = made.carry_on(id_)
            return made.carry_on_until_over(id_, outcome, patience=timedelta(minutes=minutes))
        except LeaseHeld:
            raise
        except SlipwayError as error:
            raise _interrupted(id_, error) from error

    def turn_back(self, made: Deployments, id_: DeploymentId, reason: str) -> Outcome:
        """Take an open deployment back.

        Raises:
            DeploymentInterrupted: something did not answer; it goes on back when it is continued.
        """
        try:
            return made.turn_back(id_, reason)
        except LeaseHeld:
            raise
        except SlipwayError as error:
            raise _interrupted(id_, error) from error


def _interrupted(id_: DeploymentId, error: SlipwayError) -> DeploymentInterrupted:
    return DeploymentInterrupted(
        f"deployment {id_} is interrupted: {error.message}",
        remedy=f"{error.remedy}; then run the same command again: it continues where this one was",
    )
