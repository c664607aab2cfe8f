"""Whose tables and views are is asked before anything is touched."""

import pytest

from slipway.model.dataset import Dataset
from slipway.model.errors import ExitCode
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, PipelineName
from slipway.model.snowflake_objects import Table, View
from slipway.rollout.facts import ShippedPipeline
from slipway.rollout.owners import OwnerNotHeld, Owners
from slipway.rollout.relations import DbtWork, PublishedView, Relation
from tests.doubles.memory_environment import DATABASE
from tests.doubles.memory_warehouse import SESSION, MemoryWarehouse
from tests.rollout.world import role_of

NAME = PipelineName("revenue")
TABLE = Table.of(DATABASE, "MARTS", "REVENUE")
VIEW = View(TABLE.schema, "REVENUE_MONTHLY")


def shipped(*, is_new: bool = False) -> ShippedPipeline:
    """A pipeline with a table and a view, before anybody has asked whose they are."""
    table = Relation(
        dataset=Dataset.parse("snowflake://FINEDGE.MARTS.REVENUE"),
        database=DATABASE,
        suffix="__SLIPWAY_1",
        grows=False,
        is_new=is_new,
    )
    view = PublishedView(
        dataset=Dataset.parse("snowflake://FINEDGE.MARTS.REVENUE_MONTHLY"), database=DATABASE
    )
    work = DbtWork(
        part=PartId(NAME, PartKind.DBT), project="dbt", tables=(), views=(), schemas=(), suffix=table.suffix
    )
    return ShippedPipeline(name=NAME, dag=None, work=work, relations=(table,), views=(view,))


@pytest.fixture
def warehouse() -> MemoryWarehouse:
    """Production of an estate: the table is the loader's, the view the pipeline's."""
    made = MemoryWarehouse()
    made.add(TABLE, {1: "1.00"}).owner = "LOADER"
    made.views[str(VIEW)] = "v1"
    made.view_owners[str(VIEW)] = role_of(NAME)
    return made


def test_what_is_there_keeps_its_owner(warehouse: MemoryWarehouse) -> None:
    """Whoever it is."""
    owned = Owners(warehouse, role_of).owned(shipped(), is_new=False)
    assert [each.owner for each in owned.published] == ["LOADER", role_of(NAME)]


def test_what_is_new_is_the_pipelines(warehouse: MemoryWarehouse) -> None:
    """Whose role need not be there yet: the release of a new entry makes it."""
    warehouse.views.clear()
    warehouse.unheld = {role_of(NAME)}
    owned = Owners(warehouse, role_of).owned(shipped(is_new=True), is_new=True)
    assert {each.owner for each in owned.published} == {role_of(NAME)}


def test_an_owner_whom_the_session_does_not_hold_is_refused(warehouse: MemoryWarehouse) -> None:
    """By both names, with the statement that mends it; nothing was touched."""
    warehouse.unheld = {"LOADER"}
    begun = len(warehouse.fuse.moments)
    with pytest.raises(OwnerNotHeld) as refused:
        Owners(warehouse, role_of).owned(shipped(), is_new=False)
    assert refused.value.exit_code is ExitCode.FINDINGS
    assert refused.value.message.startswith(
        f"snowflake://FINEDGE.MARTS.REVENUE is owned by LOADER, which {SESSION} does not hold"
    )
    assert f"TO ROLE {role_of(NAME)} COPY CURRENT GRANTS" in refused.value.remedy
    assert f"grant LOADER to {SESSION}" in refused.value.remedy
    assert len(warehouse.fuse.moments) == begun


def test_a_pipelines_role_that_nobody_has_made_is_refused(warehouse: MemoryWarehouse) -> None:
    """A pipeline that runs already has one, once the stack is up."""
    warehouse.unheld = {role_of(NAME)}
    with pytest.raises(OwnerNotHeld, match=f"is owned by {role_of(NAME)}") as refused:
        Owners(warehouse, role_of).owned(shipped(is_new=True), is_new=False)
    assert refused.value.remedy == (
        f"bring the environment's stack up: it makes {role_of(NAME)}, and the deployer holds it"
    )


def test_the_way_back_asks_too(warehouse: MemoryWarehouse) -> None:
    """A role that was taken from the deployer since the release is named before anything is swapped back."""
    owners = Owners(warehouse, role_of)
    released = owners.owned(shipped(), is_new=False)
    owners.refuse_unheld([released])
    warehouse.unheld = {"LOADER"}
    with pytest.raises(OwnerNotHeld, match="LOADER"):
        Owners(warehouse, role_of).refuse_unheld([released])
    unknown = released.model_copy(update={"relations": shipped().relations, "views": shipped().views})
    Owners(warehouse, role_of).refuse_unheld([unknown])
