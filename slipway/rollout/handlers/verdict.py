"""The verdict: how a release does after it went in, written down as evidence."""

from dataclasses import dataclass

from slipway.model.evidence import Verdict, VerdictResult
from slipway.rollout.ground import Evidences
from slipway.rollout.handlers.dags import NOT_OBSERVED
from slipway.rollout.stages import GiveVerdict
from slipway.stages import Done, Handler, Observed, Progress, Run, Unclear
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class GiveVerdictHandler(Handler[GiveVerdict]):
    """Writes the verdict of what was observed.

    Attributes:
        evidence: where it is kept.
    """

    evidence: Evidences

    def describe(self, stage: GiveVerdict) -> str:
        """Say of what."""
        if stage.taken_back:
            return f"write down that the release was taken back in {stage.target}"
        observed = f"the observed runs of {', '.join(stage.dags)}" if stage.dags else "the stages before"
        return f"write down the verdict on {stage.target} from {observed}"

    def observe(self, stage: GiveVerdict, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """The same verdict has the same digest."""
        return Unclear()

    def do(self, stage: GiveVerdict, run: Run) -> Progress:
        """Every stage before is done: the release is healthy, if all that was to be seen was seen."""
        observations = tuple(
            f"{name}: {', '.join(f'{key} {value}' for key, value in sorted(outputs.items()) if value)}"
            for name, outputs in run.earlier.items()
            if outputs
        )
        verdict = Verdict(
            deployment=run.deployment,
            release=stage.release,
            environment=run.environment,
            result=_result(stage, run),
            observations=observations,
            at=run.began,
        )
        return Done({"evidence": self.evidence.put(verdict), "result": verdict.result.value})

    def undo(self, stage: GiveVerdict, run: Run, outputs: Outputs) -> None:
        """Evidence stays."""


def _result(stage: GiveVerdict, run: Run) -> VerdictResult:
    if stage.taken_back:
        return VerdictResult.FAILED
    unseen = any(NOT_OBSERVED in outputs for outputs in run.earlier.values())
    return VerdictResult.INCONCLUSIVE if unseen else VerdictResult.HEALTHY
