"""What write-audit-publish adds to a rebuild: exact figures from known pairs."""

from bench.publish.scenario import Rebuild, rebuild_tables


def _released(seconds: float, statements: float, build: float) -> Rebuild:
    return Rebuild(seconds=seconds, statements=statements, stages={"survey": 5.0, "build-candidates": build})


def _plain(seconds: float, statements: float) -> Rebuild:
    return Rebuild(seconds=seconds, statements=statements)


def test_ratios_are_of_pairs_and_stages_have_their_spread() -> None:
    """Wall clock 2.0 and 3.0 times, statements 1.5 and 2.5 times; the build took 9 and 11 seconds."""
    released = [_released(20.0, 6.0, 9.0), _released(36.0, 5.0, 11.0)]
    plain = [_plain(10.0, 4.0), _plain(12.0, 2.0)]
    assert rebuild_tables(10_000_000, released, plain).splitlines() == [
        "| 10,000,000 rows | write-audit-publish | rebuilt in place | ratio (spread) |",
        "|---|---|---|---|",
        "| seconds until it is published | 28.0 | 11.0 | 2.50 (2.00 to 3.00) |",
        "| of these, in statements | 5.5 | 3.0 | 2.00 (1.50 to 2.50) |",
        "",
        "| write-audit-publish, stage by stage | seconds (spread) |",
        "|---|---|",
        "| survey | 5.0 (5.0 to 5.0) |",
        "| build-candidates | 10.0 (9.0 to 11.0) |",
    ]
