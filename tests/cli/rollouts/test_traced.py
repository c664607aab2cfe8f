"""`slipway audit trace` of a table that has lived: the whole chain at a glance, as golden text."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.model.environment import Environment
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.doubles.desk import MemoryDesk

Places = dict[Environment, Place]
Ship = Callable[..., str]
GOLDEN = Path(__file__).parents[2] / "golden"
MODEL = "dbt/models/marts/revenue/revenue.sql"
MINUTE = 60


@pytest.fixture
def lived(slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk) -> tuple[str, str]:
    """A good release that went up to staging and was rolled back there, and a bad one that dev stopped."""
    assert places
    good = ship(**{MODEL: "ORDERS * 1 again"})
    assert slipway("deploy", good, "-s", "dev").code == 0
    desk.clock.wait(10 * MINUTE)
    assert slipway("deploy", good, "-s", "staging").code == 1
    explained = slipway("deploy", good, "-s", "staging", "--explain", "--format", "json")
    effects = json.loads(explained.out)["effects_digest"]
    for person in ("ana.silva", "ben.okoro", "henrik.olsen"):
        desk.identity.person = person
        slipway("approve", good, "-s", "staging", "--effects", effects)
    desk.identity.person = "ben.okoro"
    desk.clock.wait(5 * MINUTE)
    assert slipway("deploy", good, "-s", "staging").code == 0
    desk.identity.person = "grace.kim"
    desk.clock.wait(90 * MINUTE)
    bad = ship(**{MODEL: "ORDERS * 2"})
    assert slipway("deploy", bad, "-s", "dev").code == 1
    assert slipway("rollback", "revenue", "-s", "staging", "--reason", "totals look\ndoubled").code == 0
    desk.clock.wait(MINUTE)
    desk.identity.person = "henrik.olsen"
    slipway("approve", good, "-s", "staging", "--revoke")
    return good, bad


@pytest.mark.parametrize(("style", "suffix"), [("text", "txt"), ("markdown", "md")])
def test_a_table_is_told_at_a_glance(
    slipway: Slipway, lived: tuple[str, str], style: str, suffix: str
) -> None:
    """Who brought and who allowed it, what audits and verdict said, what took it back, who was refused."""
    good, bad = lived
    told = slipway("audit", "trace", "revenue", "--format", style).out
    assert _named(told, good, bad) == (GOLDEN / f"trace-of-a-table.{suffix}").read_text(encoding="utf-8")
    assert len(told.splitlines()) < 60
    assert max(map(len, told.splitlines())) < 240


def test_what_a_person_took_back_names_them(slipway: Slipway, ship: Ship, places: Places) -> None:
    """A deployment that was under way, turned back by somebody: no audit, no stage that failed."""
    assert places
    release = ship(**{MODEL: "ORDERS * 1 again"})
    assert slipway("deploy", release, "-s", "dev", "--wait", "0").code == 4
    told = slipway("audit", "trace", "revenue").out
    assert (
        f"release {release} is under way; deployed 2026-11-26 12:00 UTC by grace.kim (dev-{release}-1)"
        in told
    )
    assert "waits      waits until run slipway__dev-" not in told
    assert "waits      until run slipway__dev-" in told
    assert "verdict    none yet" in told
    assert slipway("rollback", "revenue", "-s", "dev", "--reason", "a user or role asked").code == 0
    told = slipway("audit", "trace", "revenue").out
    assert "stopped    2026-11-26 12:00 UTC by grace.kim, what it had published was taken back" in told
    assert "because rolled back by grace.kim (a user or role asked)" in told, "words stay what they are"


def test_the_events_stay_within_reach(slipway: Slipway, lived: tuple[str, str]) -> None:
    """Each on one line, behind what is read first; for programs they are always there, and typed."""
    good, _ = lived
    short = slipway("audit", "trace", good).out
    whole = slipway("audit", "trace", good, "--events").out
    assert whole.startswith(short.rstrip())
    lines = [line for line in whole.splitlines() if "stage-begun prepare-candidates revenue" in line]
    assert len(lines) == 2
    plain = json.loads(slipway("audit", "trace", good, "--format", "json").out)
    staging, dev = plain["environments"]
    (deployed,) = staging["deployments"]
    assert (staging["environment"], deployed["state"], deployed["verdict"]["result"]) == (
        "staging",
        "rolled-back",
        "healthy",
    )
    assert [(each["person"], each["counted"]) for each in deployed["approvals"]] == [
        ("ben.okoro", False),
        ("henrik.olsen", True),
    ]
    assert {each["audit"] for each in deployed["audits"]} == {"row-band", "control-sum"}
    assert [each["purpose"] for each in deployed["rollbacks"]] == ["rollback"]
    assert [each["state"] for each in dev["deployments"]] == ["went-in"]
    assert len(plain["releases"][0]["events"]) > 60


def test_the_audits_that_stopped_a_release_are_on_record(slipway: Slipway, lived: tuple[str, str]) -> None:
    """The ledger's failed stage refers to the figures by digest, and says what to do."""
    plain = json.loads(slipway("audit", "trace", lived[1], "--format", "json").out)
    (dev,) = plain["environments"]
    (stopped,) = dev["deployments"]
    assert stopped["state"] == "stopped"
    assert [(each["audit"], each["passed"]) for each in stopped["audits"]] == [
        ("row-band", True),
        ("control-sum", False),
    ]
    (failed,) = [
        each["event"] for each in plain["releases"][0]["events"] if each["event"]["kind"] == "stage-failed"
    ]
    assert failed["figures"]["remedy"].startswith("correct the code")
    kinds = {each["digest"]: each["content"]["kind"] for each in plain["releases"][0]["evidence"]}
    assert [kinds[digest] for digest in failed["evidence"]] == ["audit-run"]


def _named(told: str, good: str, bad: str) -> str:
    """What is another one in each run has a name instead."""
    told = told.replace(good, "GOOD").replace(bad, "BAD")
    return re.sub(r"\b[0-9a-f]{12}\b", "HEX", told)
