"""A stack brought up; then rounds: a preview of what is up, of one entry's edit, and its update."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.grown_stack import GrownStack, grown_stack
from bench.preview.programs import STACK
from bench.progress import say
from bench.spread import spread

AIM: Final = 1.2
"""The edit's preview and its update should each take at most so many times the preview of what is up."""

_EDITED: Final = Path("catalog/revenue.yaml")
_AS_IT_IS: Final = "max_age: 30h"
_OTHERWISE: Final = "max_age: 31h"


@dataclass(frozen=True, kw_only=True)
class Round:
    """Seconds, one after the other, of one edit.

    Attributes:
        unchanged: `pulumi preview` of what is up.
        preview: `pulumi preview --save-plan` of the edit.
        update: `pulumi up --plan --skip-preview` of it, with the engine's own checkpoints.
    """

    unchanged: float
    preview: float
    update: float


@dataclass(frozen=True, kw_only=True)
class Edits:
    """What was measured at one size.

    Attributes:
        pipelines: size of the workspace.
        first: seconds of the `pulumi up` that made the stack.
        rounds: the edits.
    """

    pipelines: int
    first: float
    rounds: Sequence[Round]


def edit_table(sizes: Sequence[int], rounds: int, scratch: Path) -> str:
    """Measure every size, each in a sandbox of its own, and return the table and whether the aim is met.

    Args:
        sizes: numbers of pipelines.
        rounds: edits at each size.
        scratch: an empty folder.
    """
    measured = [_measured(size, rounds, scratch / str(size)) for size in sizes]
    return f"{table(measured)}\n\n{aim(measured)}"


def _measured(size: int, rounds: int, scratch: Path) -> Edits:
    with grown_stack(size, scratch) as stack:
        taken = []
        for number in range(rounds):
            say(f"{size} pipelines: edit {number + 1} of {rounds}")
            taken.append(_round(stack, scratch / "plan.json"))
    return Edits(pipelines=size, first=stack.first, rounds=taken)


def _round(stack: GrownStack, plan: Path) -> Round:
    unchanged = stack.pulumi("preview", "-s", STACK, "--expect-no-changes")
    entry = stack.workspace / _EDITED
    text = entry.read_text(encoding="utf-8")
    before, after = (_AS_IT_IS, _OTHERWISE) if _AS_IT_IS in text else (_OTHERWISE, _AS_IT_IS)
    entry.write_text(text.replace(before, after), encoding="utf-8")
    preview = stack.pulumi("preview", "-s", STACK, "--save-plan", str(plan))
    update = stack.pulumi("up", "-s", STACK, "--plan", str(plan), "--skip-preview", "--yes")
    return Round(unchanged=unchanged, preview=preview, update=update)


def table(measured: Sequence[Edits]) -> str:
    """Return what was measured as Markdown: medians, lowest to highest, ratios round by round."""
    heads = "first up, s | preview, nothing changed, s | preview of the edit | ratio | its update | ratio"
    return "\n".join([f"| pipelines | {heads} |", "|---|---|---|---|---|---|---|", *map(_row, measured)])


def aim(measured: Sequence[Edits]) -> str:
    """Return one line: the aim, and size by size whether it is met."""
    told = "; ".join(f"{each.pipelines} pipelines: {_judged(each)}" for each in measured)
    return f"Aim: each at most {AIM} times the preview of what is up, by the median ratio. {told}."


def _judged(each: Edits) -> str:
    worst = max(median(_previews(each)), median(_updates(each)))
    return f"{worst:.2f}, {'met' if worst <= AIM else 'NOT met'}"


def _row(each: Edits) -> str:
    cells = [
        f"{each.pipelines:,}",
        f"{each.first:.0f}",
        spread([taken.unchanged for taken in each.rounds], 1),
        spread([taken.preview for taken in each.rounds], 1),
        spread(_previews(each), 2),
        spread([taken.update for taken in each.rounds], 1),
        spread(_updates(each), 2),
    ]
    return f"| {' | '.join(cells)} |"


def _previews(each: Edits) -> list[float]:
    return [taken.preview / taken.unchanged for taken in each.rounds]


def _updates(each: Edits) -> list[float]:
    return [taken.update / taken.unchanged for taken in each.rounds]
