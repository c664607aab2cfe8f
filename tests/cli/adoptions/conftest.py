"""A platform with everything in memory: ledger, stack state, engine. No Terraform is on the PATH."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.aws.stack_versions import UnversionedStates
from slipway.cli import wiring
from slipway.cli.adopt_records import LedgerRecords
from slipway.model.adopted import AdoptedLayer, read_layer
from slipway.ports.stack_engine import StackEngine
from tests.cli.conftest import Ended, Slipway
from tests.doubles.desk import MemoryDesk
from tests.doubles.judged import Judged
from tests.doubles.memory_imports import MemoryImports
from tests.doubles.previewed import Previewed
from tests.doubles.terraform_states import a_resource, a_state

CHECKOUT = Path(__file__).parents[3]


@dataclass
class Adoption:
    """The commands of `slipway adopt` on one bucket.

    Attributes:
        folder: of the platform.
        slipway: the command.
        desk: with the ledger.
        imports: the stack's state.
        engine: which previews.
        policies: which judge.
    """

    folder: Path
    slipway: Slipway
    desk: MemoryDesk = field(default_factory=MemoryDesk)
    imports: MemoryImports = field(default_factory=MemoryImports)
    engine: StackEngine = field(default_factory=Previewed)
    policies: Judged = field(default_factory=Judged)

    @property
    def state(self) -> Path:
        """Terraform's."""
        return self.folder / "data.tfstate"

    @property
    def file(self) -> Path:
        """The layer's."""
        return self.folder / "adopted" / "lake.json"

    @property
    def layer(self) -> AdoptedLayer:
        """What the program declares."""
        return read_layer(self.file.read_bytes(), "lake.json")

    @property
    def records(self) -> LedgerRecords:
        """What the ledger says of owners."""
        return LedgerRecords(desk=self.desk, versions=UnversionedStates("memory"))

    def terraform(self, *resources: dict[str, Any], serial: int, **fields: Any) -> None:
        """Write Terraform's state anew."""
        self.state.write_bytes(a_state(*resources, serial=serial, **fields))

    def propose(self) -> None:
        """Write a proposal of the bucket."""
        words = ("-s", "dev", "--layer", "lake=aws_s3_bucket.lake", "--to", str(self.folder))
        assert self.slipway("adopt", "propose", str(self.state), *words).code == 0

    def run(self, verb: str, *words: str) -> Ended:
        """Run a command about the layer."""
        what = [str(self.folder / "lake.proposal.json"), "-s", "dev"]
        if verb != "import":
            what = ["-s", "dev", "--layer", "lake", "--to", str(self.folder)]
        return self.slipway("adopt", verb, *what, *words)

    def owned(self, verb: str, *words: str) -> Ended:
        """The same, with the state and a folder of Terraform's that cannot be planned."""
        return self.run(verb, "--state", str(self.state), "--terraform", str(self.folder), *words)


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform of its own, with this checkout's stack files, and no engine on the PATH."""
    folder = tmp_path / "platform"
    folder.mkdir()
    for path in CHECKOUT.glob("Pulumi*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return folder


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> MemoryDesk:
    """A ledger in memory."""
    made = MemoryDesk()
    monkeypatch.setattr(wiring, "build_desk", lambda: made)
    monkeypatch.setattr(wiring, "stack_versions", lambda: UnversionedStates("memory"))
    return made


@pytest.fixture
def adoption(slipway: Slipway, platform: Path, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch) -> Adoption:
    """A bucket that Terraform has, and a proposal of it."""
    made = Adoption(folder=platform, slipway=slipway, desk=desk)
    made.terraform(a_resource(), serial=7)
    made.propose()
    monkeypatch.setattr(wiring, "stack_imports", lambda _platform: made.imports)
    monkeypatch.setattr(wiring, "stack_engine", lambda _platform, _pack=None: made.engine)
    monkeypatch.setattr(wiring, "build_policies", lambda: made.policies)
    return made


@pytest.fixture
def imported(adoption: Adoption) -> Adoption:
    """The bucket, imported and verified of all sides that can be looked at."""
    assert adoption.run("import").code == 0
    adoption.owned("verify")
    return adoption
