"""Pipelines, freshness objectives and the workspace that holds them."""

from datetime import timedelta
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from slipway.model.dataset import Dataset
from slipway.model.errors import ExitCode
from slipway.model.nearest import did_you_mean, nearest
from slipway.model.pipeline import STARTED_BY, Freshness, FreshnessError, PartKind, Pipeline, PipelineKind
from slipway.model.team import Roster
from slipway.model.workspace import UnknownPipelineError, Workspace
from tests.doubles.entries import SETTLEMENTS

WORKSPACE = Workspace(
    name="finedge",
    root=Path(),
    pipelines=(SETTLEMENTS,),
    sources=(),
    consumers=(),
    team=Roster(people=(), teams=()),
    team_path=PurePosixPath("team.yaml"),
)


@given(st.integers(1, 999_999), st.sampled_from("mhd"))
def test_an_age_is_read_and_written_back(number: int, unit: str) -> None:
    """In the largest unit that divides it: 60m is written 1h, and both mean the same."""
    freshness = Freshness.parse(f"{number}{unit}")
    assert (
        freshness.max_age
        == number * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[unit]
    )
    assert freshness.text == f"{number}{unit}" or len(freshness.text) <= len(f"{number}{unit}")


@pytest.mark.parametrize(
    "age", ["", "90", "90 m", "m", "0m", "-1h", "1.5h", "90s", "1h30m", "٣h", "90m\n", "1000000d"]
)
def test_what_is_no_age_says_what_to_write(age: str) -> None:
    """Whole minutes, hours or days, in ASCII digits."""
    with pytest.raises(FreshnessError) as caught:
        Freshness.parse(age)
    assert caught.value.message == f"{age!r} is no age"
    assert caught.value.remedy == "write a whole number of minutes, hours or days: 90m, 6h or 2d"


@pytest.mark.parametrize("name", ["", "Settlements", "a--b", "-a", "a-", "1a", "a_b", "a b", "a" * 33])
def test_a_name_that_is_no_name_makes_no_pipeline(name: str) -> None:
    """Roles and tags are named after it, so the model itself refuses what the catalogue would."""
    with pytest.raises(ValidationError, match="name"):
        Pipeline(**(dict(SETTLEMENTS) | {"name": name}))


def test_the_model_takes_no_unknown_field_and_does_not_change() -> None:
    """A value can be shared, hashed and compared."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Pipeline(**(dict(SETTLEMENTS) | {"colour": "blue"}))
    with pytest.raises(ValidationError, match="Instance is frozen"):
        SETTLEMENTS.owner = SETTLEMENTS.owner  # type: ignore[misc]
    assert {SETTLEMENTS, SETTLEMENTS.model_copy()} == {SETTLEMENTS}


def test_parts_and_outputs_are_found() -> None:
    """By kind, and without their contracts."""
    dag = SETTLEMENTS.part(PartKind.DAG)
    assert dag is not None
    assert str(dag.path) == "dags/settlements.py"
    assert SETTLEMENTS.part(PartKind.STREAM) is None
    assert SETTLEMENTS.output_datasets[0] == Dataset.parse("snowflake://FINEDGE.MARTS.SETTLEMENTS")


def test_every_kind_of_pipeline_is_started_by_a_part() -> None:
    """A kind without a starter could be catalogued and would never run."""
    assert set(STARTED_BY) == set(PipelineKind)


def test_a_pipeline_is_found_by_name() -> None:
    """The workspace is the only registry."""
    assert WORKSPACE.pipeline("settlements") is SETTLEMENTS


def test_an_unknown_pipeline_names_the_nearest() -> None:
    """It is the caller's mistake: exit code 2."""
    with pytest.raises(UnknownPipelineError) as caught:
        WORKSPACE.pipeline("setlements")
    assert caught.value.message == "workspace 'finedge' has no pipeline 'setlements'"
    assert caught.value.remedy == "did you mean 'settlements'?"
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("word", "known", "remedy"),
    [
        ("bach", ["batch", "streaming"], "did you mean 'batch'?"),
        ("BATCH", ["batch", "streaming"], "did you mean 'batch'?"),
        ("x", ["batch", "streaming"], "use one of batch, streaming"),
        ("x", [], "none is defined yet"),
        ("x", [f"n{number}" for number in range(10)], "use one of n0, n1, n2, n3, n4, n5, n6, n7 or 2 more"),
    ],
)
def test_the_nearest_word_or_the_known_ones(word: str, known: list[str], remedy: str) -> None:
    """A long list teaches nothing, an empty one says so."""
    assert did_you_mean(word, known) == remedy


def test_nothing_near_is_nothing() -> None:
    """A guess that is no guess would mislead."""
    assert nearest("settlements", ["fx-rates"]) is None
