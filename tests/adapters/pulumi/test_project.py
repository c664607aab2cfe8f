"""A project for one update: links to the platform's, and a stack file of its own."""

from pathlib import Path

import pytest
import yaml

from slipway.adapters.pulumi.project import lay_out
from slipway.model.environment import StackName
from slipway.ports.stack_engine import Program

OPERATOR = "arn:aws:iam::222233334444:role/slipway-operator-dev"
ASSUMED = [{"roleArn": OPERATOR, "sessionName": "slipway"}]
DEV = {
    "secretsprovider": "awskms://alias/slipway-pulumi-dev",
    "config": {
        "aws:region": "us-east-1",
        "aws:assumeRoles": ASSUMED,
        "slipway:workspace": "examples/finedge",
    },
}


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """A platform with one stack."""
    folder = tmp_path / "platform"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump(DEV))
    return folder


@pytest.mark.parametrize("as_itself", [False, True])
def test_whose_credentials_do_the_work(platform: Path, tmp_path: Path, *, as_itself: bool) -> None:
    """By the stack file its role; else nobody is assumed, and the program is told the role all the same."""
    folder = tmp_path / "project"
    folder.mkdir()
    program = Program(stack=StackName.DEV, workspace=tmp_path / "workspace")
    lay_out(platform, program, folder, as_itself=as_itself)
    written = yaml.safe_load((folder / "Pulumi.dev.yaml").read_text())
    working = {"slipway:operatorRole": OPERATOR} if as_itself else {"aws:assumeRoles": ASSUMED}
    assert written["secretsprovider"] == DEV["secretsprovider"]
    assert written["config"] == {
        "aws:region": "us-east-1",
        "slipway:workspace": str(tmp_path / "workspace"),
        **working,
    }
    assert yaml.safe_load((platform / "Pulumi.dev.yaml").read_text()) == DEV
    assert (folder / "stacks").is_symlink()
