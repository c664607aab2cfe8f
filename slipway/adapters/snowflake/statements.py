"""The text of each statement, from typed names: production SQL, and nothing that knows a sandbox.

Values that are data travel as parameters; what SQL takes as text only (points, comments) is a literal.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, assert_never

from slipway.model.errors import DefinitionError
from slipway.model.grants import GrantAction, GrantChange, Grantee, GranteeKind
from slipway.model.snowflake_objects import (
    Column,
    Database,
    Schema,
    SnowflakeObject,
    Table,
    View,
    literal,
    quoted,
)
from slipway.ports.warehouse_results import MomentPoint, Point, StatementPoint

_PRIVILEGE: Final = re.compile(r"[A-Z]+( [A-Z]+)*")


def clone(source: SnowflakeObject, target: SnowflakeObject, at: Point | None) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/create-clone."""
    return f"CREATE {source.kind} {target.sql} CLONE {source.sql}{at_clause(at)}"


def make_schema(schema: Schema) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/create-schema."""
    return f"CREATE SCHEMA IF NOT EXISTS {schema.sql}"


def swap(one: Table | Schema, other: Table | Schema) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/alter-table (alter-schema), SWAP WITH."""
    return f"ALTER {one.kind} {one.sql} SWAP WITH {other.sql}"


def view(name: View, columns: Sequence[Column], query: str, *, secure: bool, comment: str) -> str:
    """CREATE OR REPLACE keeps neither comment nor SECURE by itself; COPY GRANTS keeps all but OWNERSHIP.

    Source: https://docs.snowflake.com/en/sql-reference/sql/create-view
    """
    kind = "SECURE VIEW" if secure else "VIEW"
    said = f" COMMENT = {literal(comment)}" if comment else ""
    return f"CREATE OR REPLACE {kind} {name.sql} ({_listed(columns)}) COPY GRANTS{said} AS {query}"


def drop(subject: SnowflakeObject) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/drop-table (and its kin)."""
    return f"DROP {subject.kind} IF EXISTS {subject.sql}"


def set_comment(subject: SnowflakeObject, comment: str) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/alter-table, SET COMMENT (and its kin)."""
    return f"ALTER {subject.kind} {subject.sql} SET COMMENT = {literal(comment)}"


def track_changes(table: Table) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/alter-table, SET CHANGE_TRACKING."""
    return f"ALTER TABLE {table.sql} SET CHANGE_TRACKING = TRUE"


def show_grants(subject: SnowflakeObject) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/show-grants."""
    return f"SHOW GRANTS ON {subject.kind} {subject.sql}"


def policy_references(subject: SnowflakeObject) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/functions/policy_references."""
    named = f"REF_ENTITY_NAME => {literal(subject.sql)}, REF_ENTITY_DOMAIN => {literal(subject.kind)}"
    function = f"{subject.database.sql}.INFORMATION_SCHEMA.POLICY_REFERENCES({named})"
    columns = "POLICY_KIND, POLICY_DB, POLICY_SCHEMA, POLICY_NAME, REF_COLUMN_NAME"
    return f"SELECT {columns} FROM TABLE({function})"


def hand_over(subject: SnowflakeObject, owner: Grantee) -> str:
    """Who has other privileges on the object keeps them, by the new owner.

    Source: https://docs.snowflake.com/en/sql-reference/sql/grant-ownership, COPY CURRENT GRANTS.
    """
    to = _grantee(owner, subject.database)
    return f"GRANT OWNERSHIP ON {subject.kind} {subject.sql} TO {to} COPY CURRENT GRANTS"


def is_role_in_session(role: str) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/functions/is_role_in_session."""
    return f"SELECT IS_ROLE_IN_SESSION({literal(role)}), CURRENT_ROLE()"


def grant_change(subject: SnowflakeObject, change: GrantChange) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege and revoke-privilege.

    Raises:
        DefinitionError: the privilege is no word of Snowflake's.
    """
    privilege, grantee = change.grant.privilege, _grantee(change.grant.grantee, subject.database)
    if not _PRIVILEGE.fullmatch(privilege) or privilege == "OWNERSHIP":
        raise DefinitionError(
            f"'{privilege}' on {subject} cannot be granted or revoked here",
            remedy="name a privilege such as SELECT; ownership is handed over, which is no grant",
        )
    on = f"{privilege} ON {subject.kind} {subject.sql}"
    match change.action:
        case GrantAction.GRANT:
            return f"GRANT {on} TO {grantee}{' WITH GRANT OPTION' if change.grant.with_grant_option else ''}"
        case GrantAction.REVOKE:
            return f"REVOKE {on} FROM {grantee}"
        case GrantAction.REVOKE_OPTION:
            return f"REVOKE GRANT OPTION FOR {on} FROM {grantee}"
        case _:
            assert_never(change.action)


def fingerprint(
    table: Table,
    columns: Sequence[Column],
    numeric: Sequence[Column],
    at: Point | None,
    *,
    required: Sequence[Column] = (),
) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/functions/hash_agg.

    HASH_AGG takes no notice of the order of rows, and unlike a sum of hashes it tells duplicates apart.
    """
    sums = (f"SUM({quoted(each)})" for each in numeric)
    missing = (f"COUNT(*) - COUNT({quoted(each)})" for each in required)
    figures = ["COUNT(*)", f"HASH_AGG({_listed(columns)})", *sums, *missing]
    return f"SELECT {', '.join(figures)} FROM {table.sql}{at_clause(at)}"


def sums_by(table: Table, columns: Sequence[Column], by: Sequence[Column], at: Point | None) -> str:
    """One row for each combination of values, rows that have none among them."""
    sums = ", ".join(f"SUM({quoted(each)})" for each in columns)
    group = _listed(by)
    return f"SELECT {group}, {sums} FROM {table.sql}{at_clause(at)} GROUP BY {group} ORDER BY {group}"


def key_faults(table: Table, key: Sequence[Column]) -> str:
    """One row: how many rows repeat a value of the key, and how many lack a part of it."""
    complete = " AND ".join(f"{quoted(each)} IS NOT NULL" for each in key)
    repeated = (
        f"SELECT SUM(N - 1) FROM (SELECT COUNT(*) AS N FROM {table.sql} WHERE {complete} "
        f"GROUP BY {_listed(key)})"
    )
    incomplete = f"SELECT COUNT(*) FROM {table.sql} WHERE NOT ({complete})"
    return f"SELECT ({repeated}), ({incomplete})"


def change_counts(table: Table, since: Point, until: Point | None) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/constructs/changes.

    DEFAULT information is the net difference of two points; an update is a DELETE and an INSERT, both with
    METADATA$ISUPDATE.
    """
    return (
        "SELECT METADATA$ACTION, METADATA$ISUPDATE, COUNT(*) "
        f"FROM {changes_of(table, since, until)} GROUP BY METADATA$ACTION, METADATA$ISUPDATE"
    )


def changed_rows(table: Table, since: Point, until: Point | None, limit: int) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/constructs/changes."""
    return f"SELECT * FROM {changes_of(table, since, until)} LIMIT {limit:d}"


def replay(
    source: Table, target: Table, *, columns: Sequence[Column], key: Sequence[Column], since: Point
) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/sql/merge, on the relation of a table's changes."""
    changed, names = changes_of(source, since, None), _listed(columns)
    if not key:
        return (
            f"INSERT INTO {target.sql} ({names}) SELECT {names} FROM {changed} "
            "WHERE METADATA$ACTION = 'INSERT' AND NOT METADATA$ISUPDATE"
        )
    same = " AND ".join(f"KEPT.{quoted(each)} = LATE.{quoted(each)}" for each in key)
    others = [f"{quoted(each)} = LATE.{quoted(each)}" for each in columns if each not in key]
    update = f"WHEN MATCHED THEN UPDATE SET {', '.join(others)} " if others else ""
    values = ", ".join(f"LATE.{quoted(each)}" for each in columns)
    return (
        f"MERGE INTO {target.sql} AS KEPT USING (SELECT {names} FROM {changed} "
        f"WHERE METADATA$ACTION = 'INSERT') AS LATE ON {same} "
        f"{update}WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})"
    )


def changes_of(table: Table, since: Point, until: Point | None) -> str:
    """The relation of a table's changes."""
    end = f" END({_point(until)})" if until is not None else ""
    return f"{table.sql} CHANGES(INFORMATION => DEFAULT) AT({_point(since)}){end}"


def at_clause(at: Point | None) -> str:
    """Source: https://docs.snowflake.com/en/sql-reference/constructs/at-before."""
    return f" AT({_point(at)})" if at is not None else ""


def _point(point: Point) -> str:
    match point:
        case StatementPoint(query_id):
            return f"STATEMENT => {literal(query_id)}"
        case MomentPoint(at):
            return f"TIMESTAMP => {literal(_moment(at))}::TIMESTAMP_TZ"
        case _:
            assert_never(point)


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise DefinitionError(
            f"the point {at.isoformat()} has no time zone, and the session's would be taken",
            remedy="give a moment with its offset, such as 2026-11-23T10:00:00+00:00",
        )
    return at.isoformat(sep=" ", timespec="microseconds")


def _grantee(grantee: Grantee, database: Database) -> str:
    match grantee.kind:
        case GranteeKind.ROLE:
            return f"ROLE {quoted(grantee.name)}"
        case GranteeKind.DATABASE_ROLE:
            return f"DATABASE ROLE {database.sql}.{quoted(grantee.name)}"
        case GranteeKind.SHARE:
            return f"SHARE {quoted(grantee.name)}"
        case _:
            assert_never(grantee.kind)


def _listed(columns: Sequence[Column]) -> str:
    return ", ".join(quoted(each) for each in columns)
