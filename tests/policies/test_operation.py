"""What an operation is read from: the moment that the engine tells, and the files on disk."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from policies.operation import Moment, moment_of, read_operation
from policies.rules.rule import Operation
from tests.doubles.dossiers import DossierScene, good_scene
from tests.policies.approved import told

URN = "urn:pulumi:prod::slipway::pulumi:pulumi:Stack::slipway-prod"


@pytest.mark.parametrize(
    ("environ", "moment"),
    [
        ({"PULUMI_DRY_RUN": "true"}, Moment.PREVIEW),
        ({"PULUMI_DRY_RUN": "false"}, Moment.UPDATE),
        ({}, Moment.UPDATE),
        ({"PULUMI_DRY_RUN": ""}, Moment.UPDATE),
        ({"PULUMI_DRY_RUN": "True"}, Moment.UPDATE),
    ],
)
def test_what_is_not_told_to_be_a_preview_is_an_update(environ: Mapping[str, str], moment: Moment) -> None:
    """An engine that says nothing, or says it in another way, must not open the door."""
    assert moment_of(environ) is moment


@pytest.fixture
def scene(tmp_path: Path) -> DossierScene:
    """A composition and its dossier on disk, and everything is as it should be."""
    scene = good_scene()
    scene.write(tmp_path)
    scene.pin(tmp_path / "keys")
    return scene


def _read(folder: Path) -> Operation:
    workspace, dossier = str(folder / "workspace"), str(folder / "dossier")
    return read_operation(URN, platform=folder, workspace=workspace, dossier=dossier)


def _linked(link: str) -> str:
    return (
        f"{link} is a link, and nobody has signed what it leads to "
        "(slipway deploy lays the composition out anew, without any)"
    )


def _told(folder: Path) -> list[str]:
    return told(_read(folder), days=100_000)


def test_what_was_laid_out_is_what_was_approved(scene: DossierScene, tmp_path: Path) -> None:
    """Nothing is said, and the files are those of the scene."""
    operation = _read(tmp_path)
    assert operation.workspace is not None
    assert {**operation.workspace} == scene.workspace
    assert _told(tmp_path) == []


@pytest.mark.parametrize("place", ["elsewhere", "workspace/dags/elsewhere"])
@pytest.mark.usefixtures("scene")
def test_a_stray_below_a_linked_catalogue(tmp_path: Path, place: str) -> None:
    """A walk does not go through links, and the program does: it would make the planted pipeline real."""
    catalog, real = tmp_path / "workspace" / "catalog", tmp_path / place
    real.parent.mkdir(parents=True, exist_ok=True)
    catalog.rename(real)
    (real / "planted.yaml").write_text("pipeline: planted\n", encoding="utf-8")
    catalog.symlink_to(real)
    assert _told(tmp_path) == [_linked("catalog")]


@pytest.mark.usefixtures("scene")
def test_a_linked_file(tmp_path: Path) -> None:
    """One that is a link may be another at the next moment; one that leads nowhere is told too."""
    entry = tmp_path / "workspace" / "catalog" / "revenue.yaml"
    entry.rename(tmp_path / "revenue.yaml")
    entry.symlink_to(tmp_path / "revenue.yaml")
    (tmp_path / "workspace" / "team").symlink_to(tmp_path / "nowhere")
    assert _told(tmp_path) == [_linked("catalog/revenue.yaml"), _linked("team")]


@pytest.mark.usefixtures("scene")
def test_a_workspace_that_is_no_whole_path_has_neither_files_nor_links(tmp_path: Path) -> None:
    """It is another folder for the pack than for the program."""
    operation = read_operation(URN, platform=tmp_path, workspace="workspace", dossier="")
    assert (operation.workspace, operation.links, operation.dossier) == (None, (), None)
