"""What a deployment tells: each stage to the person at the terminal and to the ledger, in the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol, assert_never

from slipway.model.digest import Digest, short
from slipway.model.environment import Environment
from slipway.model.events import REASON, REMEDY, DeploymentId, Event, EventKind, Outcome
from slipway.model.evidence import Admission
from slipway.model.stack_states import POLICIES, STATE_FROM, STATE_TO
from slipway.ports.clock import Clock
from slipway.ports.journal import Wait
from slipway.ports.reporter import Reporter
from slipway.rollout.handlers.dags import NOT_OBSERVED
from slipway.rollout.left_behind import sentence
from slipway.rollout.stage_count import StageCount
from slipway.rollout.stages import GiveVerdict, RolloutStage, datasets_of, written_by
from slipway.stages import Completed, Stage, StageFailed, Undone
from slipway.stages.handler import Outputs
from slipway.stages.story import Story

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

    def admitted(self, admission: Admission, digest: Digest) -> Event:
        """Make the event of the gates that let the release in.

        Args:
            admission: what each said.
            digest: under which it is kept.
        """
        return self.event(
            EventKind.GATE_PASSED,
            self.deployment,
            f"every gate of {self.environment} lets {short(self.release)} in",
            evidence=(digest,),
            figures={each.gate: each.why for each in admission.gates},
        )

    def opening(
        self, title: str, pipelines: Sequence[str], stages: Sequence[RolloutStage], reason: str
    ) -> Event:
        """Make the first event of the deployment's chain."""
        figures = {"stages": str(len(stages))}
        return self.event(
            EventKind.DEPLOYMENT_OPENED,
            self.deployment,
            f"{title} in {self.environment}: {', '.join(pipelines)}",
            datasets=datasets_of(stages),
            figures={**figures, REASON: reason} if reason else figures,
        )


@dataclass(frozen=True, kw_only=True)
class RecordedStory(Story):
    """Tells both.

    Attributes:
        teller: makes the events.
        chronicle: keeps them.
        reporter: tells the person.
        title: what is carried out, such as `deploy of release 0123456789ab`.
        datasets: URIs of the tables and views that it publishes.
        count: shows how many stages are done, where a line on each would be too many; None: a line each.
    """

    teller: Teller
    chronicle: Chronicle
    reporter: Reporter
    title: str
    datasets: tuple[str, ...]
    count: StageCount | None = None
    _news: set[str] = field(default_factory=set, init=False)
    """Stages that this process has begun: of the others it finds that they wait, which was told before."""
    _failed: set[str] = field(default_factory=set, init=False)
    """Stages that failed in this process: with one of them the way back begins, and its waits are news."""
    _told_back: set[str] = field(default_factory=set, init=False)

    def begun(self, stage: Stage, sentence: str) -> None:
        """Say what is about to be done."""
        self._news.add(stage.name)
        self._say(f"{stage.kind}: {sentence}")
        self._record(EventKind.STAGE_BEGUN, stage, sentence)

    def done(self, stage: Stage, outputs: Outputs, took: timedelta) -> None:
        """Say that it was done, with the tables that it wrote and the evidence that it kept."""
        shown = {name: value for name, value in outputs.items() if value and name != _EVIDENCE}
        self._say(f"  done in {took.total_seconds():.1f} s")
        if self.count is not None:
            self.count.one_more()
        self.reporter.detail(f"{stage.name}: done {shown or ''}".rstrip())
        if stage.name not in self._news:
            self._record(EventKind.RESUMED, stage, "what it waited for has come true")
        kind = EventKind.VERDICT if isinstance(stage, GiveVerdict) else EventKind.STAGE_DONE
        if isinstance(stage, GiveVerdict) and stage.taken_back:
            self.chronicle.record(self._taken_back(stage))
        if isinstance(stage, GiveVerdict):
            self.reporter.step(_told(stage, outputs))
        elif NOT_OBSERVED in outputs:
            self.reporter.warning(f"{stage.name}: not observed, for {outputs[NOT_OBSERVED]}")
        self._record(kind, stage, self._left(stage, outputs), evidence=_kept(outputs), figures=shown)

    def waits(self, stage: Stage, wait: Wait) -> None:
        """Say what it waits for; only once is it written down."""
        if stage.name in self._told_back if self._failed else stage.name not in self._news:
            self.reporter.detail(f"{stage.name} waits until {wait.condition}")
        else:
            self._say(f"  waits until {wait.condition}")
            self._news.discard(stage.name)
            if self._failed:
                self._told_back.add(stage.name)
            until = {"until": f"{wait.deadline:%Y-%m-%dT%H:%MZ}"}
            self._record(EventKind.PARKED, stage, f"waits until {wait.condition}", figures=until)

    def overdue(self, stage: Stage, wait: Wait) -> None:
        """Say that somebody has to look: nothing is taken back over what may still write."""
        self.reporter.warning(
            f"taking {stage.name} back waits still until {wait.condition}; it should have come true by "
            f"{wait.deadline:%Y-%m-%d %H:%M} UTC, and what comes after it is not taken back until then"
        )

    def failed(self, stage: Stage, reason: StageFailed, outputs: Outputs) -> None:
        """Say why the way back begins, with the evidence of it and with what to do about it."""
        self._failed.add(stage.name)
        self.reporter.warning(f"{stage.name} failed: {reason.message}")
        self._record(
            EventKind.STAGE_FAILED,
            stage,
            reason.message,
            outcome=Outcome.FAILURE,
            evidence=_kept(outputs),
            figures={**_states(outputs), REMEDY: reason.remedy},
        )

    def undone(self, stage: Stage, outputs: Outputs) -> None:
        """Say that it was taken back, and what is left of it."""
        self.reporter.step(f"took back: {stage.name}")
        self._record(EventKind.STAGE_UNDONE, stage, self._left(stage, outputs), figures=outputs)

    def owed(self, stage: Stage, why: StageFailed, outputs: Outputs) -> None:
        """Say what is left to people, and what they can do about it."""
        self.reporter.warning(f"owed by {stage.name}: {why.message}; {why.remedy}")
        self._left(stage, outputs)
        self._record(
            EventKind.STAGE_OWED,
            stage,
            why.message,
            outcome=Outcome.FAILURE,
            figures={**outputs, REMEDY: why.remedy},
        )

    def ended(self, outcome: Completed | Undone) -> None:
        """Seal the chain."""
        match outcome:
            case Completed():
                message, how = f"{self.title} is completed", Outcome.SUCCESS
            case Undone():
                left = "".join(f"; owed: {each}" for each in outcome.owed)
                message, how = f"{self.title} was taken back: {outcome.reason}{left}", Outcome.FAILURE
            case _:
                assert_never(outcome)
        subject = self.teller.deployment
        self.chronicle.seal(
            self.teller.event(
                EventKind.DEPLOYMENT_SEALED, subject, message, outcome=how, datasets=self.datasets
            )
        )

    def _say(self, line: str) -> None:
        """Say what a stage comes to; where stages are counted, only to whoever looks for a fault."""
        if self.count is None:
            self.reporter.step(line)
        else:
            self.reporter.detail(line)

    def _left(self, stage: Stage, outputs: Outputs) -> str:
        """Rows that are in a generation that has gone are everybody's business."""
        said = sentence(stage.target, outputs)
        if said:
            self.reporter.warning(said)
        return said

    def _taken_back(self, stage: GiveVerdict) -> Event:
        """A way back is walked to its end: what it has left is told with the tables that came back."""
        return self.teller.event(
            EventKind.ROLLED_BACK,
            self.teller.deployment,
            f"release {short(stage.release)} was taken back in {stage.target}",
            datasets=self.datasets,
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
        self.chronicle.record(
            self.teller.event(
                kind,
                stage.name,
                message,
                outcome=outcome,
                datasets=written_by(stage),
                evidence=evidence,
                figures=figures,
            )
        )


def _kept(outputs: Outputs) -> tuple[Digest, ...]:
    return (Digest(outputs[_EVIDENCE]),) if _EVIDENCE in outputs else ()


def _states(outputs: Outputs) -> Outputs:
    """The states of a stack that a stage has left although it failed: somebody answers for them."""
    return {name: outputs[name] for name in (STATE_FROM, STATE_TO, POLICIES) if name in outputs}


def _told(verdict: GiveVerdict, outputs: Outputs) -> str:
    if verdict.taken_back:
        left = f"release {short(verdict.release)} is written down as failed there"
        return f"{verdict.target} is back at what ran before; {left}"
    basis = f" ({outputs['basis']})" if outputs.get("basis") else ""
    return f"verdict on {verdict.target}: {outputs['result']}{basis}"
