"""`slipway adopt import` and `verify`: what is refused before an engine is asked."""

import json
from pathlib import Path

import pytest

from slipway.attest import digest_of
from slipway.cli import wiring
from slipway.cli.adopt_import import JOURNALS
from slipway.model.adopted import FOLDER
from slipway.model.environment import Environment, StackName
from slipway.model.errors import ExitCode
from slipway.model.events import EventKind
from slipway.model.policy_report import PolicyPack
from tests.cli.adoptions.conftest import Adoption
from tests.cli.conftest import Slipway
from tests.doubles.judged import Judged
from tests.doubles.terraform_states import LINEAGE, a_resource, a_state


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state with a bucket."""
    path = tmp_path / "data.tfstate"
    path.write_bytes(a_state(a_resource()))
    return path


@pytest.fixture
def proposal(slipway: Slipway, platform: Path, state: Path) -> Path:
    """Of that bucket, for dev."""
    words = ("-s", "dev", "--layer", "lake=aws_s3_bucket.lake", "--to", str(platform))
    assert slipway("adopt", "propose", str(state), *words).code == ExitCode.OK
    return platform / "lake.proposal.json"


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Policies that refuse nothing."""
    monkeypatch.setattr(wiring, "build_policies", Judged)


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


@pytest.mark.usefixtures("desk", "lenient")
def test_without_an_engine_nothing_is_imported(slipway: Slipway, proposal: Path) -> None:
    """Exit code 3: the stack's state is asked first."""
    ended = slipway("adopt", "import", str(proposal), "-s", "dev")
    assert (ended.code, ended.out) == (ExitCode.ENVIRONMENT, "")
    assert "the Pulumi CLI cannot be run" in ended.err
    assert not (proposal.parent / FOLDER).exists()


@pytest.mark.usefixtures("platform", "desk")
def test_a_layer_that_was_not_adopted_cannot_be_verified(slipway: Slipway) -> None:
    """Its file is missing."""
    ended = slipway("adopt", "verify", "-s", "dev", "--layer", "lake")
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert "no layer lake is adopted: there is no adopted/lake.json" in ended.err


def test_what_policies_refuse_is_not_imported(adoption: Adoption) -> None:
    """Every later update would be refused, too; waivers that the proposal has written let it in."""
    adoption.policies.refuses = True
    for words in ((), ("--dry-run",)):
        ended = adoption.run("import", *words)
        assert (ended.code, ended.out) == (ExitCode.FINDINGS, "")
        assert "the production policies refuse urn:pulumi:dev::slipway::slipway:adopted:Layer$" in ended.err
        assert "lake/lake: required-tags: it has no tags" in ended.err
        assert "--baseline-ticket" in ended.err
    assert (adoption.imports.urns, adoption.desk.told) == ([], [])
    adoption.policies.refuses = False
    assert adoption.run("import", "--pack", "baseline").code == ExitCode.OK
    assert adoption.policies.packs[-2:] == [PolicyPack.PRODUCTION, PolicyPack.BASELINE]


def test_without_a_ledger_nothing_is_imported(adoption: Adoption) -> None:
    """What cannot be recorded is not done."""
    adoption.desk.ledger.reachable = False
    ended = adoption.run("import")
    assert (ended.code, ended.out) == (ExitCode.ENVIRONMENT, "")
    assert "the ledger does not answer" in ended.err
    assert adoption.imports.urns == []


def test_an_import_is_in_the_ledger_with_every_address(adoption: Adoption) -> None:
    """In the environment's chain, by whoever has the credentials; a second run tells nothing new."""
    dry = json.loads(adoption.run("import", "--dry-run", "--format", "json").out)
    assert [each["kind"] for each in dry["stages"]] == ["take-batch", "declare-layer", "record-owner"]
    assert adoption.desk.told == []
    assert adoption.imports.urns == []
    assert adoption.run("import").code == ExitCode.OK
    assert adoption.run("import").code == ExitCode.OK
    (event,) = adoption.desk.told
    assert (event.kind, event.environment, event.subject) == (
        EventKind.OWNERSHIP_CHANGED,
        Environment.DEV,
        "layers of dev",
    )
    assert event.actor == "arn:aws:iam::111122223333:user/grace.kim"
    assert event.figures == {
        "layer": "lake",
        "owner": "both",
        "resources": "1",
        "components": "1",
        "proposal": adoption.layer.proposal,
        "states": f"{LINEAGE}@7",
    }
    assert {entry.chain for entry in adoption.desk.ledger.stored.values()} == {"dev"}
    change = adoption.records.change(StackName.DEV, "lake")
    assert change is not None
    assert [(each.address, each.urn) for each in change.objects] == [
        ("aws_s3_bucket.lake", adoption.layer.resources[0].urn)
    ]


def test_a_proof_is_evidence_unless_nobody_wants_it(adoption: Adoption) -> None:
    """By its digest, which is that of the file; a side that was tried is not left out."""
    adoption.run("import")
    ended = json.loads(adoption.owned("verify", "--format", "json").out)
    assert {each["side"]: (each["result"], each["left_out"]) for each in ended["findings"]} == {
        "owned": ("proven", False),
        "preview": ("proven", False),
        "refresh": ("proven", False),
        "terraform": ("not proven", False),
    }
    event = adoption.desk.told[-1]
    assert (event.kind, event.evidence) == (EventKind.LAYER_VERIFIED, (ended["digest"],))
    proof = adoption.records.proof(StackName.DEV, "lake")
    assert proof is not None
    assert [(each.serial, each.digest) for each in proof.states] == [
        (7, digest_of(adoption.state.read_bytes()))
    ]
    told = len(adoption.desk.told)
    assert adoption.run("verify", "--no-refresh", "--no-record").code == ExitCode.PARTIAL
    assert len(adoption.desk.told) == told
