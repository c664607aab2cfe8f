"""An import takes what was reviewed, once, protected; cut off it goes on, refused it gives all of it back."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.file_journal import FileJournal
from slipway.adopt.declaring import STAND_IN
from slipway.adopt.faults import NotAdoptable, NotFree, ProposalOutdated
from slipway.adopt.importing import Importing
from slipway.adopt.layers import parse_layers
from slipway.adopt.proposal import Proposal
from slipway.adopt.propose import Target, propose
from slipway.adopt.readiness import require_place, require_unchanged
from slipway.adopt.state import State
from slipway.model.adopted import AdoptedLayer, read_layer
from slipway.model.adoption import Owner
from slipway.model.environment import StackName
from slipway.ports.ledger import LedgerStoreError
from slipway.ports.stack_engine import StackEngineError
from slipway.ports.stack_imports import Held, Secret
from slipway.stages import Completed, Outcome, Undone
from tests.doubles.deployments import ManualClock
from tests.doubles.memory_imports import KILLED, MemoryImports
from tests.doubles.memory_ownership import MemoryOwnership
from tests.doubles.quiet import Quiet
from tests.doubles.sdk_types import BLOCK, TEXT_MAP, MemoryTypes, a_type, an_argument
from tests.doubles.terraform_states import BUCKET, LINEAGE, a_resource, an_instance, read

HIDDEN = "hunter2-not-to-be-seen"
TYPES = MemoryTypes(
    a_type(
        *(an_argument(name) for name in ("bucket", "region", "password")),
        an_argument("tags", TEXT_MAP),
        an_argument("variables", TEXT_MAP),
        an_argument("rule", BLOCK),
        computed=(an_argument("arn"), an_argument("tags_all", TEXT_MAP)),
    ),
    an_argument("days"),
)
LAYER = "urn:pulumi:dev::slipway::slipway:adopted:Layer::lake"
LAKE = "urn:pulumi:dev::slipway::slipway:adopted:Layer$aws:s3/bucket:Bucket::lake/lake"


def _bucket(**attributes: Any) -> dict[str, Any]:
    return a_resource(an_instance(attributes={**BUCKET, **attributes}))


def _many(number: int) -> State:
    return read(
        a_resource(
            *(
                an_instance(index_key=key, attributes={"id": f"b{key}", "bucket": f"b{key}"})
                for key in range(number)
            )
        )
    )


def _proposal(*states: State) -> Proposal:
    target = Target(stack="dev", project="slipway", region="us-east-1")
    (found,) = propose(states, parse_layers(["lake=*"]), target, TYPES)
    return found


class Adopting:
    """An import in a folder, which may be carried out several times."""

    def __init__(self, folder: Path, *held: Held) -> None:
        self.imports = MemoryImports(*held)
        self.records = MemoryOwnership()
        self.folder = folder

    def run(self, *states: State, proposal: Proposal | None = None) -> Outcome:
        """Carry it out, two at a time."""
        found = proposal or _proposal(*states)
        return self.importing().carry_out(found, require_unchanged(found, states), Quiet())

    def importing(self) -> Importing:
        """What carries it out."""
        return Importing(
            imports=self.imports,
            types=TYPES,
            records=self.records,
            journal=FileJournal(self.folder / "journal"),
            clock=ManualClock(),
            platform=self.folder,
            actor="ana",
            batch=2,
        )

    @property
    def file(self) -> Path:
        """The layer's file."""
        return self.folder / "adopted" / "lake.json"

    def layer(self) -> AdoptedLayer:
        """What the program declares."""
        return read_layer(self.file.read_bytes(), "lake.json")


@pytest.fixture
def adopting(tmp_path: Path) -> Adopting:
    """A stack without anything."""
    return Adopting(tmp_path)


def test_a_layer_is_taken_with_all_values_and_declared(adopting: Adopting) -> None:
    """Components first; inputs as proposed, outputs as Terraform has them, the id that the provider wrote."""
    state = read(_bucket(tags={"a": "1"}, tags_all={"a": "1", "b": "2"}, rule=[{"days": "3"}]))
    assert adopting.run(state) == Completed()
    assert adopting.imports.urns == [LAYER, LAKE]
    taken = adopting.imports.taken[LAKE]
    assert (taken.id, taken.parent, taken.version) == ("lake", LAYER, "1.0.0+aws")
    everything = {"a": "1", "b": "2"}
    assert taken.inputs == {"bucket": "lake", "tags": everything, "rule": {"days": "3"}}
    assert taken.outputs == {
        "id": "lake",
        "arn": "arn:aws:s3:::lake",
        "bucket": "lake",
        "tags": everything,
        "tagsAll": everything,
        "rule": {"days": "3"},
    }
    layer = adopting.layer()
    assert (layer.stack, layer.proposal) == (StackName.DEV, _proposal(state).digest)
    assert layer.urns == {LAYER, LAKE}
    (declared,) = layer.resources
    assert (declared.address, declared.id, declared.arguments) == ("aws_s3_bucket.lake", "lake", taken.inputs)


def test_a_secret_is_in_the_state_and_in_no_file(adopting: Adopting) -> None:
    """The program has a stand-in at its place, and ignores what is there."""
    state = read(_bucket(password=HIDDEN, variables={"DB_PASSWORD": HIDDEN, "my-token": HIDDEN, "A": "b"}))
    assert adopting.run(state) == Completed()
    taken = adopting.imports.taken[LAKE]
    for values in (taken.inputs, taken.outputs):
        assert values["password"] == Secret(HIDDEN)
        assert values["variables"] == {"DB_PASSWORD": Secret(HIDDEN), "my-token": Secret(HIDDEN), "A": "b"}
    assert HIDDEN not in repr(taken)
    (declared,) = adopting.layer().resources
    assert set(declared.secrets) == {"password", "variables.DB_PASSWORD", 'variables["my-token"]'}
    assert declared.arguments["variables"] == {"DB_PASSWORD": STAND_IN, "my-token": STAND_IN, "A": "b"}
    files = [path.read_text(encoding="utf-8") for path in adopting.folder.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert HIDDEN not in "".join(files)


def test_a_process_that_was_killed_goes_on(adopting: Adopting) -> None:
    """What is there is not taken again; the file is written last."""
    state = _many(5)
    adopting.imports.dies_after = 3
    with pytest.raises(StackEngineError, match=KILLED):
        adopting.run(state)
    assert len(adopting.imports.urns) == 3
    assert not adopting.file.exists()
    assert adopting.run(state) == Completed()
    assert [len(batch) for batch in adopting.imports.batches] == [2, 2, 1, 2]
    assert len(adopting.layer().urns) == len(adopting.imports.urns) == 6


def test_what_was_taken_before_a_refusal_is_given_back(adopting: Adopting) -> None:
    """All of it, also what a process that was killed had taken; then the same command begins anew."""
    state = _many(5)
    last = _proposal(state).resources[-1].urn
    adopting.imports.refuses = {last}
    adopting.imports.dies_after = 3
    with pytest.raises(StackEngineError, match=KILLED):
        adopting.run(state)
    outcome = adopting.run(state)
    assert isinstance(outcome, Undone)
    assert "lake/lake[4] is invalid" in outcome.reason
    assert adopting.imports.urns == []
    assert not adopting.file.exists()
    adopting.imports.refuses = set()
    assert adopting.run(state) == Completed()


def test_an_import_that_is_done_takes_nothing_and_gives_nothing_back(adopting: Adopting) -> None:
    """A second run, in another checkout without a journal: it writes the file again."""
    state = _many(3)
    assert adopting.run(state) == Completed()
    written = adopting.file.read_bytes()
    adopting.imports.batches.clear()
    adopting.file.unlink()
    (adopting.folder / "journal").rename(adopting.folder / "away")
    assert adopting.run(state) == Completed()
    assert adopting.file.read_bytes() == written
    assert [urn for batch in adopting.imports.batches for urn in batch] == []


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (
            Held(urn=LAKE, type="aws:s3/bucket:Bucket", id="other", protected=True),
            "is in Pulumi's state already, by another id: other, not lake",
        ),
        (
            Held(urn="urn:x", type="aws:s3/bucket:Bucket", id="lake", protected=False),
            "aws:s3/bucket:Bucket lake is Pulumi's already, as urn:x",
        ),
    ],
)
def test_what_is_pulumis_is_refused(tmp_path: Path, held: Held, message: str) -> None:
    """By one message, before anything is taken."""
    adopting = Adopting(tmp_path, held)
    with pytest.raises(NotFree, match=message):
        adopting.run(read(_bucket()))
    assert adopting.imports.urns == [held.urn]
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_is_told_of_both_owners_once(adopting: Adopting) -> None:
    """With every address and URN, the states' revisions, and who answers for the stack's state."""
    state = read(_bucket())
    assert adopting.run(state) == Completed()
    assert adopting.run(state) == Completed()
    (change,) = adopting.records.told
    assert (change.layer, change.stack, change.owner) == ("lake", StackName.DEV, Owner.BOTH)
    assert [(each.address, each.urn, each.id) for each in change.objects] == [
        ("aws_s3_bucket.lake", LAKE, "lake")
    ]
    assert change.components == (LAYER,)
    assert [(each.lineage, each.serial) for each in change.states] == [(LINEAGE, 7)]
    assert (change.proposal, change.actor) == (_proposal(state).digest, "ana")
    assert adopting.records.answered[0] == ("v1", "v1")


def test_an_import_that_was_taken_back_is_told_as_one(adopting: Adopting) -> None:
    """Nobody owns anything more than before."""
    adopting.imports.refuses = {LAKE}
    assert isinstance(adopting.run(read(_bucket())), Undone)
    assert adopting.records.told == []
    ((change, why),) = adopting.records.failed
    assert (change.layer, change.owner) == ("lake", Owner.BOTH)
    assert "lake/lake is invalid" in why


def test_without_a_ledger_nothing_is_imported(adopting: Adopting) -> None:
    """One that is lost on the way keeps the import open: the same command ends it."""
    state = read(_bucket())
    adopting.records.reachable = False
    with pytest.raises(LedgerStoreError):
        adopting.run(state)
    assert adopting.imports.urns == []
    adopting.records.reachable, adopting.records.writable = True, False
    with pytest.raises(LedgerStoreError):
        adopting.run(state)
    assert adopting.records.told == []
    adopting.records.writable = True
    assert adopting.run(state) == Completed()
    assert len(adopting.records.told) == 1


def test_what_terraform_has_forgotten_is_not_imported_again(adopting: Adopting) -> None:
    """It would be told to have two owners."""
    state = read(_bucket())
    adopting.run(state)
    adopting.records.told.append(adopting.records.told[-1].model_copy(update={"owner": Owner.PULUMI}))
    with pytest.raises(NotFree, match="the layer lake is Pulumi's alone since"):
        adopting.run(state)


def test_a_dry_run_says_every_stage_and_does_none(adopting: Adopting) -> None:
    """What would be refused is refused."""
    state = read(_bucket())
    proposal = _proposal(state)
    plan = adopting.importing().explain(proposal, require_unchanged(proposal, [state]))
    assert [each.stage.kind for each in plan.stages] == ["take-batch", "declare-layer", "record-owner"]
    assert plan.stages[0].sentence == "take 2 resources into the stack's state, protected"
    assert adopting.imports.urns == []
    assert adopting.records.told == []
    assert list(adopting.folder.iterdir()) == []


def test_a_layer_of_another_stack_keeps_its_file(adopting: Adopting) -> None:
    """Names of layers are of all stacks."""
    state = read(_bucket())
    adopting.run(state)
    written = json.loads(adopting.file.read_bytes())
    adopting.file.write_text(json.dumps({**written, "stack": "prod"}), encoding="utf-8")
    with pytest.raises(NotFree, match="is a layer of stack prod, not of dev"):
        adopting.run(state)


def test_a_wrapped_layer_keeps_its_file(adopting: Adopting) -> None:
    """The program declares it: a file with its arguments would declare it as before."""
    state = read(_bucket())
    adopting.run(state)
    written = json.loads(adopting.file.read_bytes())
    wrapped = json.dumps({**written, "program": "stacks.layers.lake"})
    adopting.file.write_text(wrapped, encoding="utf-8")
    with pytest.raises(NotFree, match=r"lake is wrapped already: stacks\.layers\.lake declares it"):
        adopting.run(state)
    assert adopting.file.read_text(encoding="utf-8") == wrapped


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"serial": 8}, "data.tfstate was changed since the proposal: serial 8"),
        ({"terraform_version": "1.12.0"}, "data.tfstate was changed since the proposal: serial 7"),
        (
            {"lineage": "another"},
            "with the lineage 5217f8f4-3f91-4905-cb9c-60ef3525a806 was proposed, and is not",
        ),
    ],
)
def test_a_state_that_was_changed_is_refused(changed: Mapping[str, Any], message: str) -> None:
    """By serial, by digest and by lineage."""
    with pytest.raises(ProposalOutdated, match=message):
        require_unchanged(_proposal(read(_bucket())), [read(_bucket(), **changed)])


@pytest.mark.parametrize("change", [{"status": "tainted"}, {"deposed": "0a1b2c3d"}])
def test_an_object_that_terraform_would_replace_is_refused(change: Mapping[str, Any]) -> None:
    """Also where somebody has written a digest that fits."""
    proposal = _proposal(read(_bucket()))
    state = read(a_resource(an_instance(**change)))
    forged = proposal.states[0].model_copy(update={"digest": state.id.digest})
    with pytest.raises(NotAdoptable, match=r"aws_s3_bucket.lake is (tainted|not in the state)"):
        require_unchanged(proposal.model_copy(update={"states": (forged,)}), [state])


def test_a_proposal_is_for_one_stack_and_one_sdk() -> None:
    """Names, URNs and inputs are of both."""
    proposal = _proposal(read(_bucket()))
    require_place(proposal, StackName.DEV, "slipway", TYPES)
    with pytest.raises(ProposalOutdated, match="is for stack dev of slipway, not for prod of slipway"):
        require_place(proposal, StackName.PROD, "slipway", TYPES)
    older = proposal.providers[0].model_copy(update={"version": "0.9"})
    with pytest.raises(ProposalOutdated, match=r"was made with pulumi-aws 0.9, 1.0.0\+aws is installed"):
        require_place(proposal.model_copy(update={"providers": (older,)}), StackName.DEV, "slipway", TYPES)


def test_what_has_two_owners_is_not_imported() -> None:
    """The proposal says so; the import holds to it."""
    twice = _proposal(read(a_resource(), a_resource(name="same")))
    with pytest.raises(NotAdoptable, match=r"aws_s3_bucket.lake and aws_s3_bucket.same"):
        require_place(twice, StackName.DEV, "slipway", TYPES)
