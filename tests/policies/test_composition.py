"""The approval rule, of what is on disk: signed, as it was signed, and nothing beside it."""

from collections.abc import Callable

import pytest

from slipway.attest import PinnedKeys, digest_of
from slipway.attest.bundle import BundledFile
from slipway.attest.dossier import INDEX
from slipway.attest.first_document import first_document_key, seal_first_document
from slipway.attest.release_statement import release_key
from slipway.model.environment import Environment
from tests.doubles.dossiers import (
    AFTER,
    APPROVAL_SIGNER,
    BEFORE,
    FOUNDATION,
    PROD,
    RELEASE,
    REVENUE,
    SETTLEMENTS,
    SIGNER,
    DossierScene,
    artifact_of,
    bundle_of,
    entry_of,
    foundation,
    good_scene,
    signed_release,
)
from tests.doubles.local_signer import LocalSigner
from tests.doubles.releases import (
    document,
    release,
)
from tests.policies.approved import BROKEN, one, operation_of, told

STRANGER = LocalSigner("stranger")
ID = RELEASE.digest[7:19]
MANIFEST = release_key(RELEASE.digest)
FIRST = first_document_key(PROD)
AGAIN = "run slipway deploy again"


@pytest.fixture
def scene() -> DossierScene:
    """Everything is as it should be."""
    return good_scene()


def test_what_was_approved_may_go_in(scene: DossierScene) -> None:
    """Two people, a critical pipeline, the very bytes."""
    assert told(operation_of(scene)) == []


@pytest.mark.parametrize("stack", ["dev", "shared", "drill"])
def test_where_nobody_has_to_approve_nothing_is_asked(scene: DossierScene, stack: str) -> None:
    """Not even for a dossier."""
    assert told(operation_of(scene, stack, dossier=None, workspace=None)) == []


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_no_dossier(scene: DossierScene, stack: str) -> None:
    """What somebody types by hand names none."""
    assert one(scene, urn=operation_of(scene, stack).urn, dossier=None) == (
        f"nothing says who approved these files in {stack}: the pack's configuration names no dossier"
    )


def test_an_index_that_is_missing_or_broken(scene: DossierScene) -> None:
    """Nothing can be said of the rest."""
    assert one(scene, dossier=scene.statements).startswith("the dossier is not whole: it has no index (run")
    broken = {**scene.files, INDEX: scene.files[INDEX].replace(b'"prod"', b'"no"', 1)}
    assert one(scene, dossier=broken).startswith("these bytes are no DossierIndex in canonical JSON")


def test_of_another_environment(scene: DossierScene) -> None:
    """What staging allowed prod has not."""
    assert one(scene, urn=operation_of(scene, "staging").urn) == (
        "the dossier is of a composition of prod, and this is staging"
    )


@pytest.mark.parametrize(("broken", "message"), BROKEN)
def test_a_manifest_that_is_not_believed(
    scene: DossierScene, broken: Callable[[bytes], bytes], message: str
) -> None:
    """Each by its own name, once, and never as too few approvals."""
    scene.statements[MANIFEST] = broken(scene.statements[MANIFEST])
    assert one(scene).startswith(f"the manifest of release {ID} {message}")


def test_an_unknown_key(scene: DossierScene) -> None:
    """A key that comes with the dossier is never believed; nor is any, where none is pinned."""
    scene.statements[MANIFEST] = signed_release(RELEASE, STRANGER)
    unknown = f"the manifest of release {ID} is signed by {STRANGER.pinned.id[:12]}, which is no trusted key"
    assert one(scene).startswith(unknown)
    scene = good_scene()
    messages = told(operation_of(scene, keys=PinnedKeys(signing=(), approvals=())))
    assert any("which is no trusted key (trusted are no keys" in each for each in messages)


def test_what_the_key_of_approvals_has_signed_is_no_release(scene: DossierScene) -> None:
    """Nor a first document: whoever approves has no part in what is approved."""
    scene.statements[MANIFEST] = signed_release(RELEASE, APPROVAL_SIGNER)
    scene.statements[FIRST] = seal_first_document(document(PROD), APPROVAL_SIGNER)
    by = f"is signed by {APPROVAL_SIGNER.pinned.id[:12]}, which is no trusted key"
    first, manifest = told(operation_of(scene))
    assert first.startswith(f"the first document of prod {by}")
    assert manifest.startswith(f"the manifest of release {ID} {by}")


def test_a_manifest_that_is_missing_or_anothers(scene: DossierScene) -> None:
    """Of the release that the index names."""
    kept = scene.statements.pop(MANIFEST)
    assert one(scene).startswith(
        f"the dossier is not whole: it has not the manifest of release {ID} ({AGAIN}"
    )
    other = release(commit="e" * 40)
    scene.statements[MANIFEST] = signed_release(other)
    assert one(scene).startswith(f"the manifest of release {ID} is that of release {other.digest[7:19]}")
    scene.statements[MANIFEST] = kept
    assert told(operation_of(scene)) == []


def test_another_release_that_is_not_believed(scene: DossierScene) -> None:
    """Beside the one that goes in: said once, and nothing is asked of it any more."""
    older = release(commit="e" * 40, artifacts=(artifact_of(REVENUE, entry_of("revenue", "standard")),))
    scene.compose(REVENUE, entry_of("revenue", "standard"), older)
    scene.statements[release_key(older.digest)] = signed_release(older, STRANGER)
    assert one(scene).startswith(f"the manifest of release {older.digest[7:19]} is signed by")


def test_a_release_that_is_in_no_part_is_named_too(scene: DossierScene) -> None:
    """It may only take something out."""
    scene.compose(SETTLEMENTS, BEFORE, None)
    del scene.statements[MANIFEST]
    assert one(scene).startswith(f"the dossier is not whole: it has not the manifest of release {ID}")


def test_the_first_document_vouches_for_what_no_release_has_brought(scene: DossierScene) -> None:
    """Missing, of another environment, or signed by somebody else."""
    kept = scene.statements.pop(FIRST)
    assert one(scene) == (
        "the dossier is not whole: it has not the signed first document of prod (slipway release bootstrap "
        "-s prod signs it; then run slipway deploy again)"
    )
    scene.statements[FIRST] = seal_first_document(document(Environment.STAGING), SIGNER)
    assert one(scene).startswith("the first document of prod is version 1 of staging's")
    scene.statements[FIRST] = seal_first_document(document(PROD), STRANGER)
    assert one(scene).startswith("the first document of prod is signed by")
    later = document(PROD).model_copy(update={"version": 2})
    scene.statements[FIRST] = seal_first_document(later, SIGNER)
    assert one(scene).startswith("the first document of prod is version 2 of prod's")
    scene.statements[FIRST] = kept
    assert told(operation_of(scene)) == []


def test_a_part_that_its_statement_does_not_name(scene: DossierScene) -> None:
    """Signed bytes of something else: another digest, or another part."""
    scene.compose(REVENUE, entry_of("revenue", "critical"), None)
    old, new = (
        artifact_of(REVENUE, entry_of("revenue", each)).digest[7:19] for each in ("standard", "critical")
    )
    assert one(scene) == (
        f"revenue/entry is {new} in the composition, and the first document of prod says {old} "
        "(run slipway deploy again, and find out who changed the dossier)"
    )
    scene.compose(REVENUE, entry_of("revenue", "standard"), RELEASE)
    assert f"revenue/entry is {old} in the composition, and release {ID} does not have it" in one(scene)


def test_a_composition_without_a_foundation(scene: DossierScene) -> None:
    """Nobody could say who decides."""
    scene.change(parts=tuple(each for each in scene.index.parts if each.part != FOUNDATION))
    messages = told(operation_of(scene))
    assert messages[0] == f"the dossier is not whole: it has no platform/entry ({AGAIN})"
    assert any("nothing ran in prod before, so nobody can say who decides there" in each for each in messages)


def test_a_file_that_was_changed_on_disk(scene: DossierScene) -> None:
    """The part is named, with its files and both digests."""
    scene.put("catalog/settlements.yaml", b"pipeline: settlements\n")
    found = digest_of(bundle_of({**AFTER, "catalog/settlements.yaml": b"pipeline: settlements\n"}))[7:19]
    signed = artifact_of(SETTLEMENTS, AFTER).digest[7:19]
    assert one(scene) == (
        f"settlements/entry on disk (catalog/settlements.yaml, contracts/settlements.odcs.yaml) is {found}, "
        f"and {signed} was signed: a file was changed (slipway deploy lays the composition out anew)"
    )


def test_a_file_that_may_be_run_is_another(scene: DossierScene) -> None:
    """The bundle says whether it may."""
    scene.workspace["team.yaml"] = BundledFile(
        path="team.yaml", content=foundation()["team.yaml"], executable=True
    )
    assert one(scene).startswith("platform/entry on disk (slipway.yaml, team.yaml) is ")


def test_a_file_that_is_gone(scene: DossierScene) -> None:
    """Of the workspace, or all of them."""
    del scene.workspace["contracts/settlements.odcs.yaml"]
    assert one(scene) == (
        "settlements/entry: contracts/settlements.odcs.yaml is not on disk "
        "(slipway deploy lays the composition out anew)"
    )


@pytest.mark.parametrize(
    ("path", "is_stray"),
    [
        ("catalog/planted.yaml", True),
        ("catalog/planted.YML", True),
        ("catalog/deep/planted.yaml", True),
        ("catalog/notes.txt", False),
        ("dags/planted.yaml", False),
        ("catalogue/planted.yaml", False),
    ],
)
def test_a_catalog_entry_of_nobody(scene: DossierScene, path: str, is_stray: bool) -> None:  # noqa: FBT001 - a table
    """The program would read it like any other; what it does not read decides nothing."""
    scene.put(path, b"pipeline: planted\n")
    stray = f"{path} is in no approved part (take it out of the folder, or release it)"
    assert told(operation_of(scene)) == ([stray] if is_stray else [])


def test_without_settings_nobody_knows_the_catalogue(scene: DossierScene) -> None:
    """Said beside the file that is gone, not passed over."""
    del scene.workspace["slipway.yaml"]
    messages = told(operation_of(scene))
    assert messages[0].startswith("platform/entry: slipway.yaml is not on disk")
    assert messages[1].startswith("the running slipway.yaml cannot be read: it is not in the artifact")


def test_a_path_that_no_bundle_has(scene: DossierScene) -> None:
    """A dossier that lists a file twice is named as that."""
    (part,) = (each for each in scene.index.parts if each.part == REVENUE)
    twice = part.model_copy(update={"files": (*part.files, part.files[0])})
    scene.change(parts=tuple(twice if each == part else each for each in scene.index.parts))
    assert one(scene).startswith("revenue/entry: catalog/revenue.yaml stands twice in a bundle")


def test_a_workspace_that_is_not_told_whole(scene: DossierScene) -> None:
    """A relative path is another folder for the program than for the pack."""
    assert one(scene, workspace=None).startswith("slipway:workspace is no whole path")
