"""A release that its data audits have stopped: what the environment above says of it, and the way on."""

import json
from collections.abc import Callable

from slipway.model.environment import Environment
from tests.cli.conftest import Ended, Slipway
from tests.cli.releases.tampering import rewrite
from tests.cli.rollouts.conftest import Place
from tests.doubles.desk import MemoryDesk

Places = dict[Environment, Place]
Ship = Callable[..., str]
MODEL = "dbt/models/marts/revenue/revenue.sql"


def _below(ended: Ended) -> dict[str, str]:
    gates: list[dict[str, str]] = json.loads(ended.out)["gates"]
    return next(gate for gate in gates if gate["gate"] == "lower-environment-healthy")


def test_the_gate_above_names_the_audit_and_the_way_on(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Not a loop: deploying it to dev again is no remedy, and a new release goes on."""
    assert places
    bad = ship(**{MODEL: "ORDERS * 2"})
    assert slipway("deploy", bad, "-s", "dev").code == 1
    refused = slipway("deploy", bad, "-s", "staging")
    assert refused.code == 1
    assert f"it was stopped in dev at 2026-11-26 12:00 UTC (dev-{bad}-1): 1 of 2 data audits" in refused.out
    assert "sum of AMOUNT is 60.00, +100.0 % against dev's 30.00" in refused.out
    assert "then slipway build, and deploy that new release from dev on" in refused.out
    assert f"slipway deploy {bad} -s dev" not in refused.out
    desk.clock.wait(60)
    mended = ship(**{MODEL: "ORDERS * 1 mended"})
    assert slipway("deploy", mended, "-s", "dev").code == 0
    slipway("deploy", mended, "-s", "staging", "--explain")
    asked = slipway("gate", "explain", mended, "-s", "staging", "--format", "json")
    assert _below(asked)["state"] == "passed"


def test_what_somebody_has_made_of_the_end_is_refused(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """The end is read from the deployment's own chain, against its locked copy."""
    assert places
    bad = ship(**{MODEL: "ORDERS * 2"})
    slipway("deploy", bad, "-s", "dev")
    last = max(number for chain, number in desk.ledger.stored if chain == f"dev-{bad}-1")
    rewrite(desk.ledger, f"dev-{bad}-1", last, '"outcome":"failure"', '"outcome":"success"')
    slipway("deploy", bad, "-s", "staging", "--explain")
    found = _below(slipway("gate", "explain", bad, "-s", "staging", "--format", "json"))
    assert found["state"] == "unjudged"
    assert f"of the ledger's chain dev-{bad}-1 was changed after it was written" in found["why"]
