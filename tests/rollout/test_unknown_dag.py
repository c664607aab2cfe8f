"""A DAG that Airflow does not know: its file is broken, or nobody has published it there yet."""

from slipway.model.pipeline import PipelineName
from slipway.ports.orchestrator import DagId
from slipway.stages import Completed, Undone
from tests.doubles.deployments import Fuse
from tests.rollout.world import Code, World

OLD = Code()


def _world() -> World:
    made = World(Fuse())
    made.begin(revenue=OLD, risk=OLD)
    return made


def _forget(it: World) -> None:
    it.airflow.flows.pop(DagId("revenue"))
    it.airflow.pointers.pop(PipelineName("revenue"))


def test_a_release_of_its_models_is_taken_back() -> None:
    """Nobody could observe a run, nor let it run again: it ends, and does not stay open for ever."""
    it = _world()
    _forget(it)
    before = it.seen
    outcome, _ = it.deploy("revenue", Code(view="v2"))
    assert isinstance(outcome, Undone)
    assert outcome.reason.startswith("Airflow does not know revenue")
    after = it.seen
    assert [after[each] for each in ("rows", "views", "entries")] == [
        before[each] for each in ("rows", "views", "entries")
    ]


def test_a_rollback_of_its_models_is_not_kept_by_it() -> None:
    """The tables come back, and it is told that there was nothing to let run."""
    it = _world()
    _, shipped = it.deploy("revenue", Code(view="v2"))
    _forget(it)
    assert it.roll_back("revenue", shipped) == Completed()
    assert it.seen["views"]["FINEDGE_DEV.MARTS.REVENUE_MONTHLY"] == "v1"
    assert any("'not resumed': 'Airflow does not know DAG revenue'" in line for line in it.story.told)
