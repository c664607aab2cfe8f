"""A release of two pipelines: each has its own point, and both go in, or come back, wherever it is killed."""

import pytest

from slipway.model.snowflake_objects import Table
from slipway.rollout.plan import build_rollout
from slipway.rollout.stages import RolloutStage
from slipway.stages import Completed, Outcome, Undone
from tests.doubles.deployments import Fuse, Killed
from tests.doubles.memory_environment import DATABASE
from tests.rollout.world import Code, World

OLD = Code()
NEW = {
    "revenue": Code(view="a2", dag="dag a2", entry="entry a2"),
    "risk": Code(view="b2", dag="dag b2", entry="entry b2"),
}
BAD = NEW | {"risk": Code(view="b2", factor="* 2")}
TABLES = {name: Table.of(DATABASE, "MARTS", name.upper()) for name in NEW}


def _world() -> World:
    made = World(Fuse())
    made.begin(revenue=OLD, risk=OLD)
    return made


def _plan(it: World, code: dict[str, Code]) -> tuple[RolloutStage, ...]:
    return build_rollout(it.facts_of(code))


def _whole(code: dict[str, Code]) -> tuple[World, Outcome, list[str]]:
    it = _world()
    begun = len(it.fuse.moments)
    outcome = it.finish(_plan(it, code))
    return it, outcome, it.fuse.moments[begun:]


WHOLE = {"good": _whole(NEW), "bad": _whole(BAD)}
CODE = {"good": NEW, "bad": BAD}


def _guarded(pipeline: str) -> list[tuple[str, int]]:
    """Every moment from a pipeline's point to its last look: a writer may commit at each of them."""
    moments = WHOLE["good"][2]
    first = moments.index(f"before dbt build {pipeline}")
    last = moments.index(f"before journal done settle-writes {pipeline}")
    return [(pipeline, at) for at in range(first, last)]


@pytest.mark.parametrize(
    ("pipeline", "at"),
    [*_guarded("revenue"), *_guarded("risk")],
    ids=str,
)
def test_a_concurrent_writers_rows_are_never_lost(pipeline: str, at: int) -> None:
    """Rows that reach one pipeline's table while the other one's candidate is made are late, too."""
    it = _world()
    old = it.warehouse.tables[str(TABLES[pipeline])]
    begun = len(it.fuse.moments)

    class Writer(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if len(self.moments) - 1 == begun + at:
                it.warehouse.write(old, 99, "99.00")

    it.fuse.__class__ = Writer
    outcome = it.finish(_plan(it, NEW))
    assert isinstance(outcome, Undone), "the release stopped"
    assert "1 rows inserted" in outcome.reason
    assert f"MARTS.{pipeline.upper()}" in outcome.reason
    assert it.rows(pipeline) == {1: "10.00", 2: "20.00", 99: "99.00"}


def test_both_are_published() -> None:
    """Each with its view, resources and run."""
    it, outcome, _ = WHOLE["good"]
    assert outcome == Completed()
    assert it.seen["resources"] == {"revenue": b"entry a2", "risk": b"entry b2"}
    assert it.seen["paused"] == {"revenue": False, "risk": False}


@pytest.mark.parametrize(
    ("kind", "at"), [(kind, at) for kind, whole in WHOLE.items() for at in range(len(whole[2]))]
)
def test_killed_anywhere_it_converges(kind: str, at: int) -> None:
    """No table is half published, and the rerun ends where it would have."""
    whole, expected, moments = WHOLE[kind]
    it = _world()
    it.fuse.at = len(it.fuse.moments) + at
    stages = _plan(it, CODE[kind])
    with pytest.raises(Killed):
        it.finish(stages)
    it.fuse.at = None
    assert it.finish(stages, token=2) == expected, moments[at]
    seen, wanted = it.seen, whole.seen
    for thing in ("marks", "candidate schemas"):  # their moments differ
        seen.pop(thing)
        wanted.pop(thing)
    assert seen == wanted, moments[at]
