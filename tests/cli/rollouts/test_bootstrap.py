"""`slipway release bootstrap` through the command line: what runs is written down once, and published."""

import pytest

from slipway.model.environment import Environment
from slipway.model.events import EventKind
from slipway.model.pipeline import PipelineName
from slipway.ports.orchestrator import ImportProblem
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.doubles.desk import MemoryDesk

Places = dict[Environment, Place]
WORDS = ("release", "bootstrap", "HEAD", "-s", "dev")


@pytest.fixture
def place(desk: MemoryDesk, places: Places) -> Place:
    """An environment of which nobody has written down what runs."""
    del desk.running.stored[Environment.DEV, 1]
    found = places[Environment.DEV]
    found.airflow.pointers.clear()
    found.airflow.flows.clear()
    return found


def test_the_first_document_and_the_first_generations(
    slipway: Slipway, place: Place, desk: MemoryDesk
) -> None:
    """Every part, and every DAG; once it is done it says so."""
    refused = slipway("deploy", "00000000", "-s", "dev")
    assert refused.code == 2
    ended = slipway(*WORDS)
    assert ended.code == 0, ended.err
    assert "every stage is done" in ended.out
    assert "publishing 2 DAGs and the dbt project in dev" in ended.err
    assert "publish-dag" not in ended.err
    document = desk.running.newest(Environment.DEV)
    assert document is not None
    assert {entry.release for entry in document.entries} == {None}
    assert {*place.airflow.pointers} == {PipelineName("revenue"), PipelineName("settlements")}
    again = slipway(*WORDS)
    assert (again.code, again.out) == (0, "")
    assert "dev is bootstrapped: version 1" in again.err
    told = [event for event in desk.told if event.kind is EventKind.BOOTSTRAPPED]
    assert len(told) == 1


def test_one_that_was_taken_back_is_not_said_to_be_done(
    slipway: Slipway, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DAG that Airflow cannot import: exit 1, and the next call begins again."""
    with monkeypatch.context() as patch:
        patch.setattr(place.airflow, "import_problems", lambda: _broken(place))
        ended = slipway(*WORDS)
    assert ended.code == 1
    assert "Airflow cannot import DAG revenue: SyntaxError" in ended.out
    assert place.airflow.pointers == {}
    again = slipway(*WORDS)
    assert again.code == 0, again.err
    assert "-2: every stage is done" in again.out
    assert {*place.airflow.pointers} == {PipelineName("revenue"), PipelineName("settlements")}


def _broken(place: Place) -> tuple[ImportProblem, ...]:
    return tuple(
        ImportProblem(pipeline=pipeline, file=f"{generation[7:19]}/dag.py", message="SyntaxError")
        for pipeline, generation in place.airflow.pointers.items()
    )
