"""What a deployment tells: each stage to the person at the terminal and to the ledger, in the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, assert_never

from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId, Event, EventKind, Outcome
from slipway.ports.clock import Clock
from slipway.ports.journal import Wait
from slipway.ports.reporter import Reporter
from slipway.rollout.handlers.dags import NOT_OBSERVED
from slipway.rollout.stages import GiveVerdict, RolloutStage, SwapTable, datasets_of
from slipway.stages import Completed, Stage, StageFailed, Undone
from slipway.stages.executor import Story
from slipway.stages.handler import Outputs

_EVIDENCE: Final = "evidence"
"""The output of a stage that kept evidence: its digest."""


class Chronicle(Protocol):
    """Where events of a deployment are written down, for good."""

    def open(self, event: Event) -> None:
        """Begin the deployment's chain; one that is begun is left as it is."""
        ...

    def record(self, event: Event) -> None:
        """Append to the deployment's chain."""
        ...

    def seal(self, event: Event) -> None:
        """End the deployment's chain."""
        ...


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Makes the events of one deployment.

    Attributes:
        deployment: its id.
        environment: where.
        release: digest of what is deployed, or of what is left.
        actor: ARN of who carries it out.
        clock: tells the time.
    """

    deployment: DeploymentId
    environment: Environment
    release: Digest
    actor: str
    clock: Clock

    def event(
        self,
        kind: EventKind,
        subject: str,
        message: str,
        *,
        outcome: Outcome = Outcome.SUCCESS,
        datasets: tuple[str, ...] = (),
        evidence: tuple[Digest, ...] = (),
        figures: Mapping[str, str] | None = None,
    ) -> Event:
        """Make an event of now."""
        return Event(
            kind=kind,
            outcome=outcome,
            at=self.clock.now(),
            actor=self.actor,
            environment=self.environment,
            deployment=self.deployment,
            release=self.release,
            subject=subject,
            datasets=datasets,
            evidence=evidence,
            figures=dict(figures or {}),
            message=message,
        )

    def opening(self, title: str, pipelines: Sequence[str], stages: Sequence[RolloutStage]) -> Event:
        """Make the first event of the deployment's chain."""
        return self.event(
            EventKind.DEPLOYMENT_OPENED,
            self.deployment,
            f"{title} in {self.environment}: {', '.join(pipelines)}",
            datasets=datasets_of(stages),
            figures={"stages": str(len(stages))},
        )


@dataclass(frozen=True, kw_only=True)
class RecordedStory(Story):
    """Tells both.

    Attributes:
        teller: makes the events.
        chronicle: keeps them.
        reporter: tells the person.
        title: what is carried out, such as `deploy of release 0123456789ab`.
        datasets: URIs of the tables that it publishes.
    """

    teller: Teller
    chronicle: Chronicle
    reporter: Reporter
    title: str
    datasets: tuple[str, ...]

    def begun(self, stage: Stage, sentence: str) -> None:
        """Say what is about to be done."""
        self.reporter.step(f"{stage.kind}: {sentence}")
        self._record(EventKind.STAGE_BEGUN, stage, sentence)

    def done(self, stage: Stage, outputs: Outputs) -> None:
        """Say that it was done, with the tables that it wrote and the evidence that it kept."""
        shown = {name: value for name, value in outputs.items() if value and name != _EVIDENCE}
        self.reporter.detail(f"{stage.name}: done {shown or ''}".rstrip())
        kept = (Digest(outputs[_EVIDENCE]),) if _EVIDENCE in outputs else ()
        kind = EventKind.VERDICT if isinstance(stage, GiveVerdict) else EventKind.STAGE_DONE
        if kind is EventKind.VERDICT:
            self.reporter.step(f"verdict on {stage.target}: {outputs['result']}")
        elif NOT_OBSERVED in outputs:
            self.reporter.warning(f"{stage.name}: not observed, for {outputs[NOT_OBSERVED]}")
        self._record(kind, stage, "", evidence=kept, figures=shown)

    def waits(self, stage: Stage, wait: Wait) -> None:
        """Say what it waits for; only once is it written down."""
        self.reporter.detail(f"{stage.name} waits until {wait.condition}")

    def failed(self, stage: Stage, reason: StageFailed) -> None:
        """Say why the way back begins."""
        self.reporter.warning(f"{stage.name} failed: {reason.message}")
        self._record(EventKind.STAGE_FAILED, stage, reason.message, outcome=Outcome.FAILURE)

    def undone(self, stage: Stage) -> None:
        """Say that it was taken back."""
        self.reporter.step(f"took back: {stage.name}")
        self._record(EventKind.STAGE_UNDONE, stage, "")

    def ended(self, outcome: Completed | Undone) -> None:
        """Seal the chain."""
        match outcome:
            case Completed():
                message, how = f"{self.title} is completed", Outcome.SUCCESS
            case Undone():
                message, how = f"{self.title} was taken back: {outcome.reason}", Outcome.FAILURE
            case _:
                assert_never(outcome)
        subject = self.teller.deployment
        self.chronicle.seal(
            self.teller.event(
                EventKind.DEPLOYMENT_SEALED, subject, message, outcome=how, datasets=self.datasets
            )
        )

    def _record(
        self,
        kind: EventKind,
        stage: Stage,
        message: str,
        *,
        outcome: Outcome = Outcome.SUCCESS,
        evidence: tuple[Digest, ...] = (),
        figures: Mapping[str, str] | None = None,
    ) -> None:
        written = (stage.target,) if isinstance(stage, SwapTable) else ()
        self.chronicle.record(
            self.teller.event(
                kind,
                stage.name,
                message,
                outcome=outcome,
                datasets=written,
                evidence=evidence,
                figures=figures,
            )
        )
