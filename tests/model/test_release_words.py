"""Parts, effects and environment documents: the words in which a release is written down."""

import json

import pytest
from pydantic import TypeAdapter

from slipway.model.digest import Digest, hex_of, short
from slipway.model.effects import Effect, Effects, Operation, Reversibility
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.evidence import Approval, CheckRun, Evidence
from slipway.model.parts import Artifact, PartId, PartIdError
from slipway.model.pipeline import PartKind, PipelineName

A = Digest("sha256:" + "a" * 64)
B = Digest("sha256:" + "b" * 64)
DBT = PartId(PipelineName("settlements"), PartKind.DBT)
DAG = PartId(PipelineName("fx-rates"), PartKind.DAG)


def _document(*entries: Entry) -> EnvironmentDocument:
    return EnvironmentDocument(environment=Environment.DEV, version=1, entries=entries, deployment="first")


def _entry(part: PartId, artifact: Digest) -> Entry:
    return Entry(part=part, artifact=artifact, release=None, commit="c" * 40)


def test_a_part_id_is_read_as_it_is_written() -> None:
    """Documents hold text, the program holds ids."""
    assert PartId.parse("fx-rates/dag") == DAG
    written = Artifact(part=DBT, digest=A, size=3).model_dump_json()
    assert json.loads(written)["part"] == "settlements/dbt"
    assert Artifact.model_validate_json(written).part == DBT


@pytest.mark.parametrize("text", ["settlements", "settlements/view", "Settlements/dbt", "a/dbt/x", ""])
def test_what_is_no_part_is_named_with_the_kinds_there_are(text: str) -> None:
    """A typing mistake in a release must not become a part that nobody owns."""
    with pytest.raises(PartIdError) as refused:
        PartId.parse(text)
    assert repr(text) in refused.value.message
    assert "entry, dag, dbt" in refused.value.remedy


def test_digests_are_shortened_for_people() -> None:
    """Twelve digits on a line, all of them in names."""
    assert short(A) == "a" * 12
    assert hex_of(A) == "a" * 64


def test_effects_are_sorted_and_counted_once() -> None:
    """Two builds of one plan have one digest."""
    first = Effect(target="b", operation=Operation.UPDATE, reversibility=Reversibility.REDEPLOY)
    second = Effect(target="a", operation=Operation.PUBLISH, reversibility=Reversibility.POINTER)
    assert Effects.of([first, second, first]).effects == (second, first)
    assert Effects.of([first, second]).worst is Reversibility.REDEPLOY
    assert Effects.of([]).worst is Reversibility.POINTER


@pytest.mark.parametrize(
    ("effect", "covered"),
    [
        (("t", Operation.UPDATE, Reversibility.REDEPLOY), True),
        (("t", Operation.UPDATE, Reversibility.POINTER), True),
        (("t", Operation.UPDATE, Reversibility.RESTORE), False),
        (("t", Operation.REPLACE, Reversibility.REDEPLOY), False),
        (("u", Operation.UPDATE, Reversibility.POINTER), False),
    ],
)
def test_an_approval_covers_no_new_target_operation_or_harder_way_back(
    effect: tuple[str, Operation, Reversibility], *, covered: bool
) -> None:
    """What was approved is an upper bound of what may be done."""
    target, operation, reversibility = effect
    approved = Effects.of(
        [Effect(target="t", operation=Operation.UPDATE, reversibility=Reversibility.REDEPLOY)]
    )
    now = Effects.of([Effect(target=target, operation=operation, reversibility=reversibility)])
    assert (now.beyond(approved) == ()) is covered


def test_the_next_document_differs_in_the_entries_of_one_release_only() -> None:
    """Independence: shipping one pipeline leaves every other entry as it is."""
    before = _document(_entry(DAG, A), _entry(DBT, A))
    after = before.with_entries([_entry(DBT, B)], deployment="second")
    assert after.version == 2
    assert after.deployment == "second"
    assert after.entry(DAG) == before.entry(DAG)
    assert after.entry(DBT) == _entry(DBT, B)
    assert after.with_entries([], without=[DBT], deployment="third").entry(DBT) is None


def test_evidence_is_told_apart_by_its_kind() -> None:
    """A document that is read by digest says itself what it is."""
    kinds = TypeAdapter(Evidence).json_schema()["discriminator"]["mapping"]
    assert set(kinds) == {
        *("check-run", "check-shard", "approval", "revocation", "admission", "audit-run", "verdict"),
        *("adoption-proof", "ownership-change"),
    }
    assert CheckRun.model_fields["kind"].default == "check-run"
    assert Approval.model_fields["kind"].default == "approval"
