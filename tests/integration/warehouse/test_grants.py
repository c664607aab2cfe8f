"""Grants are equal before and after a swap, whatever was granted."""

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.model.grants import Grant, GrantAction, GrantChange, Grantee, GranteeKind, Privilege
from slipway.model.snowflake_objects import Table, View
from slipway.ports.warehouse_errors import ObjectMissing, WarehouseError

pytestmark = pytest.mark.integration

READER = Grantee(GranteeKind.ROLE, "Grant reader")
WRITER = Grantee(GranteeKind.ROLE, "GRANT_WRITER")
SELECT = Grant(privilege=Privilege("SELECT"), grantee=READER)
SELECT_ON = Grant(privilege=Privilege("SELECT"), grantee=WRITER, with_grant_option=True)
INSERT = Grant(privilege=Privilege("INSERT"), grantee=WRITER)


@pytest.fixture
def roles(warehouse: SnowflakeWarehouse) -> None:
    """A reader, whose name needs quotes, and a writer."""
    for role in (READER, WRITER):
        warehouse.run(f'CREATE ROLE IF NOT EXISTS "{role.name}"', subject="test")


@pytest.fixture
def candidate(warehouse: SnowflakeWarehouse, settlements: Table) -> Table:
    """A clone: it has its source's rows and none of its grants."""
    made = Table(settlements.schema, "CANDIDATE")
    warehouse.clone(settlements, made, expires=None)
    return made


def granted(*grants: Grant) -> list[GrantChange]:
    """Steps that grant."""
    return [GrantChange(GrantAction.GRANT, each) for each in grants]


@pytest.mark.usefixtures("roles")
def test_grants_are_equal_before_and_after_a_swap(
    warehouse: SnowflakeWarehouse, settlements: Table, candidate: Table
) -> None:
    """SWAP moves grants with the object: without equal ones, readers lose their table at publication."""
    warehouse.change_grants(settlements, granted(SELECT, SELECT_ON, INSERT))
    warehouse.change_grants(candidate, granted(INSERT))
    before = warehouse.grants(settlements)
    assert before.held == {SELECT, SELECT_ON, INSERT}
    steps = warehouse.equalise_grants(settlements, candidate)
    assert set(steps) == set(granted(SELECT, SELECT_ON))
    warehouse.swap(settlements, candidate)
    assert warehouse.grants(settlements) == before
    assert warehouse.grants(candidate) == before


@pytest.mark.usefixtures("roles")
def test_privileges_beyond_the_model_are_taken_away(
    warehouse: SnowflakeWarehouse, settlements: Table, candidate: Table
) -> None:
    """A future grant may give the candidate more than production has; so may a grant option."""
    plain = Grant(privilege=SELECT_ON.privilege, grantee=WRITER)
    warehouse.change_grants(settlements, granted(plain))
    warehouse.change_grants(candidate, granted(SELECT, SELECT_ON))
    steps = warehouse.equalise_grants(settlements, candidate)
    assert steps == (GrantChange(GrantAction.REVOKE_OPTION, plain), GrantChange(GrantAction.REVOKE, SELECT))
    assert warehouse.grants(candidate).held == {plain}
    assert warehouse.equalise_grants(settlements, candidate) == ()


@pytest.mark.usefixtures("roles")
def test_a_candidate_is_handed_over_to_productions_owner(
    warehouse: SnowflakeWarehouse, settlements: Table, candidate: Table
) -> None:
    """Whoever owns the candidate owns production after the swap; nobody loses a grant on the way."""
    warehouse.run(f'GRANT ROLE "{WRITER.name}" TO ROLE ACCOUNTADMIN', subject="test")
    warehouse.hand_over(settlements, WRITER)
    warehouse.change_grants(settlements, granted(SELECT))
    warehouse.change_grants(candidate, granted(SELECT))
    before = warehouse.grants(settlements)
    assert before.owner == WRITER
    assert warehouse.equalise_grants(settlements, candidate) == ()
    assert warehouse.grants(candidate) == before
    warehouse.swap(settlements, candidate)
    assert warehouse.grants(settlements) == before


@pytest.mark.usefixtures("roles")
def test_the_session_holds_a_role_or_not(warehouse: SnowflakeWarehouse) -> None:
    """Asked of the roles that it uses, and of those that they hold."""
    warehouse.run(f'GRANT ROLE "{WRITER.name}" TO ROLE ACCOUNTADMIN', subject="test")
    standing = warehouse.standing(WRITER.name)
    assert (standing.is_held, standing.in_use) == (True, "ACCOUNTADMIN")
    assert not warehouse.standing(READER.name).is_held
    assert not warehouse.standing("NOSUCH").is_held


def test_a_role_that_is_not_there(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """The error names the grant that failed."""
    nobody = Grant(privilege=Privilege("SELECT"), grantee=Grantee(GranteeKind.ROLE, "NOSUCH"))
    with pytest.raises(WarehouseError, match="GRANT SELECT TO ROLE NOSUCH on Finedge") as caught:
        warehouse.change_grants(settlements, granted(nobody))
    assert caught.value.sqlstate == "02000"


def test_policies_are_asked_of_what_is_there(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """The sandbox has none to attach: the question is Snowflake's own, and of no object it is an error."""
    view = View(settlements.schema, "Lower view")
    warehouse.run(f"CREATE VIEW {view.sql} AS SELECT * FROM {settlements.sql}", subject="test")
    assert warehouse.policies(settlements) == frozenset()
    assert warehouse.policies(view) == frozenset()
    with pytest.raises(ObjectMissing):
        warehouse.policies(Table(settlements.schema, "NO_SUCH"))
