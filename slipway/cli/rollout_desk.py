"""What the commands of a rollout work with in one environment, and how they tell and wait."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from slipway.audit import Ledger
from slipway.cli.desk import Desk
from slipway.cli.pool_desk import PoolDesk
from slipway.model.deployment import Purpose
from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import ExitCode, SlipwayError, UsageError
from slipway.model.events import DeploymentId, Event
from slipway.ports.journal import Deployment, Journal, JournalStoreError
from slipway.ports.leases import LeaseHeld, Leases
from slipway.ports.reporter import Reporter
from slipway.rollout.attempts import Admitted
from slipway.rollout.deployments import AnotherUnderWay, Deployments
from slipway.rollout.leasing import Claim
from slipway.rollout.planned import Plan
from slipway.rollout.recording import Chronicle
from slipway.rollout.second_look import second_look
from slipway.rollout.survey import NoDocument, Survey
from slipway.rollout.table import Engines, rollout_handlers
from slipway.stages import Outcome

PATIENCE_MINUTES: Final = 60
"""How long a command waits for what a deployment waits for; whoever comes later continues it."""


_AGAIN: Final = ", then run the command again"
"""How many errors end: said once, whoever was interrupted knows it."""


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
        pool: the masked clones of its rows that wait for checks; None where there are none.
    """

    desk: Desk
    environment: Environment
    engines: Engines
    survey: Survey
    journal: Journal
    leases: Leases
    pool: PoolDesk | None = None

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
            on_lost=self.engines.dbt.tools.stop,
        )

    def begin(
        self,
        made: Deployments,
        id_: DeploymentId,
        plan: Plan,
        *,
        minutes: int,
        claim: Claim = Claim.AWAIT,
        admitted: Admitted | None = None,
    ) -> Outcome:
        """Begin, and wait as long as asked.

        Raises:
            PlanOutdated: what runs has changed since the plan was built.
            DeploymentInterrupted: it has begun, and something did not answer.
        """

        def begin() -> Outcome:
            return made.begin(
                id_,
                self.environment,
                plan,
                confirm=lambda: self._confirm(plan),
                admitted=admitted,
                claim=claim,
            )

        return self._begun(made, id_, begin, minutes)

    def _begun(
        self, made: Deployments, id_: DeploymentId, begin: Callable[[], Outcome], minutes: int
    ) -> Outcome:
        try:
            return made.carry_on_until_over(id_, begin(), patience=timedelta(minutes=minutes))
        except (AnotherUnderWay, LeaseHeld):
            raise
        except (SlipwayError, KeyboardInterrupt) as error:
            if not self._may_have_begun(id_):
                raise
            raise _interrupted(id_, error) from error

    def look_again(self, made: Deployments, id_: DeploymentId, first: Deployment, *, minutes: int) -> Outcome:
        """Look again at what a deployment could not see, and wait as long as asked.

        Args:
            made: begins it.
            id_: what it is called.
            first: the deployment whose verdict is inconclusive.
            minutes: how long to wait.

        Raises:
            TooLateToTell: it can no longer be told.
            PlanOutdated: what it brought is no longer what runs.
            DeploymentInterrupted: something did not answer.
        """
        rows = self.journal.rows(first.id)
        look = second_look(first, rows, id_, limits=self.engines.limits, now=self.desk.clock.now())

        def confirm() -> None:
            if not look.plan.runs_in(self.document):
                raise _outdated(self.document)
            for row in look.seen:  # under the leases, and before anything is begun
                self.journal.write(row)

        outcome = self._begun(
            made, id_, lambda: made.begin(id_, self.environment, look.plan, confirm=confirm), minutes
        )
        self.seen(first)
        return outcome

    def seen(self, first: Deployment) -> None:
        """Note that nobody has to look again: what is not seen still is the business of the look itself."""
        self.journal.save(replace(first, unseen_until=None))

    def _may_have_begun(self, id_: DeploymentId) -> bool:
        """A journal that has stopped answering may have it: the same command begins it, or continues it."""
        try:
            return self.journal.deployment(id_) is not None
        except JournalStoreError:
            return True

    def _confirm(self, plan: Plan) -> None:
        document = self.document
        if not plan.fits(document):
            raise _outdated(document)
        if plan.purpose is Purpose.DEPLOY and plan.change is not None:
            others = self.journal.open(self.environment)
            self.engines.projects.refuse_resting_on(others, document, plan.change)

    def carry_on(
        self,
        made: Deployments,
        id_: DeploymentId,
        *,
        minutes: int,
        claim: Claim = Claim.AWAIT,
        said: str = "",
    ) -> Outcome:
        """Continue, and wait as long as asked.

        Args:
            made: carries it on.
            id_: which deployment.
            minutes: how long to wait.
            claim: what is done about the lease of another process.
            said: what people are told once the lease is held; empty: nothing.

        Raises:
            DeploymentInterrupted: something did not answer, or somebody has stopped the command.
        """
        held = _telling(made, said)
        return self._until_over(made, id_, lambda: made.carry_on(id_, claim, held=held), minutes)

    def turn_back(
        self,
        made: Deployments,
        id_: DeploymentId,
        reason: str,
        *,
        minutes: int,
        claim: Claim = Claim.AWAIT,
        said: str = "",
    ) -> Outcome:
        """Take an open deployment back, and wait as long as asked.

        Args:
            made: takes it back.
            id_: which deployment.
            reason: why, for the record.
            minutes: how long to wait.
            claim: what is done about the lease of another process.
            said: what people are told once the lease is held; empty: nothing.

        Raises:
            DeploymentInterrupted: something did not answer; it goes on back when it is continued.
        """
        held = _telling(made, said)
        return self._until_over(made, id_, lambda: made.turn_back(id_, reason, claim, held=held), minutes)

    @staticmethod
    def _until_over(
        made: Deployments, id_: DeploymentId, go_on: Callable[[], Outcome], minutes: int
    ) -> Outcome:
        try:
            return made.carry_on_until_over(id_, go_on(), patience=timedelta(minutes=minutes))
        except LeaseHeld:
            raise
        except (SlipwayError, KeyboardInterrupt) as error:
            raise _interrupted(id_, error) from error


def _telling(made: Deployments, said: str) -> Callable[[], None]:
    return lambda: made.reporter.step(said) if said else None


def _outdated(document: EnvironmentDocument) -> PlanOutdated:
    return PlanOutdated(
        f"{document.environment} has changed while this was planned: {document.deployment} is done",
        remedy="run the same command again: it plans anew, on what runs now",
    )


def _interrupted(id_: DeploymentId, error: SlipwayError | KeyboardInterrupt) -> DeploymentInterrupted:
    if isinstance(error, KeyboardInterrupt):
        return DeploymentInterrupted(
            f"deployment {id_} is interrupted: the command was stopped, and its tools are ended",
            remedy="run the same command again: it continues where this one was",
        )
    return DeploymentInterrupted(
        f"deployment {id_} is interrupted: {error.message}",
        remedy=f"{error.remedy.removesuffix(_AGAIN)}; then run the same command again: it continues where "
        "this one was",
    )
