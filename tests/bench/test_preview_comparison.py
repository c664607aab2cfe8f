"""Interleaved pairs, and the figures that are printed of them: exact numbers from known samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.preview.comparison import Comparison, aim, compare, splitting, table
from bench.preview.programs import Program, Sample


def _samples(*measured: tuple[float, float]) -> list[Sample]:
    return [Sample(seconds=seconds, peak_mib=peak) for seconds, peak in measured]


def _comparison(ours: Sequence[Sample], bare: Sequence[Sample], *, pipelines: int = 12) -> Comparison:
    return Comparison(pipelines=pipelines, resources=80, ours=ours, bare=bare)


def test_the_table_has_medians_spreads_and_ratios_of_pairs() -> None:
    """Three pairs: seconds 1.50, 1.25 and 2.00 times the bare ones, peaks 1.10, 1.05 and 1.30 times."""
    ours = _samples((15.0, 110.0), (20.0, 105.0), (10.0, 130.0))
    bare = _samples((10.0, 100.0), (16.0, 100.0), (5.0, 100.0))
    *_, row = table([_comparison(ours, bare)]).splitlines()
    assert row == (
        "| 12 | 80 | 15.0 (10.0 to 20.0) | 10.0 (5.0 to 16.0) | 1.50 (1.25 to 2.00) "
        "| 110.0 (105.0 to 130.0) | 100.0 (100.0 to 100.0) | 1.10 (1.05 to 1.30) |"
    )


def test_ratios_are_of_pairs_not_of_medians() -> None:
    """A slow minute that fell on both of one pair leaves its ratio alone."""
    slow_and_fast = _comparison(
        _samples((20.0, 1.0), (2.0, 1.0), (3.0, 1.0)), _samples((10.0, 1.0), (1.0, 1.0), (3.0, 1.0))
    )
    assert slow_and_fast.seconds_ratios == [2.0, 2.0, 1.0]
    assert " 2.00 (1.00 to 2.00) |" in table([slow_and_fast])


def test_every_size_is_a_row_under_one_head() -> None:
    """Markdown: a head, a rule with as many columns, the sizes in order."""
    one = _samples((1.0, 1.0))
    sizes = [_comparison(one, one, pipelines=size) for size in (12, 120)]
    head, rule, *rows = table(sizes).splitlines()
    assert {line.count("|") for line in (head, rule, *rows)} == {9}
    assert [row.split(" | ")[0] for row in rows] == ["| 12", "| 120"]


def test_what_several_stacks_would_be_of_each_two_sizes() -> None:
    """Four times the pipelines in five times the time: an edit previews in a fifth of it."""
    small = _comparison(_samples((10.0, 1.0)), _samples((1.0, 1.0)), pipelines=250)
    large = _comparison(_samples((50.0, 1.0)), _samples((1.0, 1.0)), pipelines=1000)
    assert splitting([large, small]) == (
        "1000 pipelines in stacks of 250: an edit previews in 0.20 of the time of one stack, "
        "a change of all in 0.80."
    )
    assert splitting([small]) == ""


def test_a_pair_without_its_other_half_is_refused() -> None:
    """A ratio of samples that do not belong together would be a lie."""
    with pytest.raises(ValueError, match="shorter"):
        table([_comparison(_samples((1.0, 1.0), (1.0, 1.0)), _samples((1.0, 1.0)))])


def test_the_aim_is_judged_by_the_median_ratio_of_each_size() -> None:
    """1.15 itself meets it; one outlier does not miss it."""
    bare = _samples((1.0, 100.0), (1.0, 100.0), (1.0, 100.0))
    exact = _comparison(_samples((1.0, 115.0), (1.0, 100.0), (1.0, 190.0)), bare)
    over = _comparison(_samples((1.0, 116.0), (1.0, 100.0), (1.0, 117.0)), bare, pipelines=120)
    assert aim([exact, over]) == (
        "Aim: peak memory at most 1.15 times the bare program's, by the median ratio. "
        "12 pipelines: 1.150, met; 120 pipelines: 1.160, NOT met."
    )


@dataclass(frozen=True, kw_only=True)
class _Told(Program):
    """A program that notes when it is previewed and returns a sample with the number of the turn."""

    turns: list[str]

    def preview(self, scratch: Path) -> Sample:
        del scratch
        self.turns.append(self.name)
        return Sample(seconds=float(len(self.turns)), peak_mib=1.0)


def test_pairs_are_interleaved_and_who_begins_alternates(tmp_path: Path) -> None:
    """What warms a cache helps both equally."""
    turns: list[str] = []
    ours, bare = (
        _Told(name=name, folder=tmp_path, environment={}, turns=turns) for name in ("slipway", "bare")
    )
    our_samples, bare_samples = compare(ours, bare, pairs=3, scratch=tmp_path)
    assert turns == ["slipway", "bare", "bare", "slipway", "slipway", "bare"]
    assert [sample.seconds for sample in our_samples] == [1.0, 4.0, 5.0]
    assert [sample.seconds for sample in bare_samples] == [2.0, 3.0, 6.0]
