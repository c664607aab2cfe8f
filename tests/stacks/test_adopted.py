"""An adopted layer is declared from its file, by the SDK's own classes."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from slipway.model.adopted import AdoptedComponent, AdoptedLayer, AdoptedResource, read_layer, write_layer
from slipway.model.digest import Digest
from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError
from stacks.adopted import deploy_adopted
from tests.doubles.pulumi_recorder import record

LAYER = "urn:pulumi:dev::slipway::slipway:adopted:Layer::lake"
ZONE = "urn:pulumi:dev::slipway::slipway:adopted:Layer$slipway:adopted:Zone::lake/zone"
RESOURCE = AdoptedResource(
    state="lineage",
    address="module.zone.aws_s3_bucket.lake",
    type="aws:s3/bucket:Bucket",
    py="pulumi_aws.s3.Bucket",
    name="lake/zone.lake",
    urn=f"{ZONE}-bucket",
    parent=ZONE,
    id="lake",
    arguments={"bucket": "lake", "force_destroy": True, "tags": {"a": "b"}},
)


def _layer(**changed: Any) -> AdoptedLayer:
    return AdoptedLayer(
        layer="lake",
        stack=StackName.DEV,
        proposal=Digest(f"sha256:{'0' * 64}"),
        components=(
            AdoptedComponent(type="slipway:adopted:Layer", name="lake", urn=LAYER, parent=""),
            AdoptedComponent(type="slipway:adopted:Zone", name="lake/zone", urn=ZONE, parent=LAYER),
        ),
        resources=(RESOURCE.model_copy(update=changed),),
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A program with one layer of dev, and one of prod."""
    folder = tmp_path / "adopted"
    folder.mkdir()
    (folder / "lake.json").write_text(write_layer(_layer()), encoding="utf-8")
    other = _layer(name="other").model_copy(update={"stack": StackName.PROD})
    (folder / "other.json").write_text(write_layer(other), encoding="utf-8")
    return tmp_path


def test_the_layers_of_a_stack_are_declared(root: Path) -> None:
    """Components and resources, with arguments by the engine's names; other stacks' are left alone."""
    recording = record(lambda: deploy_adopted(StackName.DEV, root))
    assert [(each.type, each.name) for each in recording.registered] == [
        ("slipway:adopted:Layer", "lake"),
        ("slipway:adopted:Zone", "lake/zone"),
        ("aws:s3/bucket:Bucket", "lake/zone.lake"),
    ]
    bucket = recording.one("aws:s3/bucket:Bucket")
    assert bucket.inputs == {"bucket": "lake", "forceDestroy": True, "tags": {"a": "b"}}


def test_without_a_layer_nothing_is_declared(tmp_path: Path) -> None:
    """Most checkouts have none."""
    assert record(lambda: deploy_adopted(StackName.DEV, tmp_path)).registered == []


@pytest.mark.parametrize("py", ["pulumi_aws.s3.NoSuchClass", "pulumi_no_such.Bucket", "pulumi_aws.sqs.Queue"])
def test_a_layer_of_another_sdk_is_refused(root: Path, py: str) -> None:
    """The class is missing, or of another type."""
    arguments = {"arguments": {"name": "q"}} if py.endswith("Queue") else {}
    (root / "adopted" / "lake.json").write_text(write_layer(_layer(py=py, **arguments)), encoding="utf-8")
    with pytest.raises(pulumi.RunError, match=f"through {py}, which the SDK does not have"):
        record(lambda: deploy_adopted(StackName.DEV, root))


def test_a_file_that_is_no_layer_is_named(root: Path) -> None:
    """With the field that is wrong, and the remedy."""
    path = root / "adopted" / "lake.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "stack": "qa"}), encoding="utf-8")
    with pytest.raises(pulumi.RunError, match=r"adopted/lake.json is no adopted layer: stack is wrong"):
        record(lambda: deploy_adopted(StackName.DEV, root))
    with pytest.raises(DefinitionError, match="x is no adopted layer: JSON is wrong"):
        read_layer(b"{", "x")


def _wrap(root: Path, program: str) -> None:
    layer = _layer(arguments={}).model_copy(update={"program": program})
    (root / "adopted" / "lake.json").write_text(write_layer(layer), encoding="utf-8")


def test_a_wrapped_layer_is_declared_by_its_own_module(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file only says which: nothing is declared from it."""
    own = SimpleNamespace(deploy=lambda: pulumi.ComponentResource("slipway:lake:LakeLayer", "lake"))
    monkeypatch.setitem(sys.modules, "stacks.layers.lake", own)
    _wrap(root, "stacks.layers.lake")
    recording = record(lambda: deploy_adopted(StackName.DEV, root))
    assert [each.type for each in recording.registered] == ["slipway:lake:LakeLayer"]


def test_a_wrapped_layer_whose_module_is_gone_is_refused(root: Path) -> None:
    """Declaring nothing would have the engine delete it."""
    _wrap(root, "stacks.layers.gone")
    with pytest.raises(pulumi.RunError, match=r"lake is declared by stacks.layers.gone, and there is no"):
        deploy_adopted(StackName.DEV, root)
