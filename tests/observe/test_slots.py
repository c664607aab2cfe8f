"""Counting in slots: whoever reports, and whenever, a failure is told once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from slipway.observe.slots import closed_slots, is_within

MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


def test_the_slots_of_a_report_are_the_last_three_that_are_over() -> None:
    """They begin at full five minutes, as CloudWatch's periods do."""
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    expected = [noon - timedelta(minutes=minutes) for minutes in (15, 10, 5)]
    for seconds in (0, 1, 299.9):
        assert list(closed_slots(noon + timedelta(seconds=seconds))) == expected
    assert closed_slots(noon + timedelta(seconds=300))[-1] == noon


@given(failed=MOMENTS, first=st.integers(0, 299), lost=st.integers(0, 8), twice=st.integers(0, 8))
def test_a_failure_is_told_once_whatever_the_schedule_does(
    failed: datetime, first: int, lost: int, twice: int
) -> None:
    """Two reports in a row may be lost, and one may come twice: the largest numbers add up to one."""
    reports = [failed + timedelta(seconds=first) + timedelta(minutes=5) * number for number in range(9)]
    kept = [each for number, each in enumerate(reports) if number not in {lost, lost + 1}]
    told: dict[datetime, int] = {}
    for report in [*kept, reports[twice]]:
        for slot in closed_slots(report):
            told[slot] = max(told.get(slot, 0), int(is_within(failed, slot)))
    assert sum(told.values()) == 1
