"""The SQL that Snowflake is sent, as text a person can compare with the manual."""

from datetime import UTC, datetime

import pytest

from slipway.adapters.snowflake import statements
from slipway.model.errors import DefinitionError
from slipway.model.grants import Grant, GrantAction, GrantChange, Grantee, GranteeKind, Privilege
from slipway.model.snowflake_objects import Column, Database, Schema, Table, View
from slipway.ports.warehouse_results import MomentPoint, StatementPoint

TABLE = Table.of("D", "S", "T")
ODD = Table.of("D", "S", 'a "b".c')
QUERY = StatementPoint("01b2")
MOMENT = MomentPoint(datetime(2026, 11, 23, 10, 0, 0, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (statements.clone(TABLE, ODD, None), 'CREATE TABLE "D"."S"."a ""b"".c" CLONE "D"."S"."T"'),
        (
            statements.clone(Schema(Database("D"), "S"), Schema(Database("D"), "C"), QUERY),
            'CREATE SCHEMA "D"."C" CLONE "D"."S" AT(STATEMENT => \'01b2\')',
        ),
        (
            statements.clone(Database("D"), Database("C"), MOMENT),
            (
                'CREATE DATABASE "C" CLONE "D" '
                "AT(TIMESTAMP => '2026-11-23 10:00:00.000005+00:00'::TIMESTAMP_TZ)"
            ),
        ),
        (
            statements.hand_over(ODD, Grantee(GranteeKind.ROLE, "P")),
            'GRANT OWNERSHIP ON TABLE "D"."S"."a ""b"".c" TO ROLE "P" COPY CURRENT GRANTS',
        ),
        (statements.is_role_in_session("it's"), "SELECT IS_ROLE_IN_SESSION('it''s'), CURRENT_ROLE()"),
        (statements.swap(TABLE, ODD), 'ALTER TABLE "D"."S"."T" SWAP WITH "D"."S"."a ""b"".c"'),
        (
            statements.view(
                View(TABLE.schema, "V"), [Column("A")], "SELECT 1", secure=True, comment="it's \\"
            ),
            (
                'CREATE OR REPLACE SECURE VIEW "D"."S"."V" ("A") COPY GRANTS '
                "COMMENT = 'it''s \\\\' AS SELECT 1"
            ),
        ),
        (
            statements.fingerprint(TABLE, [Column("A"), Column("b")], [Column("A")], None),
            'SELECT COUNT(*), HASH_AGG("A", "b"), SUM("A") FROM "D"."S"."T"',
        ),
        (
            statements.fingerprint(TABLE, [Column("b")], [], None, required=[Column("b")]),
            'SELECT COUNT(*), HASH_AGG("b"), COUNT(*) - COUNT("b") FROM "D"."S"."T"',
        ),
        (
            statements.sums_by(TABLE, [Column("A"), Column("B")], [Column("c"), Column("D")], QUERY),
            (
                'SELECT "c", "D", SUM("A"), SUM("B") FROM "D"."S"."T" AT(STATEMENT => \'01b2\') '
                'GROUP BY "c", "D" ORDER BY "c", "D"'
            ),
        ),
        (
            statements.changed_rows(TABLE, QUERY, QUERY, 5),
            (
                'SELECT * FROM "D"."S"."T" CHANGES(INFORMATION => DEFAULT) '
                "AT(STATEMENT => '01b2') END(STATEMENT => '01b2') LIMIT 5"
            ),
        ),
        (
            statements.replay(TABLE, ODD, columns=[Column("A"), Column("b")], key=[Column("A")], since=QUERY),
            (
                'MERGE INTO "D"."S"."a ""b"".c" AS KEPT USING (SELECT "A", "b" FROM "D"."S"."T" '
                "CHANGES(INFORMATION => DEFAULT) AT(STATEMENT => '01b2') WHERE METADATA$ACTION = 'INSERT') "
                'AS LATE ON KEPT."A" = LATE."A" WHEN MATCHED THEN UPDATE SET "b" = LATE."b" '
                'WHEN NOT MATCHED THEN INSERT ("A", "b") VALUES (LATE."A", LATE."b")'
            ),
        ),
        (statements.drop(View(TABLE.schema, "V")), 'DROP VIEW IF EXISTS "D"."S"."V"'),
    ],
)
def test_the_text_is_snowflakes(text: str, expected: str) -> None:
    """A change of this text is a change of what runs in production."""
    assert text == expected


@pytest.mark.parametrize(
    ("kind", "action", "expected"),
    [
        (GranteeKind.ROLE, GrantAction.GRANT, 'GRANT SELECT ON TABLE "D"."S"."T" TO ROLE "R"'),
        (
            GranteeKind.DATABASE_ROLE,
            GrantAction.REVOKE,
            'REVOKE SELECT ON TABLE "D"."S"."T" FROM DATABASE ROLE "D"."R"',
        ),
        (
            GranteeKind.SHARE,
            GrantAction.REVOKE_OPTION,
            'REVOKE GRANT OPTION FOR SELECT ON TABLE "D"."S"."T" FROM SHARE "R"',
        ),
    ],
)
def test_grants_name_their_grantee(kind: GranteeKind, action: GrantAction, expected: str) -> None:
    """A role, a database's role and a share of one name are three grantees."""
    change = GrantChange(action, Grant(privilege=Privilege("SELECT"), grantee=Grantee(kind, "R")))
    assert statements.grant_change(TABLE, change) == expected


@pytest.mark.parametrize("privilege", ["OWNERSHIP", "SELECT ON TABLE X TO ROLE Y; --", ""])
def test_what_is_no_privilege_is_no_sql(privilege: str) -> None:
    """A privilege is written into the text: it has to be a word of Snowflake's."""
    grant = Grant(privilege=Privilege(privilege), grantee=Grantee(GranteeKind.ROLE, "R"))
    with pytest.raises(DefinitionError, match="cannot be granted or revoked here"):
        statements.grant_change(TABLE, GrantChange(GrantAction.GRANT, grant))


def test_policies_are_asked_of_the_object_by_its_own_case() -> None:
    """The name stands in quotes within quotes: unquoted, Snowflake would look for another object."""
    assert statements.policy_references(Table.of("D", "s", "It's")) == (
        "SELECT POLICY_KIND, POLICY_DB, POLICY_SCHEMA, POLICY_NAME, REF_COLUMN_NAME FROM TABLE("
        '"D".INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => \'"D"."s"."It\'\'s"\', '
        "REF_ENTITY_DOMAIN => 'TABLE'))"
    )


def test_a_moment_needs_a_time_zone() -> None:
    """Without one the session's would be taken, and rows of another hour."""
    with pytest.raises(DefinitionError, match="has no time zone"):
        statements.at_clause(MomentPoint(datetime(2026, 11, 23)))  # noqa: DTZ001 - what is refused
