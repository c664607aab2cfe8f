"""The gates: what lets a release in, and what each of them says when it does not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from slipway.attest import digest_of, digest_of_document
from slipway.attest.approval_record import Withdrawn
from slipway.attest.control import Control
from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.effects import Effect, Effects, Operation, Reversibility
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.model.evidence import CheckResult, CheckRun, DataAudit, Verdict, VerdictResult
from slipway.model.parts import Artifact, PartId
from slipway.model.pipeline import Criticality, PipelineName
from slipway.model.release import DirectCommit, Release
from slipway.model.team import Role
from slipway.release.gates import GATES, judge
from slipway.release.gates.facts import Facts, Known, Stopped, Unknown, needed
from slipway.release.gates.report import GateId, GateResult, GateState
from tests.doubles.releases import (
    BASE,
    EFFECTS,
    NOW,
    REQUEST,
    ROSTER,
    RUNNING,
    approval,
    check_run,
    document,
    facts,
    person,
    principal,
    release,
    verdict,
)

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "gates.md"
RELEASE = release()
TWO = (approval("ben.okafor", RELEASE), approval("henrik.olsen", RELEASE))
EXPLAINED = Known(EFFECTS)
LOST = Unknown("the bucket does not answer", "try again once it does")


def _gate(
    gate: GateId,
    given: Facts,
    *,
    of: Release = RELEASE,
    environment: Environment = Environment.PROD,
    effects: Known[Effects] | Unknown = EXPLAINED,
) -> GateResult:
    report = judge(of, environment, effects, given)
    return next(result for result in report.results if result.gate is gate)


def _complaints(result: GateResult) -> list[str]:
    """Of the approvals that do not count."""
    return [f"{each.person}: {each.complaint}" for each in result.weighed if not each.counts]


def test_every_gate_is_in_the_table_and_in_the_reference() -> None:
    """A gate that is declared nowhere is asked by nobody."""
    assert [gate.id for gate in GATES] == list(GateId)
    rows = [
        line.split("`")[1] for line in REFERENCE.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"
    ]
    assert rows == list(GateId)


def test_the_reference_says_how_many_approvals() -> None:
    """The same figures as the policy, or an auditor reads something else than what is judged."""
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    written = {cells[0]: cells[1:] for cells in (line.strip("| ").split(" | ") for line in lines)}
    for environment, by_criticality in APPROVALS_NEEDED.items():
        expected = [by_criticality[Criticality.STANDARD], by_criticality[Criticality.CRITICAL]]
        assert written[environment] == [str(number) for number in expected]


def test_a_release_with_everything_goes_in() -> None:
    """Into each environment; the report says by what."""
    for environment in Environment:
        approvals = tuple(each.model_copy(update={"environment": environment}) for each in TWO)
        report = judge(RELEASE, environment, Known(EFFECTS), facts(RELEASE, *approvals))
        assert report.passed, report.refusals
        assert report.refusals == ()
    assert _gate(GateId.APPROVALS, facts(RELEASE, *TWO)).why == (
        "2 of 2 approvals: ben.okafor, henrik.olsen (with grace.kim as the deployer)"
    )
    assert _gate(GateId.CHECKS_PASSED, facts(RELEASE)).why == "tree 111111111111 passed dbt-build"


@pytest.mark.parametrize(
    ("gate", "fact"),
    [
        (GateId.CHECKS_PASSED, "runs"),
        (GateId.CARRIED_CHANGES, "running"),
        (GateId.LOWER_ENVIRONMENT_HEALTHY, "verdicts"),
        (GateId.LOWER_ENVIRONMENT_HEALTHY, "stops"),
        (GateId.APPROVALS, "verdicts"),
        (GateId.APPROVALS, "approvals"),
        (GateId.APPROVALS, "control"),
        (GateId.APPROVALS, "deployer"),
    ],
)
def test_a_fact_that_cannot_be_had_lets_nothing_in(gate: GateId, fact: str) -> None:
    """An outage of a store must be no way around a gate (Atlantis' locking, peers.md section 5)."""
    lost: dict[str, Any] = {fact: LOST}
    given = replace(facts(RELEASE, *TWO), **lost)
    report = judge(RELEASE, Environment.PROD, Known(EFFECTS), given)
    assert not report.passed
    refusal = next(each for each in report.refusals if each.gate is gate)
    assert refusal.state is GateState.UNJUDGED
    assert (refusal.why, refusal.remedy) == (LOST.reason, LOST.remedy)


def test_effects_that_cannot_be_had_leave_approvals_unjudged() -> None:
    """An approval is of effects; without them nothing was approved."""
    result = _gate(GateId.APPROVALS, facts(RELEASE, *TWO), effects=LOST)
    assert result.state is GateState.UNJUDGED


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ((), "the manifest names no check run on tree 111111111111 against bbbbbbbbbbbb"),
        (
            (check_run(tree="2" * 40),),
            (
                "the manifest's check runs are on tree 222222222222 against bbbbbbbbbbbb, "
                "not on tree 111111111111 against bbbbbbbbbbbb"
            ),
        ),
        (
            (check_run(base="3" * 40),),
            (
                "the manifest's check runs are on tree 111111111111 against 333333333333, "
                "not on tree 111111111111 against bbbbbbbbbbbb"
            ),
        ),
        ((check_run(result=CheckResult.FAILED),), "dbt-build failed"),
        ((check_run(result=CheckResult.UNJUDGED),), "dbt-build could not be judged"),
        ((check_run(result=None),), "the check run on tree 111111111111 ran no check"),
        ((check_run(), check_run(result=CheckResult.FAILED)), "dbt-build failed"),
    ],
)
def test_checks_of_another_tree_or_difference_prove_nothing(runs: tuple[CheckRun, ...], why: str) -> None:
    """A run against the commit itself finds nothing changed, and so checks nothing."""
    result = _gate(GateId.CHECKS_PASSED, replace(facts(RELEASE), runs=Known(runs)))
    assert (result.state, result.why) == (GateState.REFUSED, why)
    assert f"slipway check --base {BASE[:12]} at cccccccccccc, then slipway build" in result.remedy


def test_a_run_that_lacks_a_needed_check_is_not_enough() -> None:
    """What a file says that somebody has written by hand: one check passed, and the others are not in it."""
    needs = release(checks=("catalog-lint", "sqlfluff", "dbt-build"))
    lint = replace(facts(needs), runs=Known((check_run(checks=["catalog-lint"]),)))
    result = _gate(GateId.CHECKS_PASSED, lint, of=needs)
    assert result.state is GateState.REFUSED
    assert result.why == ("no check run on tree 111111111111 has sqlfluff, dbt-build, which its change needs")
    assert f"slipway check --base {BASE[:12]} at cccccccccccc, then slipway build" in result.remedy
    rest = check_run(checks=["sqlfluff", "dbt-build"])
    both = replace(facts(needs), runs=Known((check_run(checks=["catalog-lint"]), rest)))
    assert _gate(GateId.CHECKS_PASSED, both, of=needs).state is GateState.PASSED


SHIPPED = RELEASE.manifest.artifacts[0]
OTHER = RUNNING.model_copy(update={"digest": digest_of(b"older")})


@pytest.mark.parametrize(
    ("runs", "upon", "complaint"),
    [
        (
            (OTHER,),
            (RUNNING,),
            f"{RUNNING.digest[7:19]} as settlements/dbt, and {OTHER.digest[7:19]} runs there",
        ),
        ((), (RUNNING,), f"{RUNNING.digest[7:19]} as settlements/dbt, and nothing runs there"),
        ((OTHER,), (), f"nothing as settlements/dbt, and {OTHER.digest[7:19]} runs there"),
    ],
)
def test_what_would_come_along_unlisted_is_refused(
    runs: tuple[Artifact, ...], upon: tuple[Artifact, ...], complaint: str
) -> None:
    """A2 waits for its approval: A3, built on top of it, must not bring it in."""
    of = release(upon=upon)
    given = replace(facts(of), running=Known(document(Environment.PROD, *runs)))
    answer = _gate(GateId.CARRIED_CHANGES, given, of=of)
    assert answer.state is GateState.REFUSED
    assert answer.why == f"it was built upon {complaint}"
    assert "slipway build cccccccccccc --base REV" in answer.remedy
    assert _gate(GateId.CARRIED_CHANGES, given, of=of, environment=Environment.DEV).state is GateState.PASSED


@pytest.mark.parametrize(
    ("runs", "upon"), [((RUNNING,), (RUNNING,)), ((SHIPPED,), (RUNNING,)), ((), ()), ((SHIPPED,), ())]
)
def test_what_it_was_built_upon_or_what_it_ships_may_run(
    runs: tuple[Artifact, ...], upon: tuple[Artifact, ...]
) -> None:
    """A deployment that is run again finds its own artifacts."""
    of = release(upon=upon)
    given = replace(facts(of), running=Known(document(Environment.PROD, *runs)))
    assert _gate(GateId.CARRIED_CHANGES, given, of=of).state is GateState.PASSED


def test_a_part_that_goes_has_to_be_the_one_that_was_looked_at() -> None:
    """Removing what nobody has seen is an unlisted change too; what is gone already is none."""
    of = release(artifacts=(), removed=("settlements/dbt",))
    neighbour = RUNNING.model_copy(update={"part": PartId.parse("fx-rates/dbt")})
    for runs, state in (
        ((RUNNING,), GateState.PASSED),
        ((OTHER,), GateState.REFUSED),
        ((), GateState.PASSED),
    ):
        given = replace(facts(of), running=Known(document(Environment.PROD, *runs, neighbour)))
        assert _gate(GateId.CARRIED_CHANGES, given, of=of).state is state


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PROD])
@pytest.mark.parametrize("result", [VerdictResult.FAILED, VerdictResult.INCONCLUSIVE])
def test_only_healthy_below_lets_in(environment: Environment, result: VerdictResult) -> None:
    """The newest verdict counts: a healthy one before it is history."""
    below = environment.below
    assert below is not None
    verdicts = (
        verdict(RELEASE, below, VerdictResult.HEALTHY, at=NOW - timedelta(hours=1)),
        verdict(RELEASE, below, result),
    )
    answer = _gate(
        GateId.LOWER_ENVIRONMENT_HEALTHY,
        replace(facts(RELEASE), verdicts=Known(verdicts)),
        environment=environment,
    )
    assert answer.state is GateState.REFUSED
    assert answer.why == f"{below}'s verdict of 2026-11-26 12:00 UTC is {result}"


def test_another_releases_or_environments_verdict_does_not_count() -> None:
    """The same commit built anew is another release."""
    other = release(slipway="0.2.0")
    verdicts = (
        verdict(other, Environment.STAGING, VerdictResult.HEALTHY),
        verdict(RELEASE, Environment.DEV, VerdictResult.HEALTHY),
    )
    answer = _gate(GateId.LOWER_ENVIRONMENT_HEALTHY, replace(facts(RELEASE), verdicts=Known(verdicts)))
    assert answer.state is GateState.REFUSED
    assert answer.why == f"staging has no verdict on {RELEASE.digest[7:19]}"
    assert answer.remedy == f"slipway deploy {RELEASE.digest[7:19]} -s staging"


AUDITS = (
    DataAudit(table="t", audit="keys", passed=True, expected="", found="", message="t has 0 rows"),
    DataAudit(
        table="t",
        audit="control-sum",
        passed=False,
        expected="",
        found="",
        message="t: sum of A is 60, not 30",
    ),
)
STOPPED = Stopped(
    deployment=DeploymentId("staging-x-2"),
    release=RELEASE.digest,
    environment=Environment.STAGING,
    at=NOW + timedelta(minutes=1),
    why="audit-candidates settlements failed: a data audit failed: t: sum of A is 60, not 30",
    remedy="correct the code",
    audits=AUDITS,
)
AGAIN = f"slipway deploy {RELEASE.digest[7:19]} -s staging"


@pytest.mark.parametrize("verdicts", [(), (verdict(RELEASE, Environment.STAGING, VerdictResult.HEALTHY),)])
def test_what_its_audits_stopped_below_needs_a_new_release(verdicts: tuple[Verdict, ...]) -> None:
    """Deploying it again would be stopped again: that is no remedy. An older verdict is history."""
    given = replace(facts(RELEASE), verdicts=Known(verdicts), stops=Known((STOPPED,)))
    answer = _gate(GateId.LOWER_ENVIRONMENT_HEALTHY, given)
    assert answer.state is GateState.REFUSED
    assert answer.why == (
        "it was stopped in staging at 2026-11-26 12:01 UTC (staging-x-2): 1 of 2 data audits failed: "
        "t: sum of A is 60, not 30"
    )
    assert answer.remedy == (
        "correct the code; then slipway build, and deploy that new release from dev on: "
        "the same audits would stop this one again"
    )


@pytest.mark.parametrize(
    ("why", "remedy", "told"),
    [
        (
            "settle-writes settlements failed: rows reached the old generation",
            "let the writer end",
            f"let the writer end; then {AGAIN}, or build a new release where the code had to change",
        ),
        ("rolled back by grace.kim", "", f"find out why, then {AGAIN}"),
    ],
)
def test_what_something_else_stopped_below_may_be_tried_again(why: str, remedy: str, told: str) -> None:
    """The stage says what to do; where a person has taken it back nobody knows."""
    stop = replace(STOPPED, why=why, remedy=remedy, audits=())
    given = replace(facts(RELEASE), verdicts=Known(()), stops=Known((stop,)))
    answer = _gate(GateId.LOWER_ENVIRONMENT_HEALTHY, given)
    assert answer.why == f"it was stopped in staging at 2026-11-26 12:01 UTC (staging-x-2): {why}"
    assert answer.remedy == told


def test_a_verdict_of_afterwards_counts_and_a_stop_elsewhere_does_not() -> None:
    """The newest word decides, on this release and in the environment below."""
    elsewhere = replace(STOPPED, environment=Environment.DEV)
    another = replace(STOPPED, release=release(slipway="0.2.0").digest)
    before = replace(STOPPED, at=NOW - timedelta(minutes=1))
    given = replace(facts(RELEASE), stops=Known((elsewhere, another, before)))
    assert _gate(GateId.LOWER_ENVIRONMENT_HEALTHY, given).state is GateState.PASSED


def test_dev_asks_neither_for_a_verdict_nor_for_approvals() -> None:
    """It is the first environment; nobody would dare to try anything there otherwise."""
    bare = replace(facts(RELEASE), verdicts=Known(()), control=LOST, approvals=LOST)
    assert judge(RELEASE, Environment.DEV, LOST, bare).passed


MORE = Effects.of(
    [
        *EFFECTS.effects,
        Effect(target="settlements/dag", operation=Operation.UPDATE, reversibility=Reversibility.REDEPLOY),
    ]
)


@pytest.mark.parametrize(
    ("ill", "complaint"),
    [
        (approval("ana.silva", RELEASE), "ana.silva: they opened #7"),
        (
            approval("grace.kim", RELEASE),
            "grace.kim: the running release gives them no role approver",
        ),
        (
            approval("ines.duarte", RELEASE, expires=NOW),
            "ines.duarte: it expired at 2026-11-26 12:00 UTC",
        ),
        (
            approval("ines.duarte", RELEASE, at=NOW + timedelta(minutes=1)),
            "ines.duarte: it is of 2026-11-26 12:01 UTC, which is yet to come",
        ),
        (
            approval("ines.duarte", RELEASE, environment=Environment.STAGING),
            "ines.duarte: it is for staging",
        ),
        (
            approval("ines.duarte", release(slipway="0.2.0")),
            f"ines.duarte: it is of release {release(slipway='0.2.0').digest[7:19]}",
        ),
        (
            approval("ines.duarte", RELEASE, effects=Effects.of([])),
            (
                "ines.duarte: it is of other effects: it does not cover "
                "publish snowflake://FINEDGE.MARTS.SETTLEMENTS (pointer)"
            ),
        ),
    ],
)
def test_an_approval_that_does_not_count_is_named_with_the_reason(ill: object, complaint: str) -> None:
    """One good approval is there; the other one has one thing wrong."""
    given = replace(facts(RELEASE), approvals=Known((TWO[0], ill)))  # type: ignore[arg-type]
    answer = _gate(GateId.APPROVALS, given)
    assert answer.state is GateState.REFUSED
    assert answer.why == "1 of 2 approvals: ben.okafor (with grace.kim as the deployer)"
    assert _complaints(answer) == [complaint]
    assert "--effects sha256:" in answer.remedy
    assert "ask henrik.olsen, ines.duarte for slipway approve" in answer.remedy


def test_a_gate_that_passes_names_what_does_not_count_too() -> None:
    """Whoever gave it would believe that theirs had let the release in; and for whom it was judged."""
    late = approval("ines.duarte", RELEASE, expires=NOW)
    gone = Withdrawn(approval=approval("ana.silva", RELEASE), at=NOW - timedelta(minutes=3))
    given = replace(facts(RELEASE, *TWO, late), withdrawn=Known((gone,)))
    answer = _gate(GateId.APPROVALS, given)
    assert answer.state is GateState.PASSED
    assert answer.why == "2 of 2 approvals: ben.okafor, henrik.olsen (with grace.kim as the deployer)"
    assert [each.person for each in answer.weighed if each.counts] == ["ben.okafor", "henrik.olsen"]
    assert sorted(_complaints(answer)) == [
        "ana.silva: it was taken back at 2026-11-26 11:57 UTC",
        "ines.duarte: it expired at 2026-11-26 12:00 UTC",
    ]
    assert len(answer.rests_on) == 2


def test_one_person_counts_once() -> None:
    """Two approvals of the same person are one pair of eyes."""
    again = approval("ben.okafor", RELEASE, at=NOW - timedelta(minutes=5))
    assert _gate(GateId.APPROVALS, facts(RELEASE, TWO[0], again)).why.startswith(
        "1 of 2 approvals: ben.okafor ("
    )


def test_what_was_taken_back_has_to_be_approved_anew() -> None:
    """A release that was rolled back must not go in again by a yes of before; one of afterwards counts."""
    failed = verdict(RELEASE, Environment.PROD, VerdictResult.FAILED, at=NOW)
    elsewhere = verdict(RELEASE, Environment.STAGING, VerdictResult.FAILED, at=NOW)
    given = facts(RELEASE, *TWO)
    healthy = needed(given.verdicts)
    answer = _gate(GateId.APPROVALS, replace(given, verdicts=Known((*healthy, failed))))
    assert answer.state is GateState.REFUSED
    assert "ben.okafor: it is from before the release was taken back at 2026-11-26 12:00 UTC" in _complaints(
        answer
    )
    assert (
        _gate(GateId.APPROVALS, replace(given, verdicts=Known((*healthy, elsewhere)))).state
        is GateState.PASSED
    )
    anew = replace(
        given, verdicts=Known((*healthy, failed.model_copy(update={"at": NOW - timedelta(days=2)})))
    )
    assert _gate(GateId.APPROVALS, anew).state is GateState.PASSED


def test_whoever_deploys_does_not_approve_too() -> None:
    """Otherwise one person could carry their own decision out."""
    given = replace(facts(RELEASE, *TWO), deployer=Known(principal("ben.okafor")))
    answer = _gate(GateId.APPROVALS, given)
    assert answer.state is GateState.REFUSED
    assert "ben.okafor: they deploy it" in _complaints(answer)


def test_an_effect_that_was_not_approved_voids_the_approval() -> None:
    """The environment moved on since: what would be done now is more than what was looked at."""
    answer = _gate(GateId.APPROVALS, facts(RELEASE, *TWO), effects=Known(MORE))
    assert answer.state is GateState.REFUSED
    assert [
        each.endswith("does not cover update settlements/dag (redeploy)") for each in _complaints(answer)
    ] == [
        True,
        True,
    ]
    assert digest_of_document(MORE) in answer.remedy


def test_fewer_effects_than_approved_are_covered() -> None:
    """What falls away needs nobody's consent."""
    wide = tuple(each.model_copy(update={"effects": MORE}) for each in TWO)
    assert _gate(GateId.APPROVALS, facts(RELEASE, *wide)).state is GateState.PASSED


def test_a_committer_and_a_co_author_are_excluded_whatever_the_case_of_their_login() -> None:
    """GitHub's logins know no case; a hidden address names the login."""
    for committer in ("BenOkafor", "12345+benokafor@users.noreply.github.com"):
        of = release(pull_requests=(REQUEST.model_copy(update={"committers": (committer,)}),))
        given = facts(of, approval("ben.okafor", of), approval("henrik.olsen", of))
        answer = _gate(GateId.APPROVALS, given, of=of)
        assert "ben.okafor: they wrote commits of #7" in _complaints(answer)


def test_whoever_pushed_past_all_reviews_is_excluded() -> None:
    """No pull request names them, and still they wrote it."""
    pushed = DirectCommit(sha="e" * 40, title="Hot fix", author="benokafor")
    of = release(direct_commits=(pushed,))
    answer = _gate(
        GateId.APPROVALS, facts(of, approval("ben.okafor", of), approval("henrik.olsen", of)), of=of
    )
    assert "ben.okafor: they pushed eeeeeeeeeeee" in _complaints(answer)


def test_a_committer_whom_nobody_knows_is_no_committer_who_is_excluded() -> None:
    """An address that GitHub does not know could be an approver's own."""
    of = release(pull_requests=(REQUEST.model_copy(update={"committers": ("ben@home.example",)}),))
    answer = _gate(
        GateId.APPROVALS, facts(of, approval("ben.okafor", of), approval("henrik.olsen", of)), of=of
    )
    assert answer.state is GateState.REFUSED
    assert "ben@home.example" in answer.why
    assert "add the address to their GitHub account" in answer.remedy


def test_the_roster_of_today_decides() -> None:
    """Somebody who lost the role since has not approved."""
    roster = ROSTER.model_copy(
        update={"people": tuple(each for each in ROSTER.people if each.id != "ben.okafor")}
    )
    given = replace(facts(RELEASE, *TWO), control=Known(Control(roster=roster, criticality={})))
    (complaint,) = _complaints(_gate(GateId.APPROVALS, given))
    assert complaint == "ben.okafor: the running release gives them no role approver"


def test_who_is_left_is_said_when_they_are_too_few() -> None:
    """A gate that nobody can satisfy must say so, or people wait for ever."""
    few = ROSTER.model_copy(update={"people": (person("ben.okafor", Role.APPROVER),)})
    given = replace(facts(RELEASE), control=Known(Control(roster=few, criticality={})))
    remedy = _gate(GateId.APPROVALS, given).remedy
    assert remedy.startswith(
        "only ben.okafor may approve it and 2 are needed: release the pull requests apart"
    )


@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize("criticality", list(Criticality))
def test_the_most_critical_pipeline_decides_how_many(
    environment: Environment, criticality: Criticality
) -> None:
    """One fewer than the policy asks for is refused, that many are enough."""
    threshold = APPROVALS_NEEDED[environment][criticality]
    control = Known(Control(roster=ROSTER, criticality={PipelineName("settlements"): criticality}))
    approvals = tuple(each.model_copy(update={"environment": environment}) for each in TWO)
    for given in range(threshold + 1):
        known = replace(facts(RELEASE, *approvals[:given]), control=control)
        passed = _gate(GateId.APPROVALS, known, environment=environment).state is GateState.PASSED
        assert passed == (given >= threshold)


@pytest.mark.parametrize("part", ["platform/dbt", "fx-rates/dag"])
def test_what_the_environment_does_not_know_is_critical(part: str) -> None:
    """A new pipeline's own word on how critical it is would be its author's."""
    standard = Known(Control(roster=ROSTER, criticality={PipelineName("settlements"): Criticality.STANDARD}))
    shipped = Artifact(part=PartId.parse(part), digest=digest_of(b""), size=0)
    for of in (release(artifacts=(shipped,)), release(artifacts=(), removed=(part,))):
        one = replace(facts(of, approval("ben.okafor", of)), control=standard)
        assert _gate(GateId.APPROVALS, one, of=of).why.startswith("1 of 2 approvals: ben.okafor (")
