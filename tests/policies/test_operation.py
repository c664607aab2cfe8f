"""What an operation is read from: the moment that the engine tells, and the files on disk."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from policies.operation import Moment, moment_of, read_operation
from policies.rules.rule import Operation
from slipway.attest import canonical
from slipway.attest.program import LISTING, read_program
from slipway.model.errors import DefinitionError
from tests.doubles.dossiers import PROGRAM, DossierScene, good_scene
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
    for name in ("", "program"):
        _platform(tmp_path / name)
    (tmp_path / LISTING).write_bytes(canonical(read_program(tmp_path)))
    return scene


def _platform(folder: Path) -> None:
    """A program of a few files."""
    for path, text in {
        "Pulumi.yaml": "name: slipway\n",
        "Pulumi.prod.yaml": "config:\n  slipway:owner: platform\n  slipway:workspace: examples\n",
        "Pulumi.dev.yaml": "config:\n  slipway:owner: platform\n",
        "__main__.py": "deploy()\n",
        "stacks/pipelines.py": "ENTRIES = ()\n",
        "components/flow/bus.py": "BUS = 1\n",
        "README.md": "of no account\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _read(folder: Path) -> Operation:
    workspace, dossier = str(folder / "workspace"), str(folder / "dossier")
    program = str(folder / "program")
    return read_operation(URN, platform=folder, workspace=workspace, dossier=dossier, program=program)


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
    operation = read_operation(URN, platform=tmp_path, workspace="workspace", dossier="", program="")
    assert (operation.workspace, operation.links, operation.dossier) == (None, (), None)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "Pulumi.prod.yaml",
            "config:\n  slipway:owner: platform\n  slipway:workspace: /elsewhere\nencryptedkey: x\n",
        ),
        ("Pulumi.dev.yaml", "config: {}\n"),
        ("README.md", "Other words.\n"),
        ("tests/test_bus.py", "assert True\n"),
    ],
)
@pytest.mark.usefixtures("scene")
def test_what_is_no_part_of_the_program(tmp_path: Path, path: str, text: str) -> None:
    """The folder of the composition, the key of the engine's secrets, other stacks, other files."""
    (tmp_path / "program" / path).parent.mkdir(exist_ok=True)
    (tmp_path / "program" / path).write_text(text, encoding="utf-8")
    assert _told(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Pulumi.yaml", "name: other\n"),
        ("Pulumi.prod.yaml", "config:\n  slipway:owner: somebody\n"),
        ("Pulumi.prod.yaml", "secretsprovider: passphrase\nconfig:\n  slipway:owner: platform\n"),
        ("__main__.py", "deploy(True)\n"),
        ("components/flow/bus.py", "BUS = 2\n"),
        ("components/planted.py", "BUS = 2\n"),
        ("adopted/planted.json", "{}\n"),
        ("slipway/model/naming.py", "SIGNING = 1\n"),
        ("yaml.py", "load = print\n"),
    ],
)
@pytest.mark.usefixtures("scene")
def test_another_program(tmp_path: Path, path: str, text: str) -> None:
    """A file that is another, and one that was not there."""
    (tmp_path / "program" / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "program" / path).write_text(text, encoding="utf-8")
    (said,) = _told(tmp_path)
    assert said.startswith(
        f"the program that runs is not the one that may run in prod: {path} differ (use that"
    )
    assert said.endswith("this one's put in charge: slipway policy adopt -s prod, by a control owner)")


@pytest.mark.usefixtures("scene")
def test_a_program_that_is_hardly_there(tmp_path: Path) -> None:
    """Five are named."""
    for path in ("__main__.py", "stacks/pipelines.py", "components/flow/bus.py", "Pulumi.yaml"):
        (tmp_path / "program" / path).unlink()
    (tmp_path / "program" / "a.py").touch()
    five = "Pulumi.yaml, __main__.py, a.py, components/flow/bus.py, stacks/pipelines.py differ"
    assert five in _told(tmp_path)[0]
    (tmp_path / "program" / "b.py").touch()
    assert (
        "Pulumi.yaml, __main__.py, a.py, b.py, components/flow/bus.py and 1 more differ" in _told(tmp_path)[0]
    )


@pytest.mark.usefixtures("scene")
def test_a_program_of_which_nobody_has_said_that_it_may_run(tmp_path: Path) -> None:
    """Nor is one believed that the configuration does not name, or that is not there."""
    (tmp_path / LISTING).unlink()
    nothing = "nothing beside the policies says which program may run in prod "
    assert _told(tmp_path) == [f"{nothing}(slipway policy adopt -s prod, by a control owner)"]
    operation = replace(_read(tmp_path), allowed=PROGRAM, program=None)
    (said,) = told(operation, days=100_000)
    assert said.startswith("the pack's configuration names no program, so nobody can tell which runs")
    (tmp_path / "program").rename(tmp_path / "gone")
    with pytest.raises(DefinitionError, match="there is no program"):
        _read(tmp_path)


@pytest.mark.usefixtures("scene")
def test_a_stack_file_that_is_none(tmp_path: Path) -> None:
    """It is named, and nothing of it is taken for a setting."""
    for text in ("- a\n", "config: [", "config: 1\n"):
        (tmp_path / "program" / "Pulumi.prod.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(DefinitionError, match=r"Pulumi\.prod\.yaml is no stack file"):
            _read(tmp_path)
