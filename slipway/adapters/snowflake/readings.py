"""Points, figures and changes: what proves that a table is, or is not, what it was."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from slipway.adapters.snowflake import information, statements
from slipway.adapters.snowflake.session import Session, Statement
from slipway.model.snowflake_objects import Column, SnowflakeObject, Table
from slipway.ports.warehouse import Readings
from slipway.ports.warehouse_errors import ObjectMissing, PrivilegeMissing
from slipway.ports.warehouse_results import (
    Answer,
    ChangeCounts,
    ColumnSum,
    Fingerprint,
    KeyFaults,
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
        self, table: Table, *, columns: Sequence[Column] | None = None, at: Point | None = None
    ) -> Fingerprint:
        """Read the columns' types, then compute all figures in one statement."""
        known = {column.name: column.type for column in self.columns(table)}
        chosen = tuple(columns) if columns is not None else tuple(known)
        _require(f"fingerprint of {table}", chosen, known)
        numeric = [each for each in chosen if known[each].startswith("NUMBER")]
        text = statements.fingerprint(table, chosen, numeric, at)
        (row,) = self._session.run(Statement(text=text, subject=f"fingerprint of {table}")).rows
        sums = (
            ColumnSum(column=name, total=_exact(value)) for name, value in zip(numeric, row[2:], strict=True)
        )
        return Fingerprint(
            table=table, columns=chosen, rows=_whole(row[0]), hash=_whole(row[1] or 0), sums=tuple(sums)
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


def _open(row: Mapping[str, object]) -> OpenTransaction:
    began = row["started_on"]
    assert isinstance(began, datetime)  # noqa: S101 - started_on is a timestamp
    return OpenTransaction(id=str(row["id"]), user=str(row["user"]), began=began)


def _whole(value: object) -> int:
    return int(str(value))


def _exact(value: object) -> Decimal | None:
    """A sum as Decimal; the connector gives an int where the scale is 0."""
    return None if value is None else Decimal(str(value))
