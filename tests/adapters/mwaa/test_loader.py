"""The loader in a real Airflow, without a database: several pipelines in one process."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.mwaa.dag_store import MwaaDagStore
from slipway.attest import digest_of
from slipway.model.digest import Digest, hex_of, short
from slipway.model.pipeline import PipelineName
from slipway.ports.orchestrator import PublishedFile
from tests.doubles.records import MemoryObjects

pytestmark = pytest.mark.integration

AIRFLOW = Path(__file__).parents[3] / "toolchain/envs/airflow/.venv/bin/python"
FLOW = '''\
"""Airflow DAG."""
from datetime import datetime
from airflow.models.dag import DAG
from finedge.words import WORD
with DAG("{name}", start_date=datetime(2026, 1, 1), schedule=None, tags=["own"], description=WORD):
    pass
'''
READ = """\
import json, sys
from airflow.models.dagbag import DagBag
bag = DagBag(sys.argv[1], include_examples=False)
seen = {
    dag.dag_id: {
        "tags": sorted(dag.tags),
        "word": dag.description,
        "file": dag.fileloc.rsplit("/", 1)[1],
        "templates": [place.rsplit("/", 1)[1] for place in dag.template_searchpath],
    }
    for dag in bag.dags.values()
}
errors = {name.rsplit("/", 1)[1]: text.strip().splitlines()[-1] for name, text in bag.import_errors.items()}
files = sorted(stat.file.rsplit("/", 1)[1] for stat in bag.dagbag_stats)
print(json.dumps({"dags": seen, "errors": errors, "files": files}))
"""


def publish(store: MwaaDagStore, name: str, flow: str, word: str) -> Digest:
    """Publish a generation of a pipeline."""
    files = [
        PublishedFile(path="flow.py", content=flow.encode()),
        PublishedFile(path="finedge/__init__.py", content=b""),
        PublishedFile(path="finedge/words.py", content=f"WORD = {word!r}  # not a dag of airflow\n".encode()),
    ]
    generation = digest_of(json.dumps([name, flow, word]).encode())
    store.put_generation(PipelineName(name), generation, files)
    store.point(PipelineName(name), generation)
    return generation


def test_pipelines_are_loaded_apart(tmp_path: Path) -> None:
    """Same helper names; one broken, one not arrived, one changed on its way, one taken away."""
    objects = MemoryObjects()
    store = MwaaDagStore(objects)
    first = publish(store, "first", FLOW.format(name="first"), "of the first")
    publish(store, "second", FLOW.format(name="second"), "of the second")
    broken = publish(store, "third", "import dag_of_airflow_that_is_not_there\n", "x")
    late = publish(store, "late", FLOW.format(name="late"), "late")
    changed = publish(store, "changed", FLOW.format(name="changed"), "changed")
    publish(store, "gone", FLOW.format(name="gone"), "gone")
    store.point(PipelineName("gone"), None)
    del objects.stored[f"slipway/generations/{hex_of(late)}/slipway-generation.json"]
    objects.stored[f"slipway/generations/{hex_of(changed)}/flow.py"] += b"# edited\n"
    objects.stored["finedge/words.py"] = b"WORD = 'of the folder of old'\n"
    objects.stored["finedge/__init__.py"] = b""
    for key, content in objects.stored.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(content)
    told = _read(tmp_path)
    assert told["dags"]["first"] == {
        "tags": ["own", f"slipway-generation:{hex_of(first)}", "slipway-pipeline:first"],
        "word": "of the first",
        "file": "slipway_first.py",
        "templates": [hex_of(first)],
    }
    assert told["dags"]["second"]["word"] == "of the second"
    assert set(told["dags"]) == {"first", "second"}
    said = "slipway_loader.GenerationError: pipeline"
    assert told["errors"] == {
        "slipway_third.py": f"{said} third, generation {short(broken)}: flow.py: "
        "ModuleNotFoundError: No module named 'dag_of_airflow_that_is_not_there'",
        "slipway_late.py": f"{said} late, generation {short(late)}: its manifest has not arrived yet "
        "(slipway-generation.json)",
        "slipway_changed.py": f"{said} changed, generation {short(changed)}: "
        "flow.py is not what was published",
    }
    pipelines = ("changed", "first", "gone", "late", "second", "third")
    assert told["files"] == [f"slipway_{name}.py" for name in pipelines]


def _read(folder: Path) -> Any:
    """What an Airflow finds in a DAG folder."""
    home = folder.parent / "airflow-home"
    environment = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [str(AIRFLOW), "-c", READ, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout.splitlines()[-1])
