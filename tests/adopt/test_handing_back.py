"""A hand-back leaves nothing in Pulumi's state and destroys nothing; killed anywhere, it goes on."""

from dataclasses import replace
from pathlib import Path

import pytest

from slipway.adapters.file_journal import FileJournal
from slipway.adopt.faults import NotFree
from slipway.adopt.forgetting import Dialect, Tool
from slipway.adopt.handing_back import HandingBack
from slipway.adopt.returning import import_blocks, import_commands, other_ids, returning
from slipway.model.adopted import AdoptedLayer, write_layer
from slipway.model.adoption import Owner
from slipway.model.environment import StackName
from slipway.ports.ledger import LedgerStoreError
from slipway.ports.stack_engine import StackEngineError
from slipway.ports.stack_imports import Held
from slipway.stages import Completed
from tests.doubles.adopted_layers import ROOT, a_change, a_layer, an_adopted, held_of
from tests.doubles.deployments import ManualClock
from tests.doubles.memory_imports import KILLED, MemoryImports
from tests.doubles.memory_ownership import MemoryOwnership
from tests.doubles.quiet import Quiet
from tests.doubles.terraform_states import BUCKET, a_resource, an_instance, read

LAYER = a_layer(*(f'aws_s3_bucket.zone["{key}"]' for key in "abcde"))
STATE = read(a_resource(*(an_instance(index_key=key) for key in "abcde"), name="zone"))
OTHER = Held(
    urn="urn:pulumi:dev::slipway::aws:sqs/queue:Queue::other",
    type="aws:sqs/queue:Queue",
    id="q",
    protected=False,
)
TERRAFORM = Dialect(tool=Tool.TERRAFORM, version=(1, 11))


class Returning:
    """A hand-back in a folder, which may be carried out several times, two resources at a time."""

    def __init__(self, folder: Path, *held: Held) -> None:
        self.imports = MemoryImports(*(held or (*held_of(LAYER), OTHER)))
        self.records = MemoryOwnership(told=[a_change(Owner.BOTH, LAYER, STATE)])
        self.folder = folder
        self.file.parent.mkdir()
        self.file.write_text(write_layer(LAYER), encoding="utf-8")

    @property
    def file(self) -> Path:
        """The layer's file."""
        return self.folder / "adopted" / "lake.json"

    @property
    def handing(self) -> HandingBack:
        """Another process each time."""
        return HandingBack(
            imports=self.imports,
            records=self.records,
            journal=FileJournal(self.folder / "journal"),
            clock=ManualClock(),
            platform=self.folder,
            actor="ana",
            batch=2,
        )

    def run(self, layer: AdoptedLayer = LAYER) -> object:
        """Carry it out."""
        return self.handing.carry_out(layer, [STATE.revision], Quiet())


@pytest.fixture
def back(tmp_path: Path) -> Returning:
    """A layer that was imported, beside something else."""
    return Returning(tmp_path)


def test_a_layer_is_forgotten_its_file_removed_and_the_ledger_told(back: Returning) -> None:
    """Children before their components; what is no one's of the layer stays."""
    assert back.run() == Completed()
    assert back.imports.urns == [OTHER.urn]
    assert back.imports.forgotten[-1] == ROOT
    assert not back.file.exists()
    change = back.records.told[-1]
    assert (change.owner, len(change.objects)) == (Owner.HANDED_BACK, 5)
    assert [each.serial for each in change.states] == [7]
    assert back.handing.begun(StackName.DEV, "lake") == (LAYER, True)


@pytest.mark.parametrize("forgotten", range(6))
def test_a_process_that_was_killed_goes_on(back: Returning, forgotten: int) -> None:
    """The file is gone by then: the journal has it."""
    back.imports.forgets_before_death = forgotten
    with pytest.raises(StackEngineError, match=KILLED):
        back.run()
    assert not back.file.exists()
    assert len(back.imports.urns) == 7 - forgotten
    begun = back.handing.begun(StackName.DEV, "lake")
    assert begun == (LAYER, False)
    assert back.run(begun[0]) == Completed()
    assert back.imports.urns == [OTHER.urn]
    assert len(back.imports.forgotten) == 6
    assert [each.owner for each in back.records.told] == [Owner.BOTH, Owner.HANDED_BACK]


def test_a_ledger_that_is_lost_on_the_way_is_told_later(back: Returning) -> None:
    """The hand-back stays open until it is."""
    back.records.writable = False
    with pytest.raises(LedgerStoreError):
        back.run()
    assert back.handing.begun(StackName.DEV, "lake") == (LAYER, False)
    back.records.writable = True
    assert back.run() == Completed()
    assert back.records.told[-1].owner is Owner.HANDED_BACK
    assert back.records.answered[-1][0] == "v1"


def test_what_stays_may_not_need_the_layer(tmp_path: Path) -> None:
    """Nothing is changed, the file is there."""
    needs = frozenset({LAYER.resources[0].urn})
    back = Returning(tmp_path, *held_of(LAYER), replace(OTHER, needs=needs))
    with pytest.raises(NotFree, match=r"::other needs .*zone\[\"a\"\], which is to be handed back"):
        back.run()
    assert back.file.exists()
    assert len(back.imports.urns) == 7


def test_what_the_file_does_not_have_is_told_first(tmp_path: Path) -> None:
    """It would be left behind."""
    stray = replace(held_of(LAYER)[1], urn=f"{LAYER.resources[0].urn}-stray")
    back = Returning(tmp_path, *held_of(LAYER), stray)
    with pytest.raises(NotFree, match=r"-stray is in the stack's state, and the layer's file does not have"):
        back.run()
    assert back.file.exists()


def test_a_dry_run_says_every_stage_and_does_none(back: Returning) -> None:
    """In the order in which an update in between deletes nothing: what is protected is forgotten last."""
    plan = back.handing.explain(LAYER, [STATE.revision])
    assert [each.stage.kind for each in plan.stages] == [
        "withdraw-layer",
        *["forget-batch"] * 3,
        "record-owner",
    ]
    assert back.file.exists()
    assert back.imports.forgotten == []
    assert back.handing.begun(StackName.DEV, "lake") is None


def test_terraform_is_told_what_it_lacks_and_nothing_else() -> None:
    """By import ids, escaped; what cannot be imported is told, the suffix of a region is Pulumi's only."""
    odd = an_adopted('aws_x.this["${a}"]', import_id='a"b${c}\\')
    there = an_adopted("aws_s3_bucket.lake")
    far = an_adopted("aws_sqs_queue.far", import_id="q@eu-west-1", arguments={"region": "eu-west-1"})
    lost = an_adopted("random_id.this", import_id="")
    found = returning(a_layer(resources=[odd, there, far, lost]), read(a_resource()), TERRAFORM)
    assert found is not None
    assert found.imports == (('aws_x.this["${a}"]', 'a"b${c}\\'), ("aws_sqs_queue.far", "q"))
    assert found.lost == ("random_id.this",)
    assert import_blocks(found).split("\n\n")[1] == 'import {\n  to = aws_sqs_queue.far\n  id = "q"\n}\n'
    assert '  id = "a\\"b$${c}\\\\"\n' in import_blocks(found)
    assert import_commands(found).splitlines()[1] == "terraform import aws_sqs_queue.far q"
    assert returning(a_layer(), read(a_resource()), TERRAFORM) is None


def test_another_object_by_the_same_address_is_told() -> None:
    """Somebody has made it anew."""
    assert other_ids(a_layer(), [read(a_resource())]) == ()
    other = read(a_resource(an_instance(attributes={**BUCKET, "id": "new"})))
    assert other_ids(a_layer(), [other]) == (
        "aws_s3_bucket.lake has the id new in Terraform, lake was adopted",
    )
