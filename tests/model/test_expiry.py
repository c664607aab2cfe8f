"""A mark is read as it was written, and leaves the rest of the comment alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.model.expiry import Expiry, expiry_in, marked, unmarked

AT = datetime(2026, 11, 23, tzinfo=UTC)
EXPIRIES = st.builds(Expiry, object=st.text(min_size=1), at=st.datetimes(timezones=st.just(UTC)))


@given(st.text(), EXPIRIES, EXPIRIES)
def test_a_mark_comes_and_goes(comment: str, first: Expiry, second: Expiry) -> None:
    """The owner's words survive; of two marks the later one holds."""
    twice = marked(marked(comment, first), second)
    assert expiry_in(twice) == second
    assert unmarked(twice) == unmarked(comment)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "see [slipway-expiry docs]",
        '[slipway-expiry {"at": "soon", "object": "T"}]',
        '[slipway-expiry {"at": "2026-11-23T00:00:00", "object": "T"}]',
        "[slipway-expiry {}]",
    ],
)
def test_what_was_not_written_here_is_no_mark(comment: str) -> None:
    """A text of somebody's own expires nothing and is kept."""
    assert expiry_in(comment) is None
    assert unmarked(comment) == comment


def test_a_mark_holds_for_its_own_name_from_its_moment() -> None:
    """A swap gives the object another name: production must not expire with it."""
    expiry = Expiry(object="D.S.CANDIDATE", at=AT)
    assert expiry.allows_drop_of("D.S.CANDIDATE", AT)
    assert not expiry.allows_drop_of("D.S.CANDIDATE", AT - timedelta(seconds=1))
    assert not expiry.allows_drop_of("D.S.SETTLEMENTS", AT)
