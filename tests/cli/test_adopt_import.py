"""`slipway adopt import` and `verify`: what is refused before an engine is asked."""

import json
from pathlib import Path

import pytest

from slipway.cli.adopt_import import JOURNALS
from slipway.model.adopted import FOLDER
from slipway.model.errors import ExitCode
from tests.cli.conftest import Slipway
from tests.doubles.terraform_states import a_resource, a_state

STACKS = Path(__file__).parents[2]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state with a bucket."""
    path = tmp_path / "data.tfstate"
    path.write_bytes(a_state(a_resource()))
    return path


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform of its own, with this checkout's stack files, and no engine on the PATH."""
    folder = tmp_path / "platform"
    folder.mkdir()
    for path in STACKS.glob("Pulumi*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return folder


@pytest.fixture
def proposal(slipway: Slipway, platform: Path, state: Path) -> Path:
    """Of that bucket, for dev."""
    words = ("-s", "dev", "--layer", "lake=aws_s3_bucket.lake", "--to", str(platform))
    assert slipway("adopt", "propose", str(state), *words).code == ExitCode.OK
    return platform / "lake.proposal.json"


def test_a_proposal_is_for_its_stack(slipway: Slipway, proposal: Path) -> None:
    """Exit code 1, and nothing is written."""
    ended = slipway("adopt", "import", str(proposal), "-s", "prod")
    assert (ended.code, ended.out) == (ExitCode.FINDINGS, "")
    assert "the proposal of lake is for stack dev of " in ended.err
    assert not (proposal.parent / JOURNALS).exists()


def test_a_proposal_that_was_changed_is_none(slipway: Slipway, proposal: Path) -> None:
    """Its digest is of what was reviewed."""
    document = json.loads(proposal.read_bytes())
    document["proposal"]["resources"][0]["inputs"]["bucket"] = "mine"
    proposal.write_text(json.dumps(document), encoding="utf-8")
    ended = slipway("adopt", "import", str(proposal), "-s", "dev")
    assert ended.code == ExitCode.USAGE
    assert "was changed since it was written" in ended.err


def test_a_state_that_went_on_is_told(slipway: Slipway, proposal: Path, state: Path) -> None:
    """It is read where it was proposed; another one is none of the proposal's."""
    state.write_bytes(a_state(a_resource(), serial=8))
    ended = slipway("adopt", "import", str(proposal), "-s", "dev")
    assert ended.code == ExitCode.FINDINGS
    assert f"{state} was changed since the proposal: serial 8" in ended.err
    other = state.with_name("other.tfstate")
    other.write_bytes(a_state(a_resource(), lineage="other"))
    ended = slipway("adopt", "import", str(proposal), "-s", "dev", "--state", str(other))
    assert ended.code == ExitCode.FINDINGS
    assert f"the state {state} with the lineage" in ended.err


def test_without_an_engine_nothing_is_imported(slipway: Slipway, proposal: Path) -> None:
    """Exit code 3: the stack's state is asked first."""
    ended = slipway("adopt", "import", str(proposal), "-s", "dev")
    assert (ended.code, ended.out) == (ExitCode.ENVIRONMENT, "")
    assert "the Pulumi CLI cannot be run" in ended.err
    assert not (proposal.parent / FOLDER).exists()


@pytest.mark.usefixtures("platform")
def test_a_layer_that_was_not_adopted_cannot_be_verified(slipway: Slipway) -> None:
    """Its file is missing."""
    ended = slipway("adopt", "verify", "-s", "dev", "--layer", "lake")
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert "no layer lake is adopted: there is no adopted/lake.json" in ended.err
