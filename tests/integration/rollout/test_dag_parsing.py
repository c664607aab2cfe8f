"""Parsing DAGs here, on the Airflow of the locked environment."""

import pytest

from slipway.adapters.tools import ProcessTools
from slipway.ports.orchestrator import PublishedFile
from slipway.rollout.dag_parsing import DagParsing
from tests.integration.rollout.finedge import WORKSPACE

pytestmark = pytest.mark.integration


def _files(**changed: str) -> list[PublishedFile]:
    folder = WORKSPACE / "dags"
    kept = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("finedge/*.py")}
    kept["revenue.py"] = (folder / "revenue.py").read_bytes()
    kept |= {f"{name}.py": text.encode() for name, text in changed.items()}
    return [PublishedFile(path=path, content=content) for path, content in kept.items()]


def test_a_generation_is_parsed_by_itself() -> None:
    """Its own copy of the shared code, and nothing else of the workspace."""
    parsed = DagParsing(tools=ProcessTools(WORKSPACE.parents[1])).parse(_files())
    assert (parsed.dags, parsed.problem) == (("revenue",), "")
    assert parsed.by.startswith("Airflow 2.")


def test_what_cannot_be_imported_is_told() -> None:
    """The last line of the traceback."""
    parsed = DagParsing(tools=ProcessTools(WORKSPACE.parents[1])).parse(
        _files(revenue="import nosuch  # a DAG of Airflow")
    )
    assert parsed.dags == ()
    assert parsed.problem == "ModuleNotFoundError: No module named 'nosuch'"
