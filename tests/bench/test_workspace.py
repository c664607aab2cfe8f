"""Generated workspaces: the same bytes for a size and seed, without a finding, shaped as real ones."""

import hashlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bench.workspace.__main__ import main
from bench.workspace.entries import contract_path
from bench.workspace.growth import SMALLEST, grow
from bench.workspace.plan import Shape, plan
from bench.workspace.warehouse import folder
from slipway.catalog import load_workspace
from slipway.model.pipeline import PartKind, PipelineKind

ROOT = Path(__file__).resolve().parents[2]


def digest(folder: Path) -> str:
    """One digest of all paths and bytes."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of 120 pipelines."""
    folder = tmp_path_factory.mktemp("grown") / "workspace"
    grow(folder, pipelines=120, seed=7)
    return folder


def test_a_size_and_a_seed_give_the_same_bytes(grown: Path, tmp_path: Path) -> None:
    """In another process too, where strings hash otherwise and sets have another order."""
    command = [sys.executable, "-m", "bench.workspace", "--pipelines", "120", "--seed", "7"]
    subprocess.run([*command, "--out", str(tmp_path / "again")], cwd=ROOT, check=True, capture_output=True)
    assert digest(tmp_path / "again") == digest(grown)
    grow(tmp_path / "other", pipelines=120, seed=8)
    assert digest(tmp_path / "other") != digest(grown)


def test_a_grown_workspace_has_no_finding(grown: Path) -> None:
    """`load_workspace` raises all findings; kinds and parts are those that were planned."""
    workspace = load_workspace(grown)
    assert len(workspace.pipelines) == 120
    kinds = Counter(pipeline.kind for pipeline in workspace.pipelines)
    assert kinds[PipelineKind.STREAMING] > 5
    for pipeline in workspace.pipelines:
        assert pipeline.part(PartKind.DBT), pipeline.name
        assert bool(pipeline.part(PartKind.DAG)) == (pipeline.kind is PipelineKind.BATCH), pipeline.name
        assert any(output.contract for output in pipeline.outputs), pipeline.name


def test_the_example_is_in_it_unchanged(grown: Path) -> None:
    """Growth adds: what is measured at 12 pipelines is still there at 120."""
    example = ROOT / "examples" / "finedge"
    kept = [p for p in example.rglob("*") if p.is_file() and "tests" not in p.relative_to(example).parts]
    extended = {"slipway.yaml", "CODEOWNERS", "README.md"}
    kept = [p for p in kept if p.name not in extended and p.parent.name != "__pycache__"]
    assert len(kept) > 100
    for path in kept:
        assert (grown / path.relative_to(example)).read_bytes() == path.read_bytes()


def test_the_smallest_is_the_example_alone(tmp_path: Path) -> None:
    """Twelve are the example's own."""
    assert main(["--pipelines", str(SMALLEST), "--out", str(tmp_path)]) == 0
    assert len(load_workspace(tmp_path).pipelines) == SMALLEST == 12


def test_contracts_promise_the_columns_of_the_models(grown: Path) -> None:
    """The same comparison that the example's own contracts pass."""
    for pipeline in plan(108, seed=7):
        contract = yaml.safe_load((grown / contract_path(pipeline)).read_text())
        properties = grown / folder(pipeline) / f"_{pipeline.identifier}.yml"
        models = yaml.safe_load(properties.read_text())["models"]
        made = next(model for model in models if model["name"] == pipeline.table.model)["columns"]
        assert [(column["name"], column["data_type"].upper()) for column in made] == [
            (column["name"], column["physicalType"]) for column in contract["schema"][0]["properties"]
        ]


def test_a_larger_workspace_contains_a_smaller_one() -> None:
    """So that figures of two sizes differ by size alone."""
    assert plan(238, seed=7)[:108] == plan(108, seed=7)


def test_names_stay_short_and_apart() -> None:
    """A pipeline's name becomes part of an IAM role's: 32 characters."""
    names = [pipeline.name for pipeline in plan(988, seed=7)]
    assert len(names) == len(set(names)) == 988
    assert max(map(len, names)) <= 32


def test_the_shape_is_that_of_a_real_warehouse() -> None:
    """Half are marts, most read few tables, and one hub is read by many."""
    pipelines = plan(238, seed=7)
    marts = [pipeline for pipeline in pipelines if pipeline.shape is Shape.MART]
    assert 0.4 < len(marts) / len(pipelines) < 0.6
    fan_in = Counter(len(mart.reads) for mart in marts)
    assert set(fan_in) == {1, 2, 3, 4, 5, 6}
    assert fan_in[1] + fan_in[2] + fan_in[3] > len(marts) / 2
    readers = Counter(table for mart in marts for table in mart.reads)
    assert readers.most_common(1)[0][1] >= 10
    assert len(readers) < len(pipelines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pipelines", "11"], "11 pipelines are too few: the example alone has 12"),
        (["--pipelines", "12"], "is not empty: name another folder"),
    ],
)
def test_what_cannot_be_written_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """The folder is left as it was."""
    (tmp_path / "here.txt").touch()
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["here.txt"]
