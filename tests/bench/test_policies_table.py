"""The table of packs: ratios round by round, and whether each aim is met."""

from bench.policies.scenario import Judged, Round, aim, table


def _judged(*rounds: Round, analyze: float = 15.0) -> Judged:
    return Judged(pipelines=1000, rounds=rounds, analyze=analyze, check=3.25)


def test_a_row_compares_the_pack_with_none_and_with_one_rule() -> None:
    """Within a round: a slow minute falls on all three."""
    row = table([_judged(Round(bare=10, one=13, whole=13), Round(bare=20, one=20, whole=30))]).splitlines()[
        -1
    ]
    assert row == (
        "| 1,000 | 15.0 (10.0 to 20.0) | 16.5 (13.0 to 20.0) | 21.5 (13.0 to 30.0) | 1.40 (1.30 to 1.50) "
        "| 1.25 (1.00 to 1.50) | 15.0 | 3.2 |"
    )


def test_each_aim_is_judged_by_itself() -> None:
    """On both sides of it."""
    met = aim([_judged(Round(bare=10, one=14, whole=14))])
    assert met.endswith("1000 pipelines: 1.40 met, 1.00 met, 15.00 met.")
    missed = aim([_judged(Round(bare=10, one=12, whole=14.2), analyze=15.01)])
    assert missed.endswith("1000 pipelines: 1.42 NOT met, 1.18 NOT met, 15.01 NOT met.")
