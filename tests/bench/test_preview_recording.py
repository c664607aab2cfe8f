"""What a preview registered becomes rows that hold everything the bare program needs, and nothing else."""

import json
from typing import Any

from bench.preview.recording import rows

_STACK = "urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev"
_KEY = "urn:pulumi:dev::slipway::slipway:keys:EncryptionKey::data"
_BUCKET = "urn:pulumi:dev::slipway::aws:s3/bucket:Bucket::artifacts"
_ALIAS = "urn:pulumi:dev::slipway::slipway:keys:EncryptionKey$aws:kms/alias:Alias::data-alias"
_PLAN = json.dumps({"resourcePlans": {}})


def _preview(*states: dict[str, Any]) -> str:
    steps: list[dict[str, Any]] = [{"op": "create", "newState": state} for state in states]
    return json.dumps({"steps": [*steps, {"op": "delete", "oldState": {"urn": "gone"}}]})


def _component() -> dict[str, Any]:
    return {"urn": _KEY, "type": "slipway:keys:EncryptionKey", "custom": False, "parent": _STACK}


def _resource() -> dict[str, Any]:
    return {
        "urn": _ALIAS,
        "type": "aws:kms/alias:Alias",
        "custom": True,
        "protect": True,
        "parent": _KEY,
        "inputs": {"name": "alias/data", "targetKeyId": "k-1", "__defaults": []},
        "propertyDependencies": {"targetKeyId": [_KEY]},
        "dependencies": [_KEY, _BUCKET],
    }


def test_a_resource_keeps_what_the_program_said_of_it() -> None:
    """Parent, protection and dependencies too; the provider's own marks among the inputs are left out."""
    (row,) = rows(_preview(_resource()), _PLAN)
    assert row == {
        "urn": _ALIAS,
        "type": "aws:kms/alias:Alias",
        "name": "data-alias",
        "custom": True,
        "protect": True,
        "parent": _KEY,
        "inputs": {"name": "alias/data", "targetKeyId": "k-1"},
        "dependencies": {"targetKeyId": [_KEY]},
        "waits_for": [_BUCKET],
    }


def test_what_a_preview_keeps_to_itself_is_read_from_its_plan() -> None:
    """A preview's JSON has `[secret]` in its place, which no resource would take."""
    secret = {**_resource(), "inputs": {"name": "[secret]", "targetKeyId": "k-1"}}
    known = {"name": {"plaintext": '"alias/data"'}}
    plan = json.dumps({"resourcePlans": {_ALIAS: {"goal": {"inputDiff": {"adds": known}}}}})
    (row,) = rows(_preview(secret), plan)
    assert row["inputs"] == {"name": "alias/data", "targetKeyId": "k-1"}


def test_a_component_has_no_inputs() -> None:
    """What the engine leaves out of a state is empty in the row."""
    (row,) = rows(_preview(_component()), _PLAN)
    left_out = (row["protect"], row["inputs"], row["dependencies"], row["waits_for"])
    assert (row["custom"], *left_out) == (False, False, {}, {}, [])


def test_what_the_engine_makes_itself_is_no_row() -> None:
    """The stack and the default providers come with every program; a deletion is not registered."""
    own = [
        {"urn": _STACK, "type": "pulumi:pulumi:Stack", "custom": False},
        {"urn": f"{_STACK}::default", "type": "pulumi:providers:aws", "custom": True},
    ]
    assert [row["urn"] for row in rows(_preview(*own, _component(), _resource()), _PLAN)] == [_KEY, _ALIAS]


def test_a_stack_reference_is_a_row() -> None:
    """The program asked for it, so the bare one has to."""
    reference = {"urn": f"{_STACK}::shared", "type": "pulumi:pulumi:StackReference", "custom": True}
    assert [row["type"] for row in rows(_preview(reference), _PLAN)] == ["pulumi:pulumi:StackReference"]
