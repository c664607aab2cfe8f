"""`slipway gate explain`: why a release may not go in, and that an outage is no way around."""

import json
from collections.abc import Callable
from datetime import timedelta

from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.evidence import VerdictResult
from slipway.model.release import Release
from slipway.release.effects_record import EffectsRecord
from tests.cli.conftest import Ended, Slipway
from tests.cli.releases.tampering import edit
from tests.doubles.desk import MemoryDesk
from tests.doubles.releases import EFFECTS, verdict


def _gates(ended: Ended) -> dict[str, tuple[str, str]]:
    return {gate["gate"]: (gate["state"], gate["why"]) for gate in json.loads(ended.out)["gates"]}


def test_gates_refuse_until_everything_is_there(
    desk: MemoryDesk, slipway: Slipway, release: Release, approve: Callable[..., Ended]
) -> None:
    """Each with why and what to do; then the release may go in, and again when it was not asked before."""
    asked = ("gate", "explain", release.digest[7:19], "-s", "prod")
    ended = slipway(*asked)
    assert ended.code == 1
    assert "passed   checks-passed: Did every check" in ended.out
    assert f"remedy: slipway deploy {release.digest[7:19]} -s staging" in ended.out
    assert "0 of 2 approvals" in ended.out
    assert "remedy: ask ben.okoro, henrik.olsen for slipway approve" in ended.out
    assert f"2 of 4 gates of prod keep {release.digest[7:19]} out" in ended.err
    for person in ("ben.okoro", "henrik.olsen"):
        assert approve(person).code == 0
    desk.judge(verdict(release, Environment.STAGING, VerdictResult.HEALTHY))
    ended = slipway(*asked, "--format", "json")
    assert ended.code == 0, ended.out
    assert {state for state, _ in _gates(ended).values()} == {"passed"}
    assert f"every gate of prod lets {release.digest[7:19]} in" in ended.err
    assert slipway(*asked, "--format", "markdown").out.startswith("| gate | state | why | remedy |")


def test_a_change_that_waits_is_not_carried_in_by_the_next(
    desk: MemoryDesk, slipway: Slipway, release: Release
) -> None:
    """A2 waits for approval: A3 is refused until it lists A2 too; B2, of another pipeline, is not held up."""
    for path, expected in (
        ("dbt/models/marts/settlements/refunds.sql", "refused"),
        ("dbt/models/marts/revenue/revenue.sql", "passed"),
    ):
        desk.commits.change(**{path: "select 3"})
        built = json.loads(slipway("build", "--format", "json").out)["release"]
        gates = _gates(slipway("gate", "explain", built, "-s", "prod", "--format", "json"))
        assert gates["carried-changes"][0] == expected, path
    ran = desk.commits.ids[0]
    assert release.manifest.base == ran
    whole = json.loads(slipway("build", "HEAD^", "--base", ran, "--format", "json").out)["release"]
    gates = _gates(slipway("gate", "explain", whole, "-s", "prod", "--format", "json"))
    assert gates["carried-changes"] == ("passed", "prod runs what it was built upon")


def test_an_expired_approval_refuses(
    desk: MemoryDesk, slipway: Slipway, release: Release, approve: Callable[..., Ended]
) -> None:
    """It held for an hour."""
    for person in ("ben.okoro", "henrik.olsen"):
        approve(person, "--hours", "1")
    desk.clock.wait(timedelta(hours=1).total_seconds())
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert ended.code == 1
    state, why = _gates(ended)["approvals"]
    assert state == "refused"
    assert "ben.okoro's expired at 2026-11-26 13:00 UTC" in why


def test_effects_that_are_others_than_those_approved_refuse(
    desk: MemoryDesk, slipway: Slipway, release: Release, approve: Callable[..., Ended]
) -> None:
    """The environment is another one now; two lists were explained, so one has to be named."""
    approve("ben.okoro")
    more = Effects.of([EFFECTS.effects[0].model_copy(update={"target": "settlements/dag"})])
    digest = EffectsRecord(desk.evidence).keep(release.digest, Environment.PROD, more)
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert _gates(ended)["approvals"][0] == "unjudged"
    assert "has printed 2 lists of effects so far" in _gates(ended)["approvals"][1]
    named = slipway("gate", "explain", release.digest, "-s", "prod", "--effects", digest, "--format", "json")
    state, why = _gates(named)["approvals"]
    assert (named.code, state) == (1, "refused")
    assert "is of other effects: it does not cover publish settlements/dag (pointer)" in why


def test_a_release_that_was_never_explained_cannot_be_judged(slipway: Slipway, release: Release) -> None:
    """Approvals are of effects."""
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert ended.code == 1
    state, why = _gates(ended)["approvals"]
    assert state == "unjudged"
    assert "has printed no effects so far" in why


def test_a_changed_approval_refuses_by_name(
    desk: MemoryDesk, slipway: Slipway, release: Release, approve: Callable[..., Ended]
) -> None:
    """Even when enough good ones are there: what was tampered with is looked at by a person first."""
    for person in ("ben.okoro", "henrik.olsen"):
        approve(person)
    key = next(key for key in desk.evidence.stored if key.startswith("approvals/") and "henrik" in key)
    desk.evidence.stored[key] = edit(desk.evidence.stored[key], b"2026-11-29", b"2036-11-29")
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert ended.code == 1
    state, why = _gates(ended)["approvals"]
    assert state == "unjudged"
    assert f"{key} was changed after it was signed" in why


def test_an_evidence_bucket_that_does_not_answer_lets_nothing_in(
    desk: MemoryDesk, slipway: Slipway, release: Release
) -> None:
    """Every gate that needs it is unjudged, and that refuses."""
    desk.evidence.reachable = False
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert ended.code == 1
    gates = _gates(ended)
    assert gates["checks-passed"] == ("unjudged", "the bucket does not answer")
    assert gates["approvals"] == ("unjudged", "the bucket does not answer")
    desk.evidence.reachable, desk.ledger.reachable = True, False
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert _gates(ended)["lower-environment-healthy"] == ("unjudged", "the ledger does not answer")


def test_changed_evidence_lets_nothing_in(desk: MemoryDesk, slipway: Slipway, release: Release) -> None:
    """A failed check that was edited into a passed one."""
    key = f"evidence/{release.manifest.evidence[0][7:]}.json"
    desk.evidence.stored[key] = desk.evidence.stored[key].replace(b"dbt-build", b"dbt-parse")
    ended = slipway("gate", "explain", release.digest, "-s", "dev", "--format", "json")
    assert ended.code == 1
    state, why = _gates(ended)["checks-passed"]
    assert state == "unjudged"
    assert "was changed" in why
