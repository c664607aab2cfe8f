"""What is written into the DAG folder, in which order, and who may write over it."""

import json
from datetime import UTC, datetime

import pytest

from slipway.adapters.mwaa.dag_store import MwaaDagStore, pipeline_of, stub_name
from slipway.model.digest import Digest
from slipway.model.pipeline import PipelineName
from slipway.ports.objects import ObjectTaken
from slipway.ports.orchestrator import PublishedFile, StoredGeneration
from tests.doubles.records import MemoryObjects

SETTLEMENTS = PipelineName("settlement-files")
ONE, TWO = Digest(f"sha256:{'1' * 64}"), Digest(f"sha256:{'2' * 64}")
FILES = [PublishedFile(path="flow.py", content=b"1"), PublishedFile(path="finedge/dbt.py", content=b"2")]
POINTER = "slipway/pointers/settlement-files.json"
STUB = "slipway_settlement-files.py"


class Intruded(MemoryObjects):
    """A bucket in which somebody else writes just before one of our conditional writes."""

    def __init__(self, key: str, content: bytes) -> None:
        super().__init__()
        self.key, self.content = key, content

    def replace(self, key: str, content: bytes, *, version: str | None) -> str:
        """Let the other one be first."""
        if key == self.key:
            self.stored[key] = self.content
        return super().replace(key, content, version=version)


def test_the_manifest_comes_after_the_files_and_the_pointer_after_all() -> None:
    """Airflow's copy of the folder is behind at any moment: what it sees must be whole or be refused."""
    objects = MemoryObjects()
    store = MwaaDagStore(objects)
    store.put_generation(SETTLEMENTS, ONE, FILES)
    prefix = f"slipway/generations/{'1' * 64}"
    assert objects.writes[-3:] == [
        f"{prefix}/flow.py",
        f"{prefix}/finedge/dbt.py",
        f"{prefix}/slipway-generation.json",
    ]
    manifest = json.loads(objects.stored[f"{prefix}/slipway-generation.json"])
    assert set(manifest["files"]) == {"flow.py", "finedge/dbt.py"}
    store.point(SETTLEMENTS, ONE)
    assert objects.writes[-2:] == [POINTER, STUB]
    assert json.loads(objects.stored[POINTER]) == {
        "pipeline": SETTLEMENTS,
        "generation": ONE,
        "prefix": prefix,
    }


def test_the_same_again_writes_nothing() -> None:
    """A deployment that was killed is run again."""
    objects = MemoryObjects()
    for _ in range(2):
        store = MwaaDagStore(objects)
        store.put_generation(SETTLEMENTS, ONE, FILES)
        store.point(SETTLEMENTS, ONE)
        store.put_project("sha256:9", FILES)
    assert len(objects.writes) == len(set(objects.writes))


def test_the_pointer_moves_and_is_read() -> None:
    """And a pipeline that was never published has none to take away."""
    objects = MemoryObjects()
    store = MwaaDagStore(objects)
    store.point(SETTLEMENTS, None)
    assert (objects.writes, store.pointed(SETTLEMENTS)) == ([], None)
    for generation in (ONE, TWO, None, ONE):
        store.point(SETTLEMENTS, generation)
        assert store.pointed(SETTLEMENTS) == generation


def test_somebody_else_s_pointer_is_not_written_over() -> None:
    """Two deployments of one pipeline: the second learns of the first."""
    objects = Intruded(POINTER, b'{"generation": null}')
    with pytest.raises(ObjectTaken, match=POINTER):
        MwaaDagStore(objects).point(SETTLEMENTS, ONE)
    assert STUB not in objects.stored


def test_other_content_under_a_generation_s_name_is_refused() -> None:
    """A digest names one content."""
    store = MwaaDagStore(MemoryObjects())
    store.put_generation(SETTLEMENTS, ONE, FILES)
    with pytest.raises(ObjectTaken, match=r"flow\.py"):
        store.put_generation(SETTLEMENTS, ONE, [PublishedFile(path="flow.py", content=b"other")])


def test_airflow_parses_neither_the_loader_nor_generations() -> None:
    """Beside what the team has it ignore already."""
    objects = MemoryObjects()
    objects.stored[".airflowignore"] = b"scratch/\n"
    MwaaDagStore(objects).put_generation(SETTLEMENTS, ONE, FILES)
    assert objects.stored[".airflowignore"].decode().split() == ["scratch/", "slipway/", "slipway_loader.py"]


def test_a_shared_file_that_another_deployment_wrote_first_is_as_good() -> None:
    """The same version of slipway writes the same loader."""
    other = MemoryObjects()
    MwaaDagStore(other).put_generation(SETTLEMENTS, ONE, FILES)
    objects = Intruded("slipway_loader.py", other.stored["slipway_loader.py"])
    MwaaDagStore(objects).put_generation(SETTLEMENTS, ONE, FILES)
    assert objects.stored.keys() == other.stored.keys()


def test_another_version_of_slipway_is_not_fought_with() -> None:
    """Two versions that deploy at once would write the loader over each other without end."""
    objects = Intruded("slipway_loader.py", b"# of another version")
    with pytest.raises(ObjectTaken, match=r"slipway_loader\.py"):
        MwaaDagStore(objects).put_generation(SETTLEMENTS, ONE, FILES)


def test_a_project_is_where_a_worker_s_shell_finds_it() -> None:
    """Below the DAG folder, which is the only one that MWAA copies to workers by itself."""
    objects = MemoryObjects()
    folder = MwaaDagStore(objects).put_project(
        "sha256:abc", [PublishedFile(path="dbt_project.yml", content=b"x")]
    )
    assert folder == "$AIRFLOW_HOME/dags/slipway/projects/abc"
    assert objects.stored["slipway/projects/abc/dbt_project.yml"] == b"x"


def test_a_stub_names_its_pipeline() -> None:
    """Import errors are told by file."""
    assert pipeline_of(f"/usr/local/airflow/dags/{stub_name(SETTLEMENTS)}") == SETTLEMENTS
    assert pipeline_of("/usr/local/airflow/dags/slipway_loader.py") is None
    assert pipeline_of("/usr/local/airflow/dags/by_hand.py") is None


def test_old_generations_are_listed_and_go_whole() -> None:
    """By the manifest, which goes last: killed in between, the rest is found again. Pointers stay."""
    objects = MemoryObjects()
    store = MwaaDagStore(objects)
    for generation, year in ((ONE, 2024), (TWO, 2026)):
        store.put_generation(SETTLEMENTS, generation, FILES)
        prefix = f"slipway/generations/{generation.removeprefix('sha256:')}"
        objects.moments[f"{prefix}/slipway-generation.json"] = datetime(year, 1, 1, tzinfo=UTC)
    store.point(SETTLEMENTS, TWO)
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    found = StoredGeneration(pipeline=SETTLEMENTS, digest=ONE)
    assert store.generations_before(moment) == (found,)
    gone = next(key for key in objects.stored if key.endswith(FILES[0].path) and ONE[7:] in key)
    objects.delete(gone)
    assert store.generations_before(moment) == (found,)
    store.remove_generation(ONE)
    assert store.generations_before(moment) == ()
    assert not any(ONE[7:] in key for key in objects.stored)
    assert any(TWO[7:] in key for key in objects.stored)
    assert store.pointed(SETTLEMENTS) == TWO
