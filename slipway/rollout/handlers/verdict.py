"""The verdict: how a release does after it went in, written down as evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from slipway.model.evidence import Verdict, VerdictResult
from slipway.ports.warehouse import Warehouse
from slipway.rollout.generations import refuse_swapped_back
from slipway.rollout.ground import Evidences
from slipway.rollout.handlers.dags import NOT_OBSERVED
from slipway.rollout.publication import RUN
from slipway.rollout.stages import GiveVerdict
from slipway.rollout.standing import Standing
from slipway.stages import Done, Handler, Observed, Progress, Run, Unclear
from slipway.stages.handler import Outputs

_PARSED: Final = "parsed"
"""Output of `publish-dag` where there is no Airflow: by what the files were parsed."""


@dataclass(frozen=True, kw_only=True)
class GiveVerdictHandler(Handler[GiveVerdict]):
    """Writes the verdict of what was observed.

    Attributes:
        evidence: where it is kept.
        warehouse: where the tables are.
    """

    evidence: Evidences
    warehouse: Warehouse

    def describe(self, stage: GiveVerdict) -> str:
        """Say of what."""
        if stage.taken_back:
            return f"write down that the release was taken back in {stage.target}"
        if stage.standing is not None:
            return _described(stage, stage.standing)
        observed = f"the observed runs of {', '.join(stage.dags)}" if stage.dags else "the stages before"
        if stage.unrun:
            observed += f"; {', '.join(stage.unrun)} cannot run, for there is no Airflow here"
        return f"write down the verdict on {stage.target} from {observed}"

    def observe(self, stage: GiveVerdict, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """The same verdict has the same digest."""
        return Unclear()

    def do(self, stage: GiveVerdict, run: Run) -> Progress:
        """Every stage before is done: the release is healthy, if all that was to be seen was seen.

        The tables are looked at once more: of one that was swapped back meanwhile there is no verdict.
        """
        refuse_swapped_back(self.warehouse, stage.relations, run)
        observations = tuple(
            f"{name}: {', '.join(f'{key} {value}' for key, value in sorted(outputs.items()) if value)}"
            for name, outputs in run.earlier.items()
            if outputs
        )
        basis = tuple(_basis(stage, run))
        verdict = Verdict(
            deployment=run.deployment,
            release=stage.release,
            environment=run.environment,
            result=_result(stage, run),
            basis=basis,
            observations=observations,
            at=run.began,
        )
        told = {"result": verdict.result.value, "basis": "; ".join(basis)}
        return Done({"evidence": self.evidence.put(verdict), **told})

    def undo(self, stage: GiveVerdict, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Evidence stays."""
        return Done()


def _described(stage: GiveVerdict, standing: Standing) -> str:
    runs = f"; {', '.join(stage.dags)} is observed once more" if stage.dags else ""
    unrun = f"; {', '.join(stage.unrun)} cannot run, for there is no Airflow here" if stage.unrun else ""
    return (
        f"write down the verdict on {stage.target}, which has all of it already: "
        f"{'; '.join(standing.seen)}{runs}{unrun}"
    )


def _basis(stage: GiveVerdict, run: Run) -> Iterator[str]:
    """What the result rests on: nobody may read a run into it that there was not."""
    if stage.standing is not None:
        yield from stage.standing.seen
    ran = [name for name, outputs in run.earlier.items() if RUN in outputs]
    if ran:
        yield f"observed a run of {', '.join(name.partition(' ')[2] for name in ran)}"
    yield from (outputs[NOT_OBSERVED] for outputs in run.earlier.values() if NOT_OBSERVED in outputs)
    if stage.unrun:
        parsed = any(_PARSED in outputs for outputs in run.earlier.values())
        how = "parsed, not run" if parsed else "not run"
        yield f"{', '.join(stage.unrun)} {how}: {run.environment} has no Airflow here"


def _result(stage: GiveVerdict, run: Run) -> VerdictResult:
    if stage.taken_back:
        return VerdictResult.FAILED
    unseen = any(NOT_OBSERVED in outputs for outputs in run.earlier.values())
    return VerdictResult.INCONCLUSIVE if unseen else VerdictResult.HEALTHY
