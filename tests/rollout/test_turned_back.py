"""A deployment that is taken back where it is, after a kill at every moment: production is as it was."""

from dataclasses import replace
from datetime import datetime

import pytest

from slipway.model.snowflake_objects import Table
from slipway.ports.journal import Direction
from slipway.rollout.plan import build_rollout
from slipway.rollout.stages import RolloutStage
from slipway.stages import Completed, Undone
from tests.doubles.deployments import Fuse, Killed, opened
from tests.doubles.memory_environment import DATABASE
from tests.rollout.world import Code, World

OLD, NEW = Code(), Code(view="v2", dag="dag 2", entry="entry 2")
PRODUCTION = Table.of(DATABASE, "MARTS", "REVENUE")


def _world() -> World:
    made = World(Fuse())
    made.begin(revenue=OLD)
    return made


def _moments() -> list[str]:
    it = _world()
    begun = len(it.fuse.moments)
    assert it.deploy("revenue", NEW)[0] == Completed()
    return it.fuse.moments[begun:-2]  # the last two are the end itself: then there is nothing under way


MOMENTS = _moments()


def _killed(at: int) -> tuple[World, tuple[RolloutStage, ...]]:
    """A deployment whose process dies at a moment."""
    it = _world()
    it.fuse.at = len(it.fuse.moments) + at
    stages = build_rollout(it.facts("revenue", NEW))
    with pytest.raises(Killed):
        it.finish(stages)
    it.fuse.at = None
    return it, stages


def turn_back(it: World) -> None:
    """Say, as `slipway rollback` does, that nothing more of it is done."""
    begun = opened()
    head = it.journal.heads.get(begun.id) or begun
    it.journal.heads[begun.id] = replace(head, direction=Direction.BACK, reason="rolled back by ana", token=2)


@pytest.mark.parametrize("at", range(len(MOMENTS)), ids=lambda at: f"{at} {MOMENTS[at]}")
def test_nothing_is_left_of_it(at: int) -> None:
    """Whatever its last stage was; what was production for a while is kept, with what people wrote to it."""
    it, stages = _killed(at)
    first = _world()
    was_published = _made(it) != _made(first)
    if was_published:
        it.warehouse.insert(PRODUCTION, 99, "99.00")
    turn_back(it)
    assert it.finish(stages, token=2) == Undone(reason="rolled back by ana")
    kept = {name: thing for name, thing in it.warehouse.tables.items() if "__SLIPWAY_1" in name}
    assert [list(thing.rows) for thing in kept.values()] == ([[1, 2, 99]] if was_published else [])
    assert all(thing.expiry is not None and thing.expiry.object == name for name, thing in kept.items())
    different = ("candidate schemas", "runs")
    seen, before = it.seen, first.seen
    assert {thing: seen[thing] for thing in seen if thing not in different} == {
        thing: before[thing] for thing in before if thing not in different
    }


def _made(it: World) -> datetime:
    return it.warehouse.tables[str(PRODUCTION)].made
