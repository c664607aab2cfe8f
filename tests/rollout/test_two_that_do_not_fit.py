"""Two releases that each fit what runs, and not each other: dbt could read neither pipeline's models."""

from slipway.model.environment import Environment
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, PipelineName
from slipway.stages import Completed, Undone
from tests.doubles.deployments import Fuse
from tests.rollout.world import Code, World

OLD = Code()
READS = Code(label="\nref revenue_daily")
"""Reads a model that there is not."""


def _world() -> World:
    made = World(Fuse())
    made.begin(revenue=OLD, risk=OLD)
    return made


def _meanwhile(it: World) -> None:
    """Another deployment writes the document first, once."""

    class Other(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == "before document" and self.moments.count(passed) == 1:
                newest = it.documents.newest(Environment.DEV)
                assert newest is not None
                theirs = newest.with_entries(it.entries("risk", READS), deployment="dev-other-1", without=())
                it.documents.stored[Environment.DEV, theirs.version] = theirs

    it.fuse.__class__ = Other


def test_the_later_of_two_is_taken_back() -> None:
    """By dbt's own message, before its version is written; what the other one wrote stays."""
    it = _world()
    _meanwhile(it)
    projects = it.airflow.variables["dbt_project_dir"]
    outcome, _ = it.deploy("revenue", Code(view="v2"))
    assert isinstance(outcome, Undone)
    assert "depends on a node named 'revenue_daily' which was not found" in outcome.reason
    assert it.rows("revenue") == {1: "10.00", 2: "20.00"}
    newest = it.documents.newest(Environment.DEV)
    assert newest is not None
    assert newest.deployment == "dev-other-1"
    assert it.airflow.variables["dbt_project_dir"] == projects


def test_one_that_changes_no_model_is_not_kept_by_it() -> None:
    """A DAG has nothing to do with what dbt reads."""
    it = _world()
    _meanwhile(it)
    outcome, _ = it.deploy("revenue", Code(dag="dag 2"))
    assert outcome == Completed()
    newest = it.documents.newest(Environment.DEV)
    assert newest is not None
    assert newest.entry(PartId(PipelineName("revenue"), PartKind.DAG)) is not None
