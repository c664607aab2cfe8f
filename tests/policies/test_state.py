"""An export of a stack, as rules see it."""

import json
from pathlib import Path
from typing import Any

import pytest

from policies.rules.rule import Undecided
from policies.state import Stack, StateError

URN = "urn:pulumi:prod::slipway::slipway:storage:PrivateBucket$aws:s3/bucket:Bucket::lake"
SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def _stack(folder: Path, *rows: dict[str, Any]) -> Stack:
    path = folder / "state.json"
    path.write_text(json.dumps({"version": 3, "deployment": {"resources": list(rows)}}), encoding="utf-8")
    return Stack(path)


def _row(**more: Any) -> dict[str, Any]:
    return {"urn": URN, "type": "aws:s3/bucket:Bucket", "custom": True, **more}


def test_resources_are_shown_with_inputs_and_the_graph_with_outputs(tmp_path: Path) -> None:
    """As the engine shows them to the two kinds of policy."""
    row = _row(
        inputs={"tags": {"a": "1"}, "rules": [{"b": 2}]},
        outputs={"arn": "arn:x"},
        parent="urn:parent",
        protect=True,
        propertyDependencies={"key": ["urn:key"], "none": None},
    )
    stack = _stack(tmp_path, row)
    (resource,) = stack.resources()
    assert (resource.name, resource.urn, resource.is_protected) == ("lake", URN, True)
    assert resource.properties["tags"]["a"] == "1"
    assert [each["b"] for each in resource.properties["rules"]] == [2]
    assert len(resource.properties["rules"][:1]) == 1
    (node,) = stack.graph().nodes
    assert node.resource.properties["arn"] == "arn:x"
    assert (node.parent, dict(node.sources)) == ("urn:parent", {"key": ("urn:key",), "none": ()})


def test_components_are_in_the_graph_only(tmp_path: Path) -> None:
    """The engine shows rules of one resource no component's inputs that matter."""
    component = {"urn": URN, "type": "slipway:a:B", "outputs": {"owner": "risk"}}
    stack = _stack(tmp_path, component)
    assert list(stack.resources()) == []
    assert stack.graph().nodes[0].resource.properties["owner"] == "risk"


def test_what_is_about_to_be_deleted_is_not_judged(tmp_path: Path) -> None:
    """The old half of a replacement."""
    assert list(_stack(tmp_path, _row(delete=True)).resources()) == []


def test_a_secret_in_clear_is_its_value(tmp_path: Path) -> None:
    """As `--show-secrets` writes it."""
    row = _row(inputs={"key": {**SIGNATURE, "plaintext": '"open"'}})
    (resource,) = _stack(tmp_path, row).resources()
    assert resource.properties["key"] == "open"


@pytest.mark.parametrize(
    "hidden", [{**SIGNATURE, "ciphertext": "v1:..."}, "04da6b54-80e4-46f7-96ec-b56ff0331ba9"]
)
def test_what_is_hidden_is_undecided_when_it_is_read(tmp_path: Path, hidden: object) -> None:
    """And no trouble while nobody reads it."""
    (resource,) = _stack(tmp_path, _row(inputs={"key": hidden, "other": [hidden], "open": 1})).resources()
    assert resource.properties["open"] == 1
    with pytest.raises(Undecided):
        resource.properties["key"]
    with pytest.raises(Undecided):
        resource.properties["other"][0]


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 3}', '{"deployment": {"resources": [{}]}}', "3"])
def test_what_is_no_export_is_refused(tmp_path: Path, content: str) -> None:
    """With how to make one."""
    path = tmp_path / "state.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StateError) as refused:
        Stack(path)
    assert "export" in refused.value.remedy


def test_a_stack_without_resources_is_empty(tmp_path: Path) -> None:
    """As after a destroy."""
    path = tmp_path / "state.json"
    path.write_text('{"version": 3, "deployment": null}', encoding="utf-8")
    assert list(Stack(path).resources()) == []
