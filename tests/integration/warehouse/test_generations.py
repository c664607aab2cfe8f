"""Clones, swaps, views and expiries, each as a publication uses it."""

from datetime import UTC, datetime, timedelta

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.model.expiry import Expiry
from slipway.model.snowflake_objects import Column, Database, Schema, Table, View
from slipway.ports.warehouse_errors import NotExpired, ObjectExists, ObjectMissing, PointOutOfReach
from slipway.ports.warehouse_results import Expiring, MomentPoint, StatementPoint

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
COMMENT = "What merchants are owed."


def comment_of(warehouse: SnowflakeWarehouse, table: Table) -> str:
    """Read a table's comment past the port."""
    answer = warehouse.run(
        f"SELECT COMMENT FROM {table.database.sql}.INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = ?",
        (table.name,),
        subject="test",
    )
    return str(answer.rows[0][0])


def amounts(warehouse: SnowflakeWarehouse, relation: Table | View) -> list[str]:
    """Read the amounts of a relation, in order."""
    answer = warehouse.run(f"SELECT AMOUNT FROM {relation.sql} ORDER BY ID", subject="test")
    return [str(row[0]) for row in answer.rows]


def test_a_clone_has_the_rows_of_its_point(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """A candidate begins with what was audited, not with what arrived since."""
    point = warehouse.point()
    warehouse.run(f"DELETE FROM {settlements.sql} WHERE ID = 2", subject="test")
    before, now = Table(settlements.schema, "BEFORE"), Table(settlements.schema, "NOW")
    warehouse.clone(settlements, before, expires=LATER, at=point)
    warehouse.clone(settlements, now, expires=LATER)
    assert (amounts(warehouse, before), amounts(warehouse, now)) == (
        ["10.10", "20.20", "30.30"],
        ["10.10", "30.30"],
    )


def test_a_schema_of_candidates_is_made_once_and_marked(
    warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """A rerun finds it there; a janitor finds it when everybody has forgotten it."""
    schema = Schema(settlements.database, "MARTS__CANDIDATE")
    warehouse.make_schema(schema, expires=LATER)
    warehouse.clone(settlements, Table(schema, "SETTLEMENTS"), expires=None)
    warehouse.make_schema(schema, expires=LATER + timedelta(days=1))
    assert amounts(warehouse, Table(schema, "SETTLEMENTS")) == ["10.10", "20.20", "30.30"]
    marks = {each.object: each.expiry.at for each in warehouse.expiring(settlements.database)}
    assert marks[schema] == LATER + timedelta(days=1)


def test_a_clone_at_a_moment(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """A moment with a time zone is a point too."""
    ((moment,),) = warehouse.run("SELECT CURRENT_TIMESTAMP()", subject="test").rows
    assert isinstance(moment, datetime)
    warehouse.run(f"DELETE FROM {settlements.sql}", subject="test")
    restored = Table(settlements.schema, "RESTORED")
    warehouse.clone(settlements, restored, expires=LATER, at=MomentPoint(moment))
    assert amounts(warehouse, restored) == ["10.10", "20.20", "30.30"]


def test_schemas_and_databases_are_cloned(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """Staging validates on clones of whole containers."""
    schema, database = settlements.schema, settlements.database
    warehouse.clone(schema, Schema(database, "marts clone"), expires=LATER)
    copy = Database(f"{database.name} clone")
    warehouse.clone(database, copy, expires=LATER)
    for place in (Schema(database, "marts clone"), Schema(copy, "marts")):
        assert amounts(warehouse, Table(place, "SETTLEMENTS")) == ["10.10", "20.20", "30.30"]
    expired = [
        each for each in warehouse.expiring(copy) if each.expiry.allows_drop_of(str(each.object), LATER)
    ]
    assert [each.object for each in expired] == [copy]


def test_a_clone_never_replaces(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """CREATE OR REPLACE would hide the replaced table's history."""
    with pytest.raises(ObjectExists, match="the name is taken"):
        warehouse.clone(settlements, settlements, expires=LATER)


def test_what_cannot_be_cloned_says_why(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """A missing source and a point that nobody keeps are told apart."""
    target = Table(settlements.schema, "CANDIDATE")
    with pytest.raises(ObjectMissing) as missing:
        warehouse.clone(Table(settlements.schema, "NOSUCH"), target, expires=LATER)
    assert (missing.value.number, missing.value.query_id != "") == (2003, True)
    with pytest.raises(PointOutOfReach) as late:
        warehouse.clone(
            settlements, target, expires=LATER, at=StatementPoint("0" * 8 + "-0000" * 3 + "-" + "0" * 12)
        )
    assert late.value.number == 709


def test_a_swap_exchanges_tables(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """The candidate takes the name; the old generation keeps the other one for the rollback."""
    candidate = Table(settlements.schema, "CANDIDATE")
    warehouse.clone(settlements, candidate, expires=LATER)
    warehouse.run(f"UPDATE {candidate.sql} SET AMOUNT = 0", subject="test")
    warehouse.swap(settlements, candidate)
    assert amounts(warehouse, settlements) == ["0.00"] * 3
    assert amounts(warehouse, candidate) == ["10.10", "20.20", "30.30"]
    warehouse.swap(settlements, candidate, within=timedelta(seconds=20))
    assert amounts(warehouse, settlements) == ["10.10", "20.20", "30.30"]


def test_a_swap_exchanges_schemas(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """Several tables are published in one statement by swapping their schemas."""
    candidate = Schema(settlements.database, "candidate")
    warehouse.clone(settlements.schema, candidate, expires=LATER)
    warehouse.run(f"DELETE FROM {Table(candidate, 'SETTLEMENTS').sql}", subject="test")
    warehouse.swap(settlements.schema, candidate)
    assert amounts(warehouse, settlements) == []


def test_a_view_flips_and_keeps_secrecy_comment_and_grants(
    warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """CREATE OR REPLACE VIEW forgets SECURE and the comment unless both are said again."""
    view, other = View(settlements.schema, "published"), Table(settlements.schema, "OTHER")
    columns = [Column("ID"), Column("AMOUNT")]
    warehouse.clone(settlements, other, expires=None)
    warehouse.run(f"DELETE FROM {other.sql} WHERE ID > 1", subject="test")
    warehouse.run(
        f"CREATE SECURE VIEW {view.sql} COMMENT = 'For analysts.' AS "
        f"SELECT ID, AMOUNT FROM {settlements.sql}",
        subject="test",
    )
    warehouse.run(f"GRANT SELECT ON VIEW {view.sql} TO ROLE PUBLIC", subject="test")
    before = warehouse.grants(view)
    warehouse.flip_view(view, columns=columns, query=f"SELECT ID, AMOUNT FROM {other.sql}")
    assert amounts(warehouse, view) == ["10.10"]
    assert warehouse.grants(view) == before
    kept = warehouse.run(
        f"SELECT IS_SECURE, COMMENT FROM {view.database.sql}.INFORMATION_SCHEMA.VIEWS", subject="test"
    )
    assert kept.rows == (("YES", "For analysts."),)


def test_a_view_is_made_by_its_first_flip(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """The first release of a pipeline has nothing to replace."""
    view = View(settlements.schema, "published")
    warehouse.flip_view(
        view, columns=[Column("ID"), Column("AMOUNT")], query=f"SELECT ID, AMOUNT FROM {settlements.sql}"
    )
    assert len(amounts(warehouse, view)) == 3


def test_an_expired_clone_is_found_and_dropped_once(
    warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """The janitor needs no list of its own: the objects tell."""
    clone = Table(settlements.schema, "CLONE")
    warehouse.clone(settlements, clone, expires=LATER)
    mark = Expiry(object=str(clone), at=LATER)
    assert warehouse.expiring(clone.database) == (Expiring(object=clone, expiry=mark),)
    with pytest.raises(NotExpired, match="may not be dropped"):
        warehouse.drop_expired(clone, now=NOW)
    assert warehouse.drop_expired(clone, now=LATER)
    assert not warehouse.drop_expired(clone, now=LATER)
    assert warehouse.expiring(clone.database) == ()


def test_an_expired_database_is_found_without_knowing_its_name(
    warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """A killed check tells nobody what its database was called."""
    database = Database(f"{settlements.database.name}_CI_0123456789AB_1")
    warehouse.clone(settlements.database, database, expires=NOW)
    assert database in {mark.object for mark in warehouse.expiring_databases()}
    assert warehouse.drop_expired(database, now=NOW)
    assert database not in {mark.object for mark in warehouse.expiring_databases()}


def test_production_is_not_dropped_after_a_swap(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """The mark goes with the object to the production name: it must expire nothing there."""
    candidate = Table(settlements.schema, "CANDIDATE")
    warehouse.clone(settlements, candidate, expires=NOW)
    warehouse.swap(settlements, candidate)
    for table in (settlements, candidate):
        with pytest.raises(NotExpired):
            warehouse.drop_expired(table, now=LATER)
    warehouse.keep(settlements)
    warehouse.expire(candidate, at=NOW)
    assert comment_of(warehouse, settlements) == COMMENT
    assert warehouse.drop_expired(candidate, now=LATER)


def test_a_clone_that_stays_has_no_mark(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """A clone carries its source's comment, and would carry its mark."""
    warehouse.expire(settlements, at=LATER)
    clone = Table(settlements.schema, "CLONE")
    warehouse.clone(settlements, clone, expires=None)
    assert comment_of(warehouse, clone) == COMMENT
    warehouse.keep(settlements)
    assert warehouse.expiring(clone.database) == ()
