"""Interleaved pairs of previews and the table that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.preview.programs import Program, Sample


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


def _row(each: Comparison) -> str:
    seconds = [sample.seconds for sample in each.ours], [sample.seconds for sample in each.bare]
    peaks = [sample.peak_mib for sample in each.ours], [sample.peak_mib for sample in each.bare]
    cells = [str(each.pipelines), str(each.resources), *_cells(*seconds), *_cells(*peaks)]
    return f"| {' | '.join(cells)} |"


def _cells(ours: Sequence[float], bare: Sequence[float]) -> tuple[str, str, str]:
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    spread = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    return _spread(ours), _spread(bare), spread


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f} to {max(values):.1f})"
