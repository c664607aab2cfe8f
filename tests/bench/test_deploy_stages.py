"""Seconds of a deployment are read from its ledger, and nothing of the command's time is left out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bench.deploy.stages import walk_of, walk_table
from slipway.model.environment import Environment
from slipway.model.events import Event, EventKind, Outcome

_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_CHAIN = (
    (EventKind.DEPLOYMENT_OPENED, 8.0, "dev-0123456789ab-1"),
    (EventKind.STAGE_BEGUN, 8.5, "swap-table snowflake://FINEDGE.MARTS.REVENUE"),
    (EventKind.STAGE_DONE, 9.0, "swap-table snowflake://FINEDGE.MARTS.REVENUE"),
    (EventKind.STAGE_BEGUN, 9.25, "swap-table snowflake://FINEDGE.MARTS.REVENUE_MONTHLY"),
    (EventKind.STAGE_DONE, 10.0, "swap-table snowflake://FINEDGE.MARTS.REVENUE_MONTHLY"),
    (EventKind.STAGE_BEGUN, 10.0, "give-verdict dev"),
    (EventKind.VERDICT, 12.0, "give-verdict dev"),
    (EventKind.DEPLOYMENT_SEALED, 13.0, "dev-0123456789ab-1"),
)


def _events(chain: Sequence[tuple[EventKind, float, str]] = _CHAIN) -> list[Event]:
    return [
        Event(
            kind=kind,
            outcome=Outcome.SUCCESS,
            at=_NOON + timedelta(seconds=after),
            actor="arn:aws:iam::111122223333:user/grace.kim",
            environment=Environment.DEV,
            subject=subject,
        )
        for kind, after, subject in chain
    ]


def test_two_stages_of_a_kind_are_one_row() -> None:
    """A release of many tables has one figure for its swaps."""
    walk = walk_of(_NOON, _events())
    assert dict(walk.stages) == {"swap-table": 1.25, "give-verdict": 2.0}
    assert (walk.planned, walk.total) == (8.0, 12.0)


def test_what_belongs_to_no_stage_is_a_row_of_its_own() -> None:
    """Rows add up to the total: 8 + 1.25 + 2 of 12 seconds are accounted for, 0.75 are between."""
    table = walk_table("slipway deploy", [walk_of(_NOON, _events())]).splitlines()
    assert table == [
        "| slipway deploy, 1 times | seconds (spread) |",
        "|---|---|",
        "| start, survey, gates | 8.0 (8.0 to 8.0) |",
        "| swap-table | 1.2 (1.2 to 1.2) |",
        "| give-verdict | 2.0 (2.0 to 2.0) |",
        "| between stages | 0.8 (0.8 to 0.8) |",
        "| `slipway deploy` to its verdict | 12.0 (12.0 to 12.0) |",
    ]


def test_the_spread_is_over_the_runs_of_the_command() -> None:
    """One started two seconds earlier than the other."""
    walks = [walk_of(_NOON, _events()), walk_of(_NOON - timedelta(seconds=2), _events())]
    table = walk_table("slipway deploy", walks).splitlines()
    assert table[0] == "| slipway deploy, 2 times | seconds (spread) |"
    assert table[2] == "| start, survey, gates | 9.0 (8.0 to 10.0) |"
    assert table[-1] == "| `slipway deploy` to its verdict | 13.0 (12.0 to 14.0) |"


def test_a_chain_without_a_verdict_is_no_measurement() -> None:
    """A deployment that was taken back took another time than the one that was asked for."""
    with pytest.raises(ValueError, match="the chain has no verdict"):
        walk_of(_NOON, _events(_CHAIN[:5]))
