"""What is handed to the Pulumi CLI, and what is made of its complaints."""

import json
import stat
from pathlib import Path

import pytest

from slipway.adapters.pulumi.imports import PulumiImports
from slipway.model.environment import StackName
from slipway.ports.stack_engine import StackEngineError, StackLocked
from slipway.ports.stack_imports import Held, ImportRefused, Secret, Taken

LAYER = "urn:pulumi:dev::p::slipway:adopted:Layer::lake"
LAKE = "urn:pulumi:dev::p::slipway:adopted:Layer$aws:s3/bucket:Bucket::lake/lake"
HIDDEN = 'hunter2-"not"-to-be-seen'
LAYER_TAKEN = Taken(urn=LAYER, type="slipway:adopted:Layer", name="lake", parent="")
LAKE_TAKEN = Taken(
    urn=LAKE,
    type="aws:s3/bucket:Bucket",
    name="lake/lake",
    parent=LAYER,
    id="lake",
    version="7.51.1",
    inputs={"bucket": "lake", "rules": [{"password": Secret(HIDDEN)}]},
    outputs={"bucket": "lake", "whole": Secret({"a": [HIDDEN]})},
)


class Cli:
    """A `pulumi` on the PATH that keeps what it is given, and answers as it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answers(self, code: int = 0, text: str = "", *, repeats: bool = False) -> None:
        """Say how it ends; it may repeat all that it is given, as a complaint."""
        (self.folder / "answer").write_text(text, encoding="utf-8")
        program = self.folder / "pulumi"
        complain = f"sed 's/^/error: /' {self.folder}/given >&2" if repeats else "true"
        program.write_text(
            f'#!/bin/sh\necho "$@" > {self.folder}/words\ncat > {self.folder}/given\n'
            f"cat {self.folder}/answer\n{complain}\nexit {code}\n",
            encoding="utf-8",
        )
        program.chmod(program.stat().st_mode | stat.S_IEXEC)

    def read(self, name: str) -> str:
        """What it was given: words, or standard input."""
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The only `pulumi` there is."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = Cli(tmp_path)
    found.answers()
    return found


def test_an_import_file_has_keys_of_its_own_and_parents_by_urn(cli: Cli, tmp_path: Path) -> None:
    """Two types may have one name; a component that is there already is not imported again."""
    PulumiImports(tmp_path).take(StackName.DEV, [LAYER_TAKEN, LAKE_TAKEN])
    document = json.loads(cli.read("given"))
    layer, lake = document["resources"]
    assert document["nameTable"] == {}
    assert layer == {
        "type": "slipway:adopted:Layer",
        "name": "taken-0",
        "logicalName": "lake",
        "component": True,
    }
    assert (lake["parent"], lake["id"], lake["version"]) == ("taken-0", "lake", "7.51.1")
    assert lake["inputs"]["rules"] == [
        {
            "password": {
                "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                "plaintext": json.dumps(HIDDEN),
            }
        }
    ]
    PulumiImports(tmp_path).take(StackName.DEV, [LAKE_TAKEN])
    document = json.loads(cli.read("given"))
    assert document["nameTable"] == {"there-0": LAYER}
    assert document["resources"][0]["parent"] == "there-0"
    assert HIDDEN not in cli.read("words")


def test_a_complaint_repeats_no_secret(cli: Cli, tmp_path: Path) -> None:
    """Not even where a provider quotes all that it was given."""
    cli.answers(1, repeats=True)
    with pytest.raises(ImportRefused) as refused:
        PulumiImports(tmp_path).take(StackName.DEV, [LAYER_TAKEN, LAKE_TAKEN])
    assert "Pulumi does not take it into stack dev: " in str(refused.value)
    assert "[secret]" in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ("error: locked by 1 lock(s)", StackLocked, "stack dev is locked by another update"),
        ("error: no stack named 'dev' found", StackEngineError, "Pulumi cannot work on stack dev: no stack"),
        ("error: resource 'x' already exists", ImportRefused, "resource 'x' already exists"),
    ],
)
def test_complaints_are_told_apart(
    cli: Cli, tmp_path: Path, said: str, error: type[Exception], message: str
) -> None:
    """A layer is not to blame for a backend."""
    cli.answers(1, said)
    with pytest.raises(error, match=message):
        PulumiImports(tmp_path).take(StackName.DEV, [LAYER_TAKEN])


def test_what_a_state_holds_is_read(cli: Cli, tmp_path: Path) -> None:
    """What only waits to be deleted is not held; whatever a row names is what it needs."""
    rows = [
        {"urn": LAYER, "type": "slipway:adopted:Layer", "protect": True},
        {
            "urn": LAKE,
            "type": "aws:s3/bucket:Bucket",
            "id": "lake",
            "parent": LAYER,
            "dependencies": ["urn:a"],
            "propertyDependencies": {"bucket": ["urn:b"], "tags": None},
            "deletedWith": "urn:c",
        },
        {"urn": "urn:old", "type": "aws:s3/bucket:Bucket", "id": "old", "delete": True},
    ]
    cli.answers(0, json.dumps({"version": 3, "deployment": {"resources": rows}}))
    assert PulumiImports(tmp_path).held(StackName.DEV) == (
        Held(urn=LAYER, type="slipway:adopted:Layer", id="", protected=True),
        Held(
            urn=LAKE,
            type="aws:s3/bucket:Bucket",
            id="lake",
            protected=False,
            needs=frozenset({LAYER, "urn:a", "urn:b", "urn:c"}),
        ),
    )


def test_a_stack_without_a_state_holds_nothing(cli: Cli, tmp_path: Path) -> None:
    """It was made, and never updated."""
    cli.answers(0, json.dumps({"version": 3, "deployment": {}}))
    assert PulumiImports(tmp_path).held(StackName.DEV) == ()
