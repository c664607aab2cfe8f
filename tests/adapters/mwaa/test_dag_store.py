"""What is written into the DAG folder, in which order, and who may write over it."""

import json
from datetime import UTC, datetime

import pytest

from slipway.adapters.mwaa.dag_store import MwaaDagStore, pipeline_of, stub_name
from slipway.model.digest import Digest
from slipway.model.pipeline import PipelineName
from slipway.ports.objects import ObjectStoreError, ObjectTaken
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


class Dated(MemoryObjects):
    """A bucket that says of each object that it was written today, and whose deletions fail at a key.

    Attributes:
        dies_at: that key; empty: none.
    """

    dies_at = ""

    def _put(self, key: str, content: bytes) -> None:
        super()._put(key, content)
        self.moments[key] = datetime(2026, 1, 1, tzinfo=UTC)

    def delete(self, key: str) -> None:
        """Delete, or fail."""
        if key == self.dies_at:
            raise ObjectStoreError("the bucket does not answer", remedy="try again once it does")
        super().delete(key)


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
    """A deployment that was killed is run again. Only the project's mark counts that it is in use."""
    objects = MemoryObjects()
    for _ in range(2):
        store = MwaaDagStore(objects)
        store.put_generation(SETTLEMENTS, ONE, FILES)
        store.point(SETTLEMENTS, ONE)
        store.put_project("sha256:9", FILES)
    mark = "slipway/projects/9.json"
    assert objects.writes.count(mark) == 2
    assert len(objects.writes) == len(set(objects.writes)) + 1


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


PROJECT = [
    PublishedFile(path="dbt_project.yml", content=b"x"),
    PublishedFile(path="models/a.sql", content=b"y"),
]
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
MOMENT = datetime(2025, 1, 1, tzinfo=UTC)


def _aged(objects: MemoryObjects, folder: str) -> None:
    """Have everything of a project be old."""
    for key in objects.stored:
        if key.startswith(f"slipway/projects/{folder}"):
            objects.moments[key] = LONG_AGO


def test_an_old_project_is_listed_and_goes_whole() -> None:
    """With its mark; another one stays."""
    objects = Dated()
    store = MwaaDagStore(objects)
    for name in ("abc", "def"):
        store.put_project(name, PROJECT)
    assert store.projects_before(LONG_AGO) == ()
    _aged(objects, "abc")
    (found,) = store.projects_before(MOMENT)
    assert (found.digest, found.place) == ("abc", "$AIRFLOW_HOME/dags/slipway/projects/abc")
    assert store.remove_project(found)
    assert store.projects_before(MOMENT) == ()
    assert not any("abc" in key for key in objects.stored)
    assert "slipway/projects/def/models/a.sql" in objects.stored


def test_a_project_that_is_published_again_is_as_new_and_is_not_removed() -> None:
    """Its files are there already: that they are needed again is in its mark."""
    objects = Dated()
    store = MwaaDagStore(objects)
    store.put_project("abc", PROJECT)
    _aged(objects, "abc")
    (found,) = store.projects_before(MOMENT)
    place = store.put_project("abc", PROJECT)
    assert place == found.place
    assert not store.remove_project(found)
    assert store.projects_before(MOMENT) == ()
    assert "slipway/projects/abc/models/a.sql" in objects.stored


def test_while_a_project_is_being_removed_it_is_published_in_another_place() -> None:
    """Nobody waits for a janitor that was killed; the next one ends that, and nothing else."""
    objects = Dated()
    objects.dies_at = "slipway/projects/abc/models/a.sql"
    store = MwaaDagStore(objects)
    store.put_project("abc", PROJECT)
    _aged(objects, "abc")
    (found,) = store.projects_before(MOMENT)
    with pytest.raises(ObjectStoreError):
        store.remove_project(found)
    assert store.put_project("abc", PROJECT) == "$AIRFLOW_HOME/dags/slipway/projects/abc-2"
    objects.dies_at = ""
    (left,) = store.projects_before(MOMENT)
    assert store.remove_project(left)
    assert sorted(key for key in objects.stored if "/projects/" in key) == [
        "slipway/projects/abc-2.json",
        "slipway/projects/abc-2/dbt_project.yml",
        "slipway/projects/abc-2/models/a.sql",
    ]
    _aged(objects, "abc-2")
    (beside,) = store.projects_before(MOMENT)
    assert (beside.digest, beside.place) == ("abc", "$AIRFLOW_HOME/dags/slipway/projects/abc-2")


def test_a_project_of_before_there_were_marks_goes_by_its_files() -> None:
    """And one that is published again gets its mark first."""
    objects = Dated()
    store = MwaaDagStore(objects)
    for name in ("abc", "def"):
        objects.create(f"slipway/projects/{name}/dbt_project.yml", b"x")
        _aged(objects, name)
    old, again = store.projects_before(MOMENT)
    store.put_project(again.digest, PROJECT)
    assert not store.remove_project(again)
    assert store.remove_project(old)
    assert not any("abc" in key for key in objects.stored)
    assert "slipway/projects/def/dbt_project.yml" in objects.stored
