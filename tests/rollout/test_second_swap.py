"""A swap that another process sent and that comes late is found, whenever it comes."""

import pytest

from slipway.model.snowflake_objects import Table
from slipway.stages import Completed, Undone
from tests.doubles.deployments import Fuse
from tests.doubles.memory_environment import DATABASE
from tests.rollout.world import Code, World

OLD, NEW = Code(), Code(view="v2", dag="dag 2", entry="entry 2")
REVENUE = Table.of(DATABASE, "MARTS", "REVENUE")


def _world() -> World:
    made = World(Fuse())
    made.begin(revenue=OLD)
    return made


def _moments() -> tuple[list[str], range]:
    """All, and those from the swap to the last look before the verdict."""
    it = _world()
    begun = len(it.fuse.moments)
    assert it.deploy("revenue", NEW)[0] == Completed()
    moments = it.fuse.moments[begun:]
    verdict = len(moments) - 1 - moments[::-1].index("before evidence")
    return moments, range(moments.index(f"after swap {REVENUE}"), verdict)


MOMENTS, LATE = _moments()


@pytest.mark.parametrize("at", LATE, ids=lambda at: f"{at} {MOMENTS[at]}")
def test_a_late_second_swap_takes_the_release_back(at: int) -> None:
    """Production is the generation of before, and says so: nobody calls the release healthy."""
    it = _world()
    before, begun = it.warehouse.tables[str(REVENUE)].made, len(it.fuse.moments)

    class Late(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if len(self.moments) - 1 == begun + at:
                kept = next(name for name in it.warehouse.tables if "__SLIPWAY_1.REVENUE" in name)
                tables = it.warehouse.tables
                tables[str(REVENUE)], tables[kept] = tables[kept], tables[str(REVENUE)]

    it.fuse.__class__ = Late
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert (
        "snowflake://FINEDGE.MARTS.REVENUE is not the generation that was published: it was swapped once more"
    ) in outcome.reason
    assert it.warehouse.tables[str(REVENUE)].made == before


def test_a_generation_that_is_production_again_is_not_marked_to_be_dropped() -> None:
    """Marks come after a look of their own: what is kept is what was production."""
    it = _world()

    class Late(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == "after journal done settle-writes revenue":
                kept = next(name for name in it.warehouse.tables if "__SLIPWAY_1.REVENUE" in name)
                tables = it.warehouse.tables
                tables[str(REVENUE)], tables[kept] = tables[kept], tables[str(REVENUE)]

    it.fuse.__class__ = Late
    assert isinstance(it.deploy("revenue", NEW)[0], Undone)
    (failed,) = (told for told in it.story.told if told.startswith("failed"))
    assert failed.startswith("failed keep-generation revenue")
