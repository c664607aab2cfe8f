"""How `slipway deploy --explain` is written: stages, the way back, effects, gates, and what comes next."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slipway.cli.console import Format
from slipway.cli.elapsed import elapsed
from slipway.cli.gate_view import weighed_lines, weighed_plain
from slipway.model.counted import counted
from slipway.model.digest import Digest, short
from slipway.model.environment import Environment
from slipway.model.release import Release
from slipway.release.gates.report import GateReport, GateState
from slipway.rollout.durations import Estimate, Expected
from slipway.stages import Explanation


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What to do now.

    Attributes:
        command: with all its arguments; empty where there is no one command.
        why: why this; instead of a command, what to do.
    """

    command: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What `slipway deploy --explain` prints.

    Attributes:
        release: what would go in.
        environment: where.
        plan: the stages.
        takes: how long they are expected to take.
        back: the commands of the way back.
        back_takes: how long its stages are expected to take.
        digest: of the effects: what approvers approve.
        gates: what each says now.
        next: what to do now.
    """

    release: Release
    environment: Environment
    plan: Explanation
    takes: Estimate
    back: tuple[str, ...]
    back_takes: Estimate
    digest: Digest
    gates: GateReport
    next: NextStep


def render_explanation(explained: Explained, style: Format) -> str:
    """Write a plan, and what has to be known before it is carried out."""
    if style is Format.JSON:
        return json.dumps(_as_data(explained), indent=2)
    return "\n".join(_lines(explained, "- " if style is Format.MARKDOWN else "  "))


def _lines(explained: Explained, mark: str) -> Iterator[str]:
    title = f"release {short(explained.release.digest)} in {explained.environment}"
    yield f"{title}: {counted(len(explained.plan.stages), 'stage')}, {_in_all(explained.takes)}"
    yield ""
    expected = [each for _, each in explained.takes.stages]
    for number, (line, known) in enumerate(zip(explained.plan.stages, expected, strict=True), start=1):
        yield f"{number:>2}. {line.stage.kind}: {line.sentence} ({_expected(known)})"
    yield ""
    yield "way back"
    yield from (f"{mark}{line}" for line in _back(explained))
    yield ""
    yield f"effects {explained.digest}"
    yield from [
        f"{mark}{effect.operation} {effect.target} (way back: {effect.reversibility})"
        for effect in explained.plan.effects.effects
    ] or [f"{mark}none"]
    yield ""
    yield from _gates(explained.gates, mark)
    yield ""
    yield "an approval is of"
    yield from (f"{mark}{name} {value}" for name, value in _approved(explained).items())
    yield ""
    yield f"next: {explained.next.command or explained.next.why}"
    if explained.next.command:
        yield f"{mark}{explained.next.why}"


def _expected(known: Expected | None) -> str:
    if known is None:
        return "no earlier run"
    of = counted(known.runs, "run") + (" for other targets" if known.elsewhere else "")
    return f"{elapsed(known.seconds)}, {'median of ' if known.runs > 1 else 'as '}{of}"


def _in_all(takes: Estimate) -> str:
    """The sum of what was measured; what was not is no second more."""
    known = len(takes.stages) - len(takes.unknown)
    if not takes.unknown:
        return f"about {elapsed(takes.seconds)} as earlier deployments took"
    if not known:
        return "no earlier run says how long"
    lacking = counted(len(takes.unknown), "stage")
    return f"about {elapsed(takes.seconds)} without the {lacking} of which there is no earlier run"


def _back(explained: Explained) -> Iterator[str]:
    takes = explained.back_takes
    if not explained.back:
        yield "nothing to take back"
        return
    yield from explained.back
    yield f"{_in_all(takes)}; the hardest to undo is {explained.plan.worst}"
    if takes.unknown:
        assumed = takes.assumed
        names = ", ".join(stage.name for stage in takes.unknown)
        figure = "cannot be undone" if assumed is None else f"assumed {elapsed(assumed.total_seconds())}"
        yield f"{figure}, until a run has measured it: {names}"
    yield f"a release that fails is taken back in this order: {', '.join(explained.plan.back_kinds)}"


def _gates(gates: GateReport, mark: str) -> Iterator[str]:
    passed = len(gates.results) - len(gates.refusals)
    now = "all pass now" if gates.passed else f"{passed} of {len(gates.results)} pass now"
    yield f"gates of {gates.environment}: {now}"
    for result in gates.results:
        yield f"{mark}{result.state} {result.gate}: {result.why}"
        yield from (f"  {mark}{line}" for line in weighed_lines(result))
        if result.state is not GateState.PASSED and result.remedy:
            yield f"{mark}  remedy: {result.remedy}"


def _approved(explained: Explained) -> dict[str, str]:
    return {
        "release": explained.release.digest,
        "environment": explained.environment.value,
        "effects": explained.digest,
    }


def _as_data(explained: Explained) -> dict[str, Any]:
    back = explained.back_takes
    return {
        "release": explained.release.digest,
        "environment": explained.environment.value,
        "stages": [
            {
                "name": line.stage.name,
                "kind": line.stage.kind,
                "target": line.stage.target,
                "does": line.sentence,
                "reversibility": line.stage.reversibility.value,
                **_expected_as_data(known),
            }
            for line, (_, known) in zip(explained.plan.stages, explained.takes.stages, strict=True)
        ],
        "effects": explained.plan.effects.model_dump(mode="json")["effects"],
        "effects_digest": explained.digest,
        "takes": _takes_as_data(explained.takes),
        "back": {
            "commands": list(explained.back),
            "worst": explained.plan.worst.value,
            "order": [stage.name for stage in explained.plan.back],
            **_takes_as_data(back),
            "assumed_seconds": None if back.assumed is None else back.assumed.total_seconds(),
        },
        "gates": [
            {
                "gate": result.gate.value,
                "state": result.state.value,
                "why": result.why,
                "remedy": result.remedy,
                "approvals": [weighed_plain(each) for each in result.weighed],
            }
            for result in explained.gates.results
        ],
        "gates_pass": explained.gates.passed,
        "approval": _approved(explained),
        "next": {"command": explained.next.command, "why": explained.next.why},
    }


def _expected_as_data(known: Expected | None) -> dict[str, Any]:
    if known is None:
        return {"seconds": None, "runs": 0, "of_other_targets": False}
    return {"seconds": known.seconds, "runs": known.runs, "of_other_targets": known.elsewhere}


def _takes_as_data(takes: Estimate) -> dict[str, Any]:
    return {"seconds": takes.seconds, "no_earlier_run": [stage.name for stage in takes.unknown]}
