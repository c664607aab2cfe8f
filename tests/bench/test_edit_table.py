"""The table of edits: medians and ratios round by round, and whether the aim is met."""

from bench.edit.scenario import Edits, Round, aim, table


def _edits(*rounds: Round) -> Edits:
    return Edits(pipelines=1000, first=612.4, rounds=rounds)


def test_a_row_compares_each_edit_with_the_preview_before_it() -> None:
    """A slow minute falls on all three of a round, so ratios are taken within it."""
    quiet = Round(unchanged=10.0, preview=11.0, update=12.0)
    busy = Round(unchanged=20.0, preview=22.0, update=20.0)
    row = table([_edits(quiet, busy)]).splitlines()[-1]
    assert row == (
        "| 1,000 | 612 | 15.0 (10.0 to 20.0) | 16.5 (11.0 to 22.0) | 1.10 (1.10 to 1.10) "
        "| 16.0 (12.0 to 20.0) | 1.10 (1.00 to 1.20) |"
    )


def test_the_worse_of_the_two_decides() -> None:
    """A preview within the aim does not excuse an update beyond it."""
    slow = Round(unchanged=10.0, preview=10.0, update=12.1)
    fine = Round(unchanged=10.0, preview=12.0, update=10.0)
    assert "1000 pipelines: 1.21, NOT met" in aim([_edits(slow)])
    assert "1000 pipelines: 1.20, met" in aim([_edits(fine)])
