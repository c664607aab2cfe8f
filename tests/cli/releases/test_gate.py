"""`slipway gate explain`: why a release may not go in, and that an outage is no way around."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from slipway.attest import digest_of_document
from slipway.audit import EvidenceStore
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.evidence import Approval, Revocation, VerdictResult
from slipway.model.principal import Principal
from slipway.model.release import Release
from slipway.model.team import PersonId, Role
from slipway.release.effects_record import EffectsRecord
from tests.cli.conftest import Ended, Slipway
from tests.cli.releases.tampering import edit, lose, put_signed, rewrite, rewrite_and_rehash
from tests.doubles.desk import MemoryDesk
from tests.doubles.releases import EFFECTS, NOW, approval, approving, verdict


def _gates(ended: Ended) -> dict[str, tuple[str, str]]:
    return {gate["gate"]: (gate["state"], gate["why"]) for gate in json.loads(ended.out)["gates"]}


def _complaints(ended: Ended) -> dict[str, str]:
    """Why approvals do not count, by their givers."""
    weighed = (each for gate in json.loads(ended.out)["gates"] for each in gate["approvals"])
    return {each["person"]: each["complaint"] for each in weighed if not each["counts"]}


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
    assert _gates(ended)["approvals"][0] == "refused"
    assert _complaints(ended)["ben.okoro"] == "it expired at 2026-11-26 13:00 UTC"


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
    assert (named.code, _gates(named)["approvals"][0]) == (1, "refused")
    assert _complaints(named) == {
        "ben.okoro": "it is of other effects: it does not cover publish settlements/dag (pointer)"
    }


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


def _forged(release: Release, person: str, **caller: str) -> Approval:
    """An approval in somebody's name, from a session that Ana has opened."""
    written_by = approving("ana.silva").model_copy(update=caller)
    giver = Principal(
        caller=written_by, person=PersonId(person), github=person.replace(".", ""), roles=(Role.APPROVER,)
    )
    return approval("ben.okafor", release, approver=giver)


def test_one_person_cannot_approve_in_the_names_of_others(
    desk: MemoryDesk, slipway: Slipway, release: Release, approve: Callable[..., Ended]
) -> None:
    """Ana may sign, and write below her own id: who she says that she is there does not count."""
    assert approve("ana.silva").code == 1
    for person in ("ben.okoro", "henrik.olsen"):
        put_signed(desk.evidence, _forged(release, person), desk.approval_signer)
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert ended.code == 1
    state, why = _gates(ended)["approvals"]
    assert state == "refused"
    assert why == "0 of 2 approvals (with grace.kim as the deployer)"
    (weighed,) = (gate["approvals"] for gate in json.loads(ended.out)["gates"] if gate["approvals"])
    assert sorted((each["person"], each["counts"], each["complaint"]) for each in weighed) == [
        (person, False, "ana.silva has written it in their name") for person in ("ben.okoro", "henrik.olsen")
    ]


def test_a_gate_that_lets_it_in_shows_every_approval(
    desk: MemoryDesk, slipway: Slipway, release: Release, approve: Callable[..., Ended]
) -> None:
    """Whether each counts and why not, and who would deploy: also of a gate that passes."""
    desk.judge(verdict(release, Environment.STAGING, VerdictResult.HEALTHY))
    for person in ("ben.okoro", "henrik.olsen"):
        assert approve(person).code == 0
    put_signed(desk.evidence, _forged(release, "henrik.olsen"), desk.approval_signer)
    asked = ("gate", "explain", release.digest, "-s", "prod")
    ended = slipway(*asked)
    assert ended.code == 0
    lines = [line.strip() for line in ended.out.splitlines()]
    start = lines.index("2 of 2 approvals: ben.okoro, henrik.olsen (with grace.kim as the deployer)")
    assert sorted(lines[start + 1 : start + 4]) == [
        "- counts: ben.okoro's of 2026-11-26 12:00 UTC, until 2026-11-29 12:00 UTC",
        "- counts: henrik.olsen's of 2026-11-26 12:00 UTC, until 2026-11-29 12:00 UTC",
        "- does not count: henrik.olsen's of 2026-11-26 11:00 UTC: ana.silva has written it in their name",
    ]
    desk.clock.wait(60)
    approve("ben.okoro", "--revoke")
    ended = slipway(*asked, "--format", "markdown")
    assert "1 of 2 approvals: henrik.olsen (with grace.kim as the deployer)" in ended.out
    assert "does not count: ben.okoro's of 2026-11-26 12:00 UTC: it was taken back at" in ended.out


@pytest.mark.parametrize(
    ("arn", "user_id"),
    [
        (approving("ben.okoro").arn, approving("ana.silva").user_id),
        ("arn:aws:iam::111122223333:user/ben.okoro", "AIDAANA"),
        ("arn:aws:iam::111122223333:user/ben.okoro", approving("ana.silva").user_id),
        ("arn:aws:sts::111122223333:assumed-role/Another/ben.okoro", "AROAANOTHER:ben.okoro"),
    ],
)
def test_an_approval_whose_place_is_not_the_name_that_it_names_is_refused(
    desk: MemoryDesk, slipway: Slipway, release: Release, arn: str, user_id: str
) -> None:
    """The ARN is the writer's word, the folder is AWS's: the first has to follow from the second."""
    key = put_signed(
        desk.evidence, _forged(release, "ben.okoro", arn=arn, user_id=user_id), desk.approval_signer
    )
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert ended.code == 1
    state, why = _gates(ended)["approvals"]
    assert state == "unjudged"
    assert why.startswith(f"{key} names {arn}: it lies below {user_id}, which is no session")


def test_nobody_takes_back_what_others_gave(
    desk: MemoryDesk, slipway: Slipway, release: Release, approve: Callable[..., Ended]
) -> None:
    """A revocation in Ben's name from Ana's session takes nothing back, nor keeps Ben from giving."""
    forged = _forged(release, "ben.okoro")
    put_signed(desk.evidence, forged, desk.approval_signer)
    assert approve("ben.okoro").out.startswith("ben.okoro approves ")
    assert "you have approved this before" not in approve("henrik.olsen").err
    taken = Revocation(
        release=release.digest, environment=Environment.PROD, approver=forged.approver, at=desk.clock.now()
    )
    put_signed(desk.evidence, taken, desk.approval_signer)
    ended = slipway("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert _gates(ended)["approvals"] == (
        "passed",
        "2 of 2 approvals: ben.okoro, henrik.olsen (with grace.kim as the deployer)",
    )


@pytest.mark.parametrize("forge", [rewrite, rewrite_and_rehash, lose])
def test_a_verdict_that_was_edited_in_the_table_lets_nothing_in(
    desk: MemoryDesk, slipway: Slipway, release: Release, forge: Callable[..., None]
) -> None:
    """Also with a digest that fits again, and when it is gone: the locked copies say what was written."""
    failed = verdict(release, Environment.STAGING, VerdictResult.FAILED)
    healthy = EvidenceStore(desk.evidence, desk.clock).put(
        verdict(release, Environment.STAGING, VerdictResult.HEALTHY, at=NOW + timedelta(hours=1))
    )
    desk.judge(failed)
    desk.judge(failed)
    asked = ("gate", "explain", release.digest, "-s", "prod", "--format", "json")
    assert _gates(slipway(*asked))["lower-environment-healthy"][0] == "refused"
    forge(desk.ledger, failed.deployment, 1, digest_of_document(failed), healthy)
    state, why = _gates(slipway(*asked))["lower-environment-healthy"]
    assert state == "unjudged"
    assert why.startswith(f"entry {0 if forge is lose else 1} of the ledger's chain {failed.deployment} was")
    assert slipway(*asked).code == 1


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
