"""Grants are equal before and after a swap, whatever was granted."""

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.model.grants import Grant, GrantAction, GrantChange, Grantee, GranteeKind, Privilege
from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse_errors import OwnersDiffer, WarehouseError

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
def test_another_owner_is_refused(
    warehouse: SnowflakeWarehouse, settlements: Table, candidate: Table
) -> None:
    """Whoever owns the candidate would own production after the swap."""
    warehouse.run(f'GRANT ROLE "{WRITER.name}" TO ROLE ACCOUNTADMIN', subject="test")
    warehouse.run(f'GRANT OWNERSHIP ON TABLE {candidate.sql} TO ROLE "{WRITER.name}"', subject="test")
    with pytest.raises(OwnersDiffer, match="is owned by ROLE ACCOUNTADMIN"):
        warehouse.equalise_grants(settlements, candidate)


def test_a_role_that_is_not_there(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """The error names the grant that failed."""
    nobody = Grant(privilege=Privilege("SELECT"), grantee=Grantee(GranteeKind.ROLE, "NOSUCH"))
    with pytest.raises(WarehouseError, match="GRANT SELECT TO ROLE NOSUCH on Finedge") as caught:
        warehouse.change_grants(settlements, granted(nobody))
    assert caught.value.sqlstate == "02000"
