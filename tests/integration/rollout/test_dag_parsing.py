"""Parsing DAGs here, on the Airflow of the locked environment."""

import pytest

from slipway.adapters.tools import ProcessTools
from slipway.attest import digest_of
from slipway.ports.orchestrator import PublishedFile
from slipway.rollout.dag_parsing import DagParsing
from tests.integration.rollout.finedge import WORKSPACE

pytestmark = pytest.mark.integration


def _file(path: str, text: str) -> PublishedFile:
    return PublishedFile(path=path, content=text.encode())


def _files(**changed: str) -> list[PublishedFile]:
    folder = WORKSPACE / "dags"
    kept = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("finedge/*.py")}
    kept["revenue.py"] = (folder / "revenue.py").read_bytes()
    kept |= {f"{name}.py": text.encode() for name, text in changed.items()}
    return [PublishedFile(path=path, content=content) for path, content in kept.items()]


ONE, OTHER, THIRD = (digest_of(name.encode()) for name in ("one", "other", "third"))


def test_generations_are_parsed_at_once_and_each_by_itself() -> None:
    """Each with its own copy of the shared code, other in each: nothing is mixed up."""
    parsing = DagParsing(tools=ProcessTools(WORKSPACE.parents[1]))
    declared = (
        "from finedge import WORD\nfrom airflow import DAG\ndag = DAG(WORD, schedule=None, start_date=DAY)\n"
    )
    began = "from datetime import datetime\nDAY = datetime(2026, 1, 1)\n"
    own = {
        name: [_file("finedge/__init__.py", f"WORD = '{name}'"), _file("dag.py", began + declared)]
        for name in ("first", "second")
    }
    stopped = [_file("dag.py", "print('parsed: {}')  # of Airflow's DAG\nimport os\nos._exit(7)")]
    parsing.parse_ahead({ONE: own["first"], OTHER: own["second"], THIRD: stopped})
    assert parsing.parse(ONE, ()).dags == ("first",)
    assert parsing.parse(OTHER, ()).dags == ("second",)
    assert parsing.parse(THIRD, ()).problem == "its import ended Airflow's process with 7"


def test_a_generation_is_parsed_by_itself() -> None:
    """Its own copy of the shared code, and nothing else of the workspace."""
    parsed = DagParsing(tools=ProcessTools(WORKSPACE.parents[1])).parse(ONE, _files())
    assert (parsed.dags, parsed.problem) == (("revenue",), "")
    assert parsed.by.startswith("Airflow 2.")


def test_what_cannot_be_imported_is_told() -> None:
    """The last line of the traceback."""
    parsed = DagParsing(tools=ProcessTools(WORKSPACE.parents[1])).parse(
        ONE, _files(revenue="import nosuch  # a DAG of Airflow")
    )
    assert parsed.dags == ()
    assert parsed.problem == "ModuleNotFoundError: No module named 'nosuch'"
