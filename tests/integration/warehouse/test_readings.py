"""Fingerprints, and the changes that a publication must not lose."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.model.snowflake_objects import Column, Schema, Table
from slipway.ports.warehouse_errors import ChangesNotTracked, NoMoment, ObjectMissing, PrivilegeMissing
from slipway.ports.warehouse_results import ChangeCounts, ColumnSum, GroupSums, KeyFaults
from tests.integration.warehouse.account import RunningAccount

pytestmark = pytest.mark.integration


def test_a_fingerprint_has_exact_sums(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """Money is summed as NUMBER; a FLOAT has no sum that two readings agree on."""
    found = warehouse.fingerprint(settlements)
    assert (found.rows, found.columns) == (3, ("ID", "AMOUNT", "RATE", "currency"))
    assert found.sums == (
        ColumnSum(column=Column("ID"), total=Decimal(6)),
        ColumnSum(column=Column("AMOUNT"), total=Decimal("60.60")),
    )


def test_what_rows_lack_is_counted_with_it(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """In the statement that counts them: of columns that are asked for, in their order."""
    warehouse.run(
        f"INSERT INTO {settlements.sql} VALUES (9, NULL, 0, NULL), (10, 1, 0, NULL)", subject="test"
    )
    asked = [Column("currency"), Column("AMOUNT"), Column("ID")]
    found = warehouse.fingerprint(settlements, required=asked)
    assert [(each.column, each.rows) for each in found.missing] == [("currency", 3), ("AMOUNT", 1), ("ID", 0)]
    assert warehouse.fingerprint(settlements).missing == ()
    with pytest.raises(ObjectMissing, match="has no column NOSUCH"):
        warehouse.fingerprint(settlements, required=[Column("NOSUCH")])


def test_money_is_summed_in_each_currency(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """Exactly, at a point, and apart for rows that name none."""
    amount, by = Column("AMOUNT"), [Column("currency")]
    point = warehouse.point()
    before = warehouse.sums_by(settlements, [amount], by=by)
    assert {each.values for each in before} == {("EUR",), ("USD",), (None,)}
    assert sum(_total(each) for each in before) == Decimal("60.60")
    warehouse.run(
        f"UPDATE {settlements.sql} SET AMOUNT = 2 * AMOUNT WHERE \"currency\" = 'USD'", subject="test"
    )
    after = {
        each.values: _total(each) for each in warehouse.sums_by(settlements, [amount, Column("ID")], by=by)
    }
    was = {each.values: _total(each) for each in before}
    assert after == was | {("USD",): 2 * was["USD",]}
    assert warehouse.sums_by(settlements, [amount], by=by, at=point) == before
    split = warehouse.sums_by(settlements, [amount], by=[*by, Column("ID")])
    assert sum(_total(each) for each in split if each.values[0] == "USD") == 2 * was["USD",]
    assert all(len(each.values) == 2 for each in split)
    with pytest.raises(ObjectMissing, match="has no column NOSUCH"):
        warehouse.sums_by(settlements, [amount], by=[Column("NOSUCH")])


def _total(group: GroupSums) -> Decimal:
    found = group.sums[0].total
    assert found is not None
    return found


def test_a_clone_has_its_sources_fingerprint_until_a_row_differs(
    warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """Count and sums stay when two rows exchange their currencies; the hash does not."""
    clone = Table(settlements.schema, "CLONE")
    warehouse.clone(settlements, clone, expires=None)
    source = warehouse.fingerprint(settlements)
    assert source.same_content(warehouse.fingerprint(clone))
    point = warehouse.point()
    warehouse.run(
        f"UPDATE {clone.sql} SET \"currency\" = CASE ID WHEN 1 THEN 'USD' ELSE 'EUR' END WHERE ID < 3",
        subject="test",
    )
    changed = warehouse.fingerprint(clone)
    assert (changed.rows, changed.sums) == (source.rows, source.sums)
    assert not source.same_content(changed)
    assert source.same_content(warehouse.fingerprint(clone, at=point))
    some = [Column("ID"), Column("AMOUNT")]
    assert warehouse.fingerprint(settlements, columns=some).same_content(
        warehouse.fingerprint(clone, columns=some)
    )


def test_an_empty_table_has_no_sums(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """No row is not a sum of 0."""
    warehouse.run(f"DELETE FROM {settlements.sql}", subject="test")
    found = warehouse.fingerprint(settlements)
    assert found.rows == 0
    assert [each.total for each in found.sums] == [None, None]


def test_what_has_no_fingerprint(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """A missing table and a missing column are named."""
    with pytest.raises(ObjectMissing, match="NOSUCH"):
        warehouse.fingerprint(Table(settlements.schema, "NOSUCH"))
    with pytest.raises(ObjectMissing, match="has no column amount; it has ID, AMOUNT, RATE, currency"):
        warehouse.fingerprint(settlements, columns=[Column("amount")])


def test_columns_have_their_exact_types(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """A contract promises precision and scale, lengths and what is never missing."""
    assert [(each.name, each.type, each.nullable) for each in warehouse.columns(settlements)] == [
        ("ID", "NUMBER(18,0)", False),
        ("AMOUNT", "NUMBER(18,2)", True),
        ("RATE", "FLOAT", True),
        ("currency", "VARCHAR(3)", True),
    ]
    with pytest.raises(ObjectMissing, match="NOSUCH"):
        warehouse.columns(Table(settlements.schema, "NOSUCH"))


def test_a_broken_key_is_counted(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """Snowflake enforces no key, so a release has to look."""
    key = [Column("ID"), Column("currency")]
    assert warehouse.key_faults(settlements, key[:1]) == KeyFaults(repeated=0, incomplete=0)
    warehouse.run(
        f"INSERT INTO {settlements.sql} VALUES (1, 0, 0, 'EUR'), (1, 0, 0, 'EUR'), (9, 0, 0, NULL)",
        subject="test",
    )
    assert warehouse.key_faults(settlements, key) == KeyFaults(repeated=2, incomplete=2)
    warehouse.run(f"DELETE FROM {settlements.sql}", subject="test")
    assert warehouse.key_faults(settlements, key) == KeyFaults(repeated=0, incomplete=0)
    with pytest.raises(ObjectMissing, match="has no column NOSUCH"):
        warehouse.key_faults(settlements, [Column("NOSUCH")])


def test_when_an_object_was_made_follows_it(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """Which of two generations has the name now can be told after a swap, and after a kill."""
    candidate = Table(settlements.schema, "CANDIDATE")
    assert warehouse.made(candidate) is None
    warehouse.clone(settlements, candidate, expires=None)
    before = warehouse.made(settlements), warehouse.made(candidate)
    assert None not in before
    warehouse.swap(settlements, candidate)
    assert (warehouse.made(candidate), warehouse.made(settlements)) == before


@pytest.mark.parametrize("key", [[Column("ID")], []], ids=["with a key", "without a key"])
def test_what_was_written_to_a_generation_that_goes_can_be_brought_back(
    warehouse: SnowflakeWarehouse, settlements: Table, key: list[Column]
) -> None:
    """By the statement that people are told: new rows, and changed ones where a key says which they are."""
    kept = Table(settlements.schema, "KEPT")
    warehouse.clone(settlements, kept, expires=None)
    warehouse.track_changes(kept)
    warehouse.run(f"ALTER TABLE {kept.sql} ADD COLUMN NEWER NUMBER(1,0)", subject="new code")
    point = warehouse.point()
    warehouse.run(f"INSERT INTO {kept.sql} (ID, AMOUNT) VALUES (4, 40.40)", subject="people")
    warehouse.run(f"UPDATE {kept.sql} SET AMOUNT = 11.11 WHERE ID = 1", subject="people")
    statement = warehouse.replay_text(kept, settlements, since=point, key=key)
    for _ in range(2 if key else 1):
        warehouse.run(statement, subject="people")
    answer = warehouse.run(f"SELECT ID, AMOUNT FROM {settlements.sql} ORDER BY ID", subject="test")
    first = Decimal("11.11") if key else Decimal("10.10")
    assert list(answer.rows) == [
        (1, first),
        (2, Decimal("20.20")),
        (3, Decimal("30.30")),
        (4, Decimal("40.40")),
    ]


def test_the_newest_moment_is_told_in_utc(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """A day begins at midnight, what has no zone is UTC, no row has none; a number is no moment."""
    moments = Table(settlements.schema, "MOMENTS")
    for statement in (
        f"CREATE TABLE {moments.sql} (ID NUMBER, DAY DATE, WALL TIMESTAMP_NTZ, ZONED TIMESTAMP_TZ)",
        (
            f"INSERT INTO {moments.sql} VALUES "
            "(1, '2026-03-01', '2026-03-01 08:00:00', '2026-03-01 08:00:00+02:00'), "
            "(2, '2026-03-02', '2026-03-02 09:30:00', '2026-03-02 09:30:00+02:00')"
        ),
    ):
        warehouse.run(statement, subject="test")
    newest = {name: warehouse.newest(moments, Column(name)) for name in ("DAY", "WALL", "ZONED")}
    assert newest == {
        "DAY": datetime(2026, 3, 2, tzinfo=UTC),
        "WALL": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "ZONED": datetime(2026, 3, 2, 7, 30, tzinfo=UTC),
    }
    with pytest.raises(NoMoment, match=r"newest ID of .*MOMENTS: '2' is neither a moment nor a day"):
        warehouse.newest(moments, Column("ID"))
    warehouse.run(f"DELETE FROM {moments.sql}", subject="test")
    assert warehouse.newest(moments, Column("WALL")) is None
    with pytest.raises(ObjectMissing):
        warehouse.newest(Table(settlements.schema, "NOSUCH"), Column("WALL"))


def test_the_tables_of_a_schema_tell_when_they_were_made(
    warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """As INFORMATION_SCHEMA does, and without views."""
    view = f"CREATE VIEW {settlements.schema.sql}.SEEN AS SELECT * FROM {settlements.sql}"
    warehouse.run(view, subject="test")
    made = warehouse.made_in(settlements.schema)
    assert made[settlements.name] == warehouse.made(settlements)
    assert "SEEN" not in made
    with pytest.raises(ObjectMissing):
        warehouse.made_in(Schema(settlements.database, "NOSUCH"))


def test_a_write_between_clone_and_swap_is_found(
    account: RunningAccount, warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """A swap without this reading loses what another session wrote to the old generation."""
    candidate = Table(settlements.schema, "CANDIDATE")
    point = warehouse.point()
    warehouse.clone(settlements, candidate, expires=None, at=point)
    warehouse.run(f"UPDATE {candidate.sql} SET AMOUNT = AMOUNT + 1", subject="new code")
    assert warehouse.changes(settlements, since=point).total == 0
    writer = account.warehouse()
    writer.run(f"INSERT INTO {settlements.sql} (ID, AMOUNT) VALUES (4, 40.40), (5, 50.50)", subject="late")
    writer.run(f"UPDATE {settlements.sql} SET AMOUNT = 11.11 WHERE ID = 1", subject="late")
    writer.run(f"DELETE FROM {settlements.sql} WHERE ID = 2", subject="late")
    writer.close()
    warehouse.swap(settlements, candidate)
    assert warehouse.changes(candidate, since=point) == ChangeCounts(inserted=2, updated=1, deleted=1)
    late = warehouse.changed_rows(candidate, since=point)
    row = dict(zip(late.columns, late.rows[0], strict=True))
    assert {"ID", "AMOUNT", "METADATA$ACTION", "METADATA$ISUPDATE", "METADATA$ROW_ID"} <= set(row)
    assert len(late.rows) == 2 + 2 + 1
    assert len(warehouse.changed_rows(candidate, since=point, limit=2).rows) == 2


def test_changes_until_a_point(warehouse: SnowflakeWarehouse, settlements: Table) -> None:
    """What was audited ends at a point as well."""
    since = warehouse.point()
    warehouse.run(f"INSERT INTO {settlements.sql} (ID) VALUES (4)", subject="test")
    until = warehouse.point()
    warehouse.run(f"DELETE FROM {settlements.sql}", subject="test")
    assert warehouse.changes(settlements, since=since, until=until) == ChangeCounts(inserted=1)


def test_changes_are_remembered_from_when_they_are_tracked(
    warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """A table without tracking is told, not taken for unchanged."""
    table = Table(settlements.schema, "UNTRACKED")
    warehouse.run(f"CREATE TABLE {table.sql} (ID INT)", subject="test")
    with pytest.raises(ChangesNotTracked) as caught:
        warehouse.changes(table, since=warehouse.point())
    assert caught.value.remedy.startswith("set CHANGE_TRACKING = TRUE")
    warehouse.track_changes(table)
    point = warehouse.point()
    warehouse.run(f"INSERT INTO {table.sql} VALUES (1)", subject="test")
    assert warehouse.changes(table, since=point) == ChangeCounts(inserted=1)


def test_open_transactions_are_everybodys(account: RunningAccount, warehouse: SnowflakeWarehouse) -> None:
    """Until they end, and in the order of their ids; reading them opens none."""
    before = warehouse.open_transactions()
    writer = account.warehouse()
    writer.run("BEGIN", subject="test")
    (found,) = set(warehouse.open_transactions()) - set(before)
    assert found.user == "PLATFORM_ENGINEER"
    assert found.began.tzinfo is not None
    assert writer.run("SELECT CURRENT_TRANSACTION()", subject="test").rows == ((found.id,),)
    writer.run("ROLLBACK", subject="test")
    assert warehouse.open_transactions() == before
    writer.close()


def test_a_role_that_sees_only_its_own_transactions_is_refused(warehouse: SnowflakeWarehouse) -> None:
    """A list that lacks others' would look like the proof that nobody writes."""
    for statement in (
        "CREATE ROLE SEES_ITS_OWN",
        "GRANT ROLE SEES_ITS_OWN TO USER PLATFORM_ENGINEER",
        "USE ROLE SEES_ITS_OWN",
    ):
        warehouse.run(statement, subject="test")
    with pytest.raises(PrivilegeMissing, match="open transactions: only ACCOUNTADMIN is told of everybody's"):
        warehouse.open_transactions()
