"""Interleaved pairs of previews and the table that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from bench.preview.programs import Program, Sample
from bench.spread import spread

PEAK_AIM: Final = 1.15
"""The platform's peak memory should be at most so many times the bare program's."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What was measured at one size; the n-th samples of both were taken one after the other.

    Attributes:
        pipelines: size of the workspace.
        resources: how many both programs registered.
        ours: the platform's samples.
        bare: the bare program's samples.
    """

    pipelines: int
    resources: int
    ours: Sequence[Sample]
    bare: Sequence[Sample]

    @property
    def seconds_ratios(self) -> list[float]:
        """Wall clock of the platform's preview over the bare one's, pair by pair."""
        return [one.seconds / other.seconds for one, other in zip(self.ours, self.bare, strict=True)]

    @property
    def peak_ratios(self) -> list[float]:
        """Peak memory of the platform's program over the bare one's, pair by pair."""
        return [one.peak_mib / other.peak_mib for one, other in zip(self.ours, self.bare, strict=True)]


def compare(ours: Program, bare: Program, *, pairs: int, scratch: Path) -> tuple[list[Sample], list[Sample]]:
    """Preview both programs in turn; who begins alternates, so that a slow minute falls on both."""
    taken: dict[str, list[Sample]] = {ours.name: [], bare.name: []}
    for number in range(pairs):
        order = (ours, bare) if number % 2 == 0 else (bare, ours)
        for program in order:
            taken[program.name].append(program.preview(scratch))
    return taken[ours.name], taken[bare.name]


def table(comparisons: Sequence[Comparison]) -> str:
    """Return the comparisons as Markdown: medians, spread (min to max), ratios of the pairs."""
    measured = "seconds | bare | ratio (spread) | peak MiB | bare | ratio (spread)"
    head = f"| pipelines | resources | {measured} |"
    rule = "|---|---|---|---|---|---|---|---|"
    return "\n".join([head, rule, *(_row(each) for each in comparisons)])


def aim(comparisons: Sequence[Comparison]) -> str:
    """Return one line that states the aim of peak memory and, size by size, whether it is met."""
    told = "; ".join(_judged(each) for each in comparisons)
    return f"Aim: peak memory at most {PEAK_AIM} times the bare program's, by the median ratio. {told}."


def splitting(comparisons: Sequence[Comparison]) -> str:
    """Return what several stacks would make of one, size by size; empty where there is one size.

    An edit previews the stack that it is in; a change of what all have previews each of them, one after the
    other. A stack of its own would still read what the environment gives it, so both are at least so much.
    """
    ordered = sorted(comparisons, key=lambda each: each.pipelines)
    return "\n".join(_split(small, large) for small, large in pairwise(ordered))


def _split(small: Comparison, large: Comparison) -> str:
    one = median(each.seconds for each in small.ours) / median(each.seconds for each in large.ours)
    parts = large.pipelines / small.pipelines
    return (
        f"{large.pipelines} pipelines in stacks of {small.pipelines}: an edit previews in {one:.2f} of the "
        f"time of one stack, a change of all in {one * parts:.2f}."
    )


def _judged(each: Comparison) -> str:
    ratio = median(each.peak_ratios)
    return f"{each.pipelines} pipelines: {ratio:.3f}, {'met' if ratio <= PEAK_AIM else 'NOT met'}"


def _row(each: Comparison) -> str:
    cells = [
        str(each.pipelines),
        str(each.resources),
        spread([sample.seconds for sample in each.ours], 1),
        spread([sample.seconds for sample in each.bare], 1),
        spread(each.seconds_ratios, 2),
        spread([sample.peak_mib for sample in each.ours], 1),
        spread([sample.peak_mib for sample in each.bare], 1),
        spread(each.peak_ratios, 2),
    ]
    return f"| {' | '.join(cells)} |"
