"""Wrapping keeps what it has written only if the program would change nothing; else all is as it was."""

from pathlib import Path

import pytest

from slipway.adapters.file_journal import FileJournal
from slipway.adapters.pulumi.sdk_types import InstalledTypes
from slipway.adapters.tools import ProcessTools
from slipway.adopt.faults import NotWrappable
from slipway.adopt.verifying import belongs, judge_owned
from slipway.adopt.wrap.wrapping import Wrapping, Written, write_wrapped
from slipway.model.adopted import AdoptedLayer, read_layer, write_layer
from slipway.model.environment import StackName
from slipway.ports.stack_engine import Program
from slipway.ports.stack_imports import Held
from slipway.stages import Completed, Outcome, Undone
from tests.doubles.deployments import ManualClock
from tests.doubles.previewed import Previewed
from tests.doubles.quiet import Quiet
from tests.doubles.wrapped_layers import BUCKET, a_layer

ROOT = Path(__file__).parents[3]
TYPES = InstalledTypes()
LAYER = a_layer(("aws_s3_bucket.lake", BUCKET, {"bucket": "lake"}))
NEW = "urn:pulumi:dev::slipway::slipway:lake:LakeLayer$aws:s3/bucket:Bucket::lake/lake"


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """A program with one adopted layer, and an exemption of its resource."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for path, content in (
        ("adopted/lake.json", write_layer(LAYER)),
        ("policies/waivers.yaml", f"baselines: [{{resource: '{LAYER.resources[0].urn}'}}]\n"),
    ):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text(content, encoding="utf-8")
    return tmp_path


def _write(platform: Path) -> Written:
    return write_wrapped(LAYER, _held(LAYER), TYPES, platform, ProcessTools(ROOT))


def _held(layer: AdoptedLayer) -> list[Held]:
    return [
        *(Held(urn=each.urn, type=each.type, id="", protected=True) for each in layer.components),
        *(Held(urn=each.urn, type=each.type, id=each.id, protected=True) for each in layer.resources),
    ]


def _wrap(platform: Path, engine: Previewed) -> Outcome:
    wrapping = Wrapping(
        engine=engine,
        program=Program(stack=StackName.DEV, workspace=platform),
        journal=FileJournal(platform / "journal"),
        clock=ManualClock(),
        platform=platform,
        actor="ana",
    )
    return wrapping.carry_out(_write(platform), Quiet())


def _files(platform: Path) -> dict[str, str]:
    kept = (path for path in platform.rglob("*") if path.is_file() and "journal" not in path.parts)
    return {str(path.relative_to(platform)): path.read_text(encoding="utf-8") for path in kept}


def test_an_empty_preview_keeps_what_was_written(platform: Path) -> None:
    """The layer's file names the program, and both names of each; exemptions follow."""
    assert _wrap(platform, Previewed()) == Completed()
    files = _files(platform)
    assert "class LakeLayer(WrappedLayer" in files["components/adopted/lake/layer.py"]
    assert "def deploy() -> None:" in files["stacks/layers/lake.py"]
    layer = read_layer(files["adopted/lake.json"].encode(), "lake")
    (resource,) = layer.resources
    assert layer.program == "stacks.layers.lake"
    assert (resource.urn, resource.was, resource.arguments) == (NEW, LAYER.resources[0].urn, {})
    assert files["policies/waivers.yaml"] == f"baselines: [{{resource: '{NEW}'}}]\n"


@pytest.mark.parametrize(
    "engine", [Previewed(NEW), Previewed(LAYER.resources[0].urn), Previewed(refuses="no such class")]
)
def test_anything_else_gives_all_of_it_back(platform: Path, engine: Previewed) -> None:
    """A change by the new name, one by the former (an alias that fails), a program that does not run."""
    before = _files(platform)
    outcome = _wrap(platform, engine)
    assert isinstance(outcome, Undone)
    assert "as components lake would not be what it is" in outcome.reason
    assert _files(platform) == before
    assert _wrap(platform, Previewed()) == Completed()


def test_code_of_somebody_else_is_left_alone(platform: Path) -> None:
    """Before anything is written."""
    (platform / "stacks" / "layers").mkdir(parents=True)
    (platform / "stacks" / "layers" / "lake.py").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(NotWrappable, match=r"layers/lake.py is there already"):
        _write(platform)


def test_a_wrapped_layer_is_owned_by_either_name(platform: Path) -> None:
    """By the former one until the stack's next update, by its own after it; never by both."""
    layer = _write(platform).layer
    assert belongs("lake", NEW)
    for held in (_held(LAYER), _held(layer)):
        found = judge_owned(layer.as_held({each.urn for each in held}), held, [])
        assert found.says == ()
    both = [*_held(LAYER), *_held(layer)]
    found = judge_owned(layer.as_held({each.urn for each in both}), both, [])
    assert found.says == tuple(
        f"{urn} is in the stack's state, and the layer's file does not have it"
        for urn in sorted(each.was for each in layer.rows)
    )
