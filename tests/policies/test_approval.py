"""The approval rule, of who allowed it: enough people, in time, with no hand in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from slipway.attest import digest_of_document
from slipway.attest.bundle import artifact_key
from slipway.attest.first_document import first_document_key, seal_first_document
from slipway.attest.release_statement import release_key
from slipway.model.digest import short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.evidence import Revocation
from slipway.model.parts import Artifact, PartId
from slipway.model.team import Role, Roster
from tests.doubles.dossiers import (
    AFTER,
    BEFORE,
    BEGAN,
    FOUNDATION,
    PROD,
    RELEASE,
    REVENUE,
    SETTLEMENTS,
    SIGNER,
    DossierScene,
    artifact_of,
    entry_of,
    foundation,
    good_scene,
    signed_release,
)
from tests.doubles.local_signer import LocalSigner
from tests.doubles.releases import (
    BASE,
    EFFECTS,
    REQUEST,
    ROSTER,
    approval,
    approving,
    document,
    person,
    principal,
    release,
)
from tests.policies.approved import BROKEN, one, operation_of, told

STRANGER = LocalSigner("stranger")
ID = RELEASE.digest[7:19]
FIRST = first_document_key(PROD)


@pytest.fixture
def scene() -> DossierScene:
    """Everything is as it should be."""
    return good_scene()


@pytest.mark.parametrize(
    ("after", "limits", "message"),
    [
        (timedelta(days=7), {}, None),
        (timedelta(days=7, seconds=1), {}, "more than 7 days ago (take it back: slipway rollback)"),
        (timedelta(days=1, seconds=1), {"days": 1}, "more than 1 days ago (take it back: slipway rollback)"),
        (timedelta(0), {}, None),
        (timedelta(seconds=-1), {}, "which is yet to come"),
    ],
)
def test_a_deployment_that_began_at_no_good_time(
    scene: DossierScene, after: timedelta, limits: dict[str, Any], message: str | None
) -> None:
    """Approvals have to hold when it begins, and it has to end some day."""
    found = told(operation_of(scene, now=BEGAN + after), **limits)
    said = f"deployment prod-1-1 began at {BEGAN:%Y-%m-%d %H:%M} UTC, {message}"
    assert found == ([] if message is None else [said])


def test_too_few(scene: DossierScene) -> None:
    """One of two, and who else may."""
    scene.unsay()
    scene.say(approval("ben.okafor", RELEASE))
    assert one(scene) == (
        f"release {ID} in prod has 1 of 2 approvals: ben.okafor (ask henrik.olsen, ines.duarte for slipway "
        f"approve {ID} -s prod --effects {digest_of_document(EFFECTS)} --token-code CODE)"
    )
    scene.unsay()
    assert one(scene).startswith(f"release {ID} in prod has 0 of 2 approvals (ask ben.okafor, henrik.olsen,")


def test_when_nobody_else_may(scene: DossierScene) -> None:
    """A team of two."""
    roster = Roster(
        people=tuple(each for each in ROSTER.people if each.id in {"ben.okafor", "grace.kim"}), teams=()
    )
    _rewrite_foundation(scene, roster)
    assert "(only ben.okafor may approve it and 2 are needed: release the pull" in one(scene)


def _rewrite_foundation(scene: DossierScene, roster: Roster) -> None:
    """Another team from the beginning."""
    old = {FOUNDATION: foundation(roster), REVENUE: entry_of("revenue", "standard")}
    first = document(PROD, *(artifact_of(part, contents) for part, contents in old.items()))
    scene.statements[FIRST] = seal_first_document(first, SIGNER)
    scene.compose(FOUNDATION, old[FOUNDATION], None)


HENRIK = approval("henrik.olsen", RELEASE)
OTHERS = Effects.of(
    [*EFFECTS.effects, EFFECTS.effects[0].model_copy(update={"target": "snowflake://FINEDGE.MARTS.OTHER"})]
)


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        (
            HENRIK.model_copy(update={"expires": BEGAN}),
            f"henrik.olsen's does not count: it expired at {BEGAN:%Y-%m-%d %H:%M} UTC",
        ),
        (
            HENRIK.model_copy(update={"at": BEGAN + timedelta(minutes=1)}),
            "henrik.olsen's does not count: it is of 2026-11-26 12:01 UTC, which is yet to come",
        ),
        (approval("ana.silva", RELEASE), "ana.silva's does not count: they opened #7"),
        (
            approval("emma.larsen", RELEASE),
            "emma.larsen's does not count: the running release gives them no role approver",
        ),
        (
            HENRIK.model_copy(
                update={"effects": Effects.of([]), "effects_digest": digest_of_document(Effects.of([]))}
            ),
            (
                "henrik.olsen's does not count: it is of other effects: it does not cover publish "
                "snowflake://FINEDGE.MARTS.SETTLEMENTS (pointer)"
            ),
        ),
    ],
)
def test_an_approval_that_does_not_count(scene: DossierScene, second: Any, complaint: str) -> None:
    """Expired, too young, self-approved, of somebody without the role, of other effects: each says so."""
    scene.unsay()
    scene.say(approval("ben.okafor", RELEASE))
    scene.say(second)
    assert f"release {ID} in prod has 1 of 2 approvals: ben.okafor; {complaint} (" in one(scene)


def test_the_deployer_does_not_count(scene: DossierScene) -> None:
    """Who runs it has approved it."""
    scene.change(deployer="arn:aws:iam::111122223333:user/henrik.olsen")
    assert "henrik.olsen's does not count: they deploy it" in one(scene)


@pytest.mark.parametrize("arn", ["arn:aws:iam::111122223333:user/nobody", "nobody"])
def test_a_deployer_of_whom_nobody_knows(scene: DossierScene, arn: str) -> None:
    """It cannot be told that they are none of the approvers."""
    scene.change(deployer=arn)
    assert one(scene).startswith(f"{arn} is nobody of the team (")


def test_more_effects_than_were_approved(scene: DossierScene) -> None:
    """Of the deployment, as its journal has them."""
    scene.change(effects=OTHERS)
    assert "it does not cover publish snowflake://FINEDGE.MARTS.OTHER (pointer)" in one(scene)


def test_one_that_was_taken_back(scene: DossierScene) -> None:
    """By who gave it."""
    scene.say(
        Revocation(release=RELEASE.digest, environment=PROD, approver=principal("henrik.olsen"), at=BEGAN)
    )
    assert f"henrik.olsen's does not count: it was taken back at {BEGAN:%Y-%m-%d %H:%M} UTC" in one(scene)


def test_one_that_was_taken_back_after_it_was_counted(scene: DossierScene) -> None:
    """A deployment that has begun goes on: its gates were asked then."""
    later = BEGAN + timedelta(seconds=1)
    scene.say(
        Revocation(release=RELEASE.digest, environment=PROD, approver=principal("henrik.olsen"), at=later)
    )
    assert told(operation_of(scene)) == []


@pytest.mark.parametrize(("broken", "message"), BROKEN[:2])
def test_an_approval_that_is_not_believed(
    scene: DossierScene, broken: Callable[[bytes], bytes], message: str
) -> None:
    """It may hide a revocation, so it refuses the whole."""
    name = scene.say(HENRIK)
    scene.statements[name] = broken(scene.statements[name])
    assert one(scene).startswith(f"{name} {message}")


def test_an_approval_in_anothers_place(scene: DossierScene) -> None:
    """A good envelope, copied."""
    name = scene.say(HENRIK)
    moved = name.replace("henrik.olsen", "ines.duarte")
    scene.statements[moved] = scene.statements.pop(name)
    assert one(scene).startswith(
        f"{moved} is not of this place: it is henrik.olsen's on release {ID} in prod"
    )


def test_an_approval_of_an_unknown_key(scene: DossierScene) -> None:
    """Whoever may write in the bucket cannot sign."""
    name = scene.say(HENRIK, STRANGER)
    assert one(scene).startswith(f"{name} is signed by {STRANGER.pinned.id[:12]}, which is no trusted key")


def test_a_committer_without_a_name(scene: DossierScene) -> None:
    """They could be one of the approvers."""
    request = REQUEST.model_copy(update={"committers": ("b@home.example",)})
    other = release(
        artifacts=RELEASE.manifest.artifacts, upon=RELEASE.manifest.upon, pull_requests=(request,)
    )
    scene.compose(SETTLEMENTS, AFTER, other)
    scene.change(release=other.digest)
    assert one(scene).startswith(
        f"release {short(other.digest)} in prod: it cannot be told whether b@home.example, who wrote of it, "
    )


def test_a_standard_pipeline_needs_one(scene: DossierScene) -> None:
    """As it was before the release: a release cannot make itself uncritical, nor critical."""
    before, after = entry_of("revenue", "standard"), entry_of("revenue", "critical")
    other = release(artifacts=(artifact_of(REVENUE, after),), upon=(artifact_of(REVENUE, before),))
    _only(scene, other, {REVENUE: after})
    scene.keep(before)
    scene.say(approval("ben.okafor", other))
    assert told(operation_of(scene)) == []


def test_a_release_cannot_make_itself_uncritical(scene: DossierScene) -> None:
    """What it was built upon says what it touches."""
    after = entry_of("settlements", "standard")
    upon = (artifact_of(PartId.parse("revenue/dbt"), AFTER), artifact_of(SETTLEMENTS, BEFORE))
    other = release(artifacts=(artifact_of(SETTLEMENTS, after),), upon=upon)
    _only(scene, other, {SETTLEMENTS: after})
    scene.say(approval("ben.okafor", other))
    assert "in prod has 1 of 2 approvals" in one(scene)


def test_a_pipeline_that_is_new_counts_as_critical(scene: DossierScene) -> None:
    """There was nothing before that would say otherwise."""
    other = release(artifacts=(artifact_of(REVENUE, entry_of("revenue", "standard")),), upon=())
    _only(scene, other, {REVENUE: entry_of("revenue", "standard")})
    scene.say(approval("ben.okafor", other))
    assert "in prod has 1 of 2 approvals" in one(scene)


def test_a_pipeline_whose_entry_stays_is_as_critical_as_that_says(scene: DossierScene) -> None:
    """A release of a model only."""
    other = release(
        artifacts=(artifact_of(SETTLEMENTS, AFTER).model_copy(update={"part": "revenue/dbt"}),), upon=()
    )
    _only(scene, other, {})
    scene.statements[release_key(other.digest)] = signed_release(other)
    scene.compose(SETTLEMENTS, BEFORE, None)
    scene.say(approval("ben.okafor", other))
    assert told(operation_of(scene)) == []


def test_a_pipeline_that_is_taken_out_is_as_critical_as_it_was(scene: DossierScene) -> None:
    """And so is the foundation: it always is."""
    gone = release(
        artifacts=(),
        removed=("revenue/entry",),
        upon=(artifact_of(REVENUE, entry_of("revenue", "standard")),),
    )
    _only(scene, gone, {})
    scene.statements[release_key(gone.digest)] = signed_release(gone)
    scene.compose(SETTLEMENTS, BEFORE, None)
    scene.change(parts=tuple(each for each in scene.index.parts if each.part != REVENUE))
    for path in entry_of("revenue", "standard"):
        del scene.workspace[path]
    scene.say(approval("ben.okafor", gone))
    assert told(operation_of(scene)) == []


def test_the_team_that_decides_is_the_one_before_the_release(scene: DossierScene) -> None:
    """Its author cannot make themselves an approver."""
    emma = person("emma.larsen", Role.APPROVER)
    roster = Roster(people=(*(each for each in ROSTER.people if each.id != "emma.larsen"), emma), teams=())
    other = release(
        artifacts=(artifact_of(FOUNDATION, foundation(roster)),),
        upon=(artifact_of(FOUNDATION, foundation()),),
    )
    _only(scene, other, {FOUNDATION: foundation(roster)})
    scene.keep(foundation())
    for who in ("ben.okafor", "emma.larsen"):
        scene.say(approval(who, other))
    assert "emma.larsen's does not count: the running release gives them no role approver" in one(scene)
    assert "in prod has 1 of 2 approvals" in one(scene)
    scene.say(approval("henrik.olsen", other))
    assert told(operation_of(scene)) == []


def _only(scene: DossierScene, other: Any, brought: dict[Any, dict[str, bytes]]) -> None:
    """Another release goes in, in place of the one of settlements."""
    scene.compose(SETTLEMENTS, BEFORE, None)
    for part, contents in brought.items():
        scene.compose(part, contents, other)
    scene.change(release=other.digest)


def test_an_artifact_that_says_who_decides_is_missing_or_changed(scene: DossierScene) -> None:
    """Without it nobody knows how many are needed."""
    key = artifact_key(artifact_of(SETTLEMENTS, BEFORE).digest)
    kept = scene.statements.pop(key)
    lacks = f"the dossier is not whole: it has not the artifact {key[-64:][:12]} of settlements/entry"
    assert one(scene).startswith(lacks)
    scene.statements[key] = kept.replace(b"critical", b"standard")
    assert one(scene).startswith(f"the artifact of settlements/entry {key[-64:][:12]} was changed")


OLDER = release(
    commit=BASE,
    artifacts=(artifact_of(REVENUE, entry_of("revenue", "standard", "Older.")),),
    upon=(artifact_of(REVENUE, entry_of("revenue", "standard")),),
)
LONG_AGO = {"at": BEGAN - timedelta(days=400), "expires": BEGAN - timedelta(days=397)}


def test_what_runs_already_was_let_in_however_long_ago(scene: DossierScene) -> None:
    """By an approval that has ended, or was taken back since: it runs, and nothing must lock it in or out."""
    scene.compose(REVENUE, entry_of("revenue", "standard", "Older."), OLDER)
    id_ = OLDER.digest[7:19]
    never = (
        f"release {id_} is in the composition, or left, and needed 1 in prod who had no hand in it: "
        f"0 have ever approved it (slipway gate explain {id_} -s prod says who may)"
    )
    assert one(scene) == never
    scene.say(approval("ana.silva", OLDER, **LONG_AGO))
    assert one(scene) == never
    scene.say(approval("ben.okafor", OLDER, **LONG_AGO))
    assert told(operation_of(scene)) == []
    scene.say(Revocation(release=OLDER.digest, environment=PROD, approver=principal("ben.okafor"), at=BEGAN))
    assert told(operation_of(scene)) == []


def test_an_approval_of_what_runs_has_to_be_believed(scene: DossierScene) -> None:
    """And to be of prod."""
    scene.compose(REVENUE, entry_of("revenue", "standard", "Older."), OLDER)
    scene.say(approval("ben.okafor", OLDER, environment=Environment.STAGING))
    assert "needed 1 in prod who had no hand in it: 0 have ever approved it" in one(scene)
    name = scene.say(approval("ben.okafor", OLDER), STRANGER)
    assert one(scene).startswith(f"{name} is signed by")


def test_what_the_key_of_releases_has_signed_is_no_approval(scene: DossierScene) -> None:
    """Whoever signs releases could write as many as are needed, each in another's name."""
    name = scene.say(approval("henrik.olsen", RELEASE), SIGNER)
    assert one(scene).startswith(f"{name} is signed by {SIGNER.pinned.id[:12]}, which is no trusted key")


def test_a_way_back_is_covered_by_the_approvals_of_what_it_leaves(scene: DossierScene) -> None:
    """By as many as that needed: however old, whoever goes back, whatever that does."""
    scene.unsay()
    scene.compose(SETTLEMENTS, BEFORE, None)
    scene.change(leaves=True, deployer="arn:aws:iam::111122223333:user/ana.silva", effects=OTHERS)
    left = f"release {ID} is in the composition, or left, and needed 2 in prod who had no hand in it: "
    assert one(scene).startswith(f"{left}0 have ever approved it")
    scene.say(approval("ben.okafor", RELEASE, **LONG_AGO))
    scene.say(approval("ben.okafor", RELEASE, at=BEGAN, expires=BEGAN + timedelta(hours=1)))
    assert one(scene).startswith(f"{left}1 have ever approved it")
    scene.say(approval("henrik.olsen", RELEASE, **LONG_AGO))
    assert told(operation_of(scene)) == []
    scene.now = BEGAN + timedelta(days=30)  # no end blocks a way back that was interrupted
    assert told(operation_of(scene)) == []


def test_what_an_approval_says_of_its_giver_hides_no_author(scene: DossierScene) -> None:
    """Ana's session is Ana's, whatever login it names; an unknown session has only its own word."""
    scene.compose(REVENUE, entry_of("revenue", "standard", "Older."), OLDER)
    ana = principal("ana.silva")
    scene.say(
        approval("ana.silva", OLDER, **LONG_AGO, approver=ana.model_copy(update={"github": "somebody"}))
    )
    assert "needed 1 in prod who had no hand in it: 0 have ever approved it" in one(scene)
    gone = principal("ben.okafor").model_copy(update={"caller": approving("gone"), "github": "gone"})
    scene.say(approval("ben.okafor", OLDER, **LONG_AGO, approver=gone))
    assert told(operation_of(scene)) == []


def test_what_was_critical_before_a_release_that_runs_needed_two(scene: DossierScene) -> None:
    """A part of it that was carried in with another release's two approvals needs its own."""
    before = entry_of("revenue", "critical")
    carried = release(
        commit=BASE,
        artifacts=(artifact_of(REVENUE, entry_of("revenue", "standard", "Older.")),),
        upon=(artifact_of(REVENUE, before),),
    )
    scene.compose(REVENUE, entry_of("revenue", "standard", "Older."), carried)
    scene.say(approval("ben.okafor", carried, **LONG_AGO))
    key = artifact_key(artifact_of(REVENUE, before).digest)
    assert one(scene).startswith(f"the dossier is not whole: it has not the artifact {key[-64:][:12]}")
    scene.keep(before)
    assert "needed 2 in prod who had no hand in it: 1 have ever approved it" in one(scene)
    scene.say(approval("ines.duarte", carried, **LONG_AGO))
    assert told(operation_of(scene)) == []


def test_nothing_is_left_of_which_all_is_there(scene: DossierScene) -> None:
    """An index that says so would want one old approval where two are needed."""
    scene.change(leaves=True)
    assert f"the dossier says that release {ID} is left, and the composition has all of it" in told(
        operation_of(scene)
    )


def test_an_approval_that_was_taken_back_twice_was_taken_back_before(scene: DossierScene) -> None:
    """The second time, after the deployment began, gives it no life for the time between."""
    gone = {"release": RELEASE.digest, "environment": PROD, "approver": principal("ben.okafor")}
    scene.say(Revocation(**gone, at=BEGAN - timedelta(minutes=1)))
    before = one(scene)
    assert "1 of 2 approvals" in before
    scene.say(Revocation(**gone, at=BEGAN + timedelta(minutes=1)))
    assert one(scene) == before


def test_an_approval_holds_no_longer_than_one_may(scene: DossierScene) -> None:
    """Who writes one does it on a machine of their own, whatever their command would have refused."""
    scene.unsay()
    for who in ("ben.okafor", "henrik.olsen"):
        scene.say(approval(who, RELEASE, at=BEGAN - timedelta(hours=1), expires=BEGAN + timedelta(days=9000)))
    assert "; one holds 168 hours at most" in one(scene)


def test_models_make_no_release_that_runs_more_critical(scene: DossierScene) -> None:
    """Its own catalog entries say how many it needed, each as it was before, and its models do not."""
    brought = (artifact_of(REVENUE, entry_of("revenue", "standard", "Older.")), _models_of("revenue"))
    upon = (artifact_of(SETTLEMENTS, BEFORE), artifact_of(REVENUE, entry_of("revenue", "standard")))
    older = release(commit=BASE, artifacts=brought, upon=upon)
    scene.compose(REVENUE, entry_of("revenue", "standard", "Older."), older)
    scene.keep(entry_of("revenue", "standard"))
    scene.say(approval("ben.okafor", older, **LONG_AGO))
    assert told(operation_of(scene)) == []


def test_a_release_is_whole_by_its_catalog_entries(scene: DossierScene) -> None:
    """The program reads nothing else of it; one that brings none is left when the dossier says so."""
    whole = release(
        artifacts=(artifact_of(SETTLEMENTS, AFTER), _models_of("settlements")),
        upon=(artifact_of(SETTLEMENTS, BEFORE),),
    )
    _only(scene, whole, {SETTLEMENTS: AFTER})
    scene.change(leaves=True)
    all_of_it = (
        f"the dossier says that release {short(whole.digest)} is left, and the composition has all of it"
    )
    assert all_of_it in told(operation_of(scene))

    models = release(artifacts=(_models_of("settlements"),), upon=())
    _only(scene, models, {})
    scene.statements[release_key(models.digest)] = signed_release(models)
    for who in ("ben.okafor", "henrik.olsen"):
        scene.say(approval(who, models, **LONG_AGO))
    assert told(operation_of(scene)) == []


def _models_of(pipeline: str) -> Artifact:
    """Some dbt models."""
    return artifact_of(PartId.parse(f"{pipeline}/dbt"), {"models/one.sql": b"select 1"})
