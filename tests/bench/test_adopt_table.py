"""The estate that grows is one of different objects; the table says whether each round meets the aim."""

from bench.adopt.copies import copied_estate
from bench.adopt.scenario import Measured, table
from slipway.adopt.state_reading import read_state


def test_copies_are_other_objects() -> None:
    """As many as fit, each at an address of its own."""
    state = read_state(copied_estate(200), "estate")
    assert len(state.instances) == 3 * 93
    assert len({each.address for each in state.instances}) == 3 * 93
    assert 'module.copy["2"].module.batch_pipeline["fx_rates"].aws_glue_job.this' in {
        each.address for each in state.instances
    }


def test_the_slowest_round_decides() -> None:
    """Both together."""
    one = Measured(objects=550, instances=465, resources=430, inventory=(0.1, 0.2), proposal=(0.4, 0.7))
    two = Measured(objects=5000, instances=4929, resources=4558, inventory=(1.0,), proposal=(4.5,))
    assert table([one, two])[2:] == [
        "| 465 | 430 | 0.15 (0.10 to 0.20) | 0.55 (0.40 to 0.70) | 0.70 (0.50 to 0.90) | 1 s met |",
        "| 4,929 | 4,558 | 1.00 (1.00 to 1.00) | 4.50 (4.50 to 4.50) | 5.50 (5.50 to 5.50) | 5 s NOT met |",
    ]
