"""Points, figures and changes: what proves that a table is, or is not, what it was."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

from slipway.adapters.snowflake import information, statements
from slipway.adapters.snowflake.session import Session, Statement
from slipway.model.snowflake_objects import Column, Schema, SnowflakeObject, Table, quoted
from slipway.ports.warehouse import Readings
from slipway.ports.warehouse_errors import NoMoment, ObjectMissing, PrivilegeMissing
from slipway.ports.warehouse_results import (
    Answer,
    ChangeCounts,
    ColumnSum,
    Fingerprint,
    GroupSums,
    KeyFaults,
    MissingValues,
    OpenTransaction,
    Point,
    StatementPoint,
    TableColumn,
)

_BOTH_SIDES = 2
"""Rows of CHANGES that one updated row makes: the old one and the new one."""

_SEES_ALL: Final = "ACCOUNTADMIN"
"""The role that SHOW TRANSACTIONS IN ACCOUNT is for.

Source: https://docs.snowflake.com/en/sql-reference/sql/show-transactions
"""


class SnowflakeReadings(Readings):
    """Reads points, figures and changes.

    Args:
        session: runs the statements.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def point(self) -> StatementPoint:
        """Take the point of now: the id of a SELECT, which AT(STATEMENT) takes.

        Source: https://docs.snowflake.com/en/sql-reference/constructs/at-before, STATEMENT
        """
        statement = Statement(text="SELECT CURRENT_TIMESTAMP()", subject="point")
        return StatementPoint(self._session.run(statement).query_id)

    def made(self, subject: SnowflakeObject) -> datetime | None:
        """Read when an object was made."""
        found = information.facts(self._session, subject)
        return None if found is None else found.created

    def made_in(self, schema: Schema) -> Mapping[str, datetime]:
        """SHOW needs no running compute, unlike INFORMATION_SCHEMA.

        Source: https://docs.snowflake.com/en/sql-reference/sql/show-tables, "Usage notes"
        """
        text = f"SHOW TABLES IN SCHEMA {schema.sql}"
        answer = self._session.run(Statement(text=text, subject=f"{schema.kind} {schema}"))
        found = (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
        return {str(each["name"]): _moment(each["created_on"], f"tables of {schema}") for each in found}

    def newest(self, table: Table, column: Column) -> datetime | None:
        """Ask for nothing but one maximum: that is answered from the metadata of the table's partitions."""
        subject = f"newest {column} of {table}"
        text = f"SELECT MAX({quoted(column)}) FROM {table.sql}"
        ((value,),) = self._session.run(Statement(text=text, subject=subject)).rows
        return None if value is None else _moment(value, subject)

    def columns(self, table: Table) -> tuple[TableColumn, ...]:
        """Read a table's columns."""
        return information.table_columns(self._session, table)

    def key_faults(self, table: Table, key: Sequence[Column]) -> KeyFaults:
        """Count repeated and incomplete keys in one statement."""
        subject = f"key of {table}"
        _require(subject, key, {column.name for column in self.columns(table)})
        (row,) = self._session.run(Statement(text=statements.key_faults(table, key), subject=subject)).rows
        return KeyFaults(repeated=_whole(row[0] or 0), incomplete=_whole(row[1]))

    def track_changes(self, table: Table) -> None:
        """Have Snowflake remember changes from now on."""
        self._session.run(Statement(text=statements.track_changes(table), subject=f"changes of {table}"))

    def fingerprint(
        self,
        table: Table,
        *,
        columns: Sequence[Column] | None = None,
        required: Sequence[Column] = (),
        at: Point | None = None,
    ) -> Fingerprint:
        """Read the columns' types, then compute all figures in one statement."""
        known = {column.name: column.type for column in self.columns(table)}
        chosen = tuple(columns) if columns is not None else tuple(known)
        _require(f"fingerprint of {table}", (*chosen, *required), known)
        numeric = [each for each in chosen if known[each].startswith("NUMBER")]
        text = statements.fingerprint(table, chosen, numeric, at, required=required)
        ((rows, hashed, *figures),) = self._session.run(
            Statement(text=text, subject=f"fingerprint of {table}")
        ).rows
        sums, missing = figures[: len(numeric)], figures[len(numeric) :]
        return Fingerprint(
            table=table,
            columns=chosen,
            rows=_whole(rows),
            hash=_whole(hashed or 0),
            sums=tuple(
                ColumnSum(column=name, total=_exact(value)) for name, value in zip(numeric, sums, strict=True)
            ),
            missing=tuple(
                MissingValues(column=name, rows=_whole(value))
                for name, value in zip(required, missing, strict=True)
            ),
        )

    def sums_by(
        self, table: Table, columns: Sequence[Column], *, by: Sequence[Column], at: Point | None = None
    ) -> tuple[GroupSums, ...]:
        """Sum all columns in one statement."""
        subject = f"sums by {', '.join(by)} of {table}"
        _require(subject, (*columns, *by), {column.name for column in self.columns(table)})
        text = statements.sums_by(table, columns, by, at)
        return tuple(
            GroupSums(
                values=tuple(None if value is None else str(value) for value in row[: len(by)]),
                sums=tuple(
                    ColumnSum(column=name, total=_exact(total))
                    for name, total in zip(columns, row[len(by) :], strict=True)
                ),
            )
            for row in self._session.run(Statement(text=text, subject=subject)).rows
        )

    def changes(self, table: Table, *, since: Point, until: Point | None = None) -> ChangeCounts:
        """Count the rows that changed."""
        text = statements.change_counts(table, since, until)
        return counted(self._session.run(Statement(text=text, subject=f"changes of {table}")))

    def changed_rows(
        self, table: Table, *, since: Point, until: Point | None = None, limit: int = 1000
    ) -> Answer:
        """Read changed rows for a person to see."""
        text = statements.changed_rows(table, since, until, limit)
        return self._session.run(Statement(text=text, subject=f"changes of {table}"))

    def replay_text(self, source: Table, target: Table, *, since: Point, key: Sequence[Column]) -> str:
        """Write it for the columns that both have."""
        known = {column.name for column in self.columns(target)}
        columns = [column.name for column in self.columns(source) if column.name in known]
        return statements.replay(source, target, columns=columns, key=key, since=since)

    def open_transactions(self) -> tuple[OpenTransaction, ...]:
        """Ask for the role first: any other one may be told of its own user's, and of no error."""
        subject = "open transactions"
        role = self._session.run(Statement(text="SELECT CURRENT_ROLE()", subject=subject)).rows
        if role != ((_SEES_ALL,),):
            raise PrivilegeMissing(
                f"only {_SEES_ALL} is told of everybody's", subject=subject, remedy=f"connect as {_SEES_ALL}"
            )
        answer = self._session.run(Statement(text="SHOW TRANSACTIONS IN ACCOUNT", subject=subject))
        found = (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
        return tuple(sorted((_open(each) for each in found), key=lambda each: each.id))


def counted(answer: Answer) -> ChangeCounts:
    """Add up the rows of `statements.change_counts`: action, whether part of an update, how many."""
    found = {(str(action), bool(update)): _whole(number) for action, update, number in answer.rows}
    updated = found.get(("INSERT", True), 0) + found.get(("DELETE", True), 0)
    return ChangeCounts(
        inserted=found.get(("INSERT", False), 0),
        deleted=found.get(("DELETE", False), 0),
        updated=updated // _BOTH_SIDES,
    )


def _require(subject: str, chosen: Sequence[Column], known: Collection[Column]) -> None:
    missing = [each for each in chosen if each not in known]
    if missing or not chosen:
        raise ObjectMissing(
            f"has no column {', '.join(missing) or 'to read'}; it has {', '.join(known)}",
            subject=subject,
            remedy="name columns of the table",
        )


def _moment(value: object, subject: str) -> datetime:
    """A moment with its zone: a day begins at midnight, and what has no zone is UTC."""
    match value:
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        case date():
            return datetime.combine(value, time(), tzinfo=UTC)
        case _:
            raise NoMoment(f"{str(value)[:40]!r} is neither a moment nor a day", subject=subject)


def _open(row: Mapping[str, object]) -> OpenTransaction:
    began = row["started_on"]
    assert isinstance(began, datetime)  # noqa: S101 - started_on is a timestamp
    return OpenTransaction(id=str(row["id"]), user=str(row["user"]), began=began)


def _whole(value: object) -> int:
    return int(str(value))


def _exact(value: object) -> Decimal | None:
    """A sum as Decimal; the connector gives an int where the scale is 0."""
    return None if value is None else Decimal(str(value))
