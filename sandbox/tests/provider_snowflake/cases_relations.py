"""The lifecycles of what a schema contains: tables, views, stages."""

from typing import Any

from tests.provider_snowflake.case import Case, only

_ID = {"name": "ID", "type": "NUMBER(38,0)", "nullable": False}
_AMOUNT = {"name": "AMOUNT", "type": "NUMBER(18,2)", "default": {"constant": "0"}}
_STATUS = {
    "name": "STATUS",
    "type": "VARCHAR(16)",
    "comment": "it's new",
    "default": {"constant": "it's (new)"},
}
_AT = {
    "name": "AT",
    "type": "TIMESTAMP_NTZ(9)",
    "default": {"expression": "CURRENT_TIMESTAMP()"},
}
_COUNTED = {
    "name": "NO",
    "type": "NUMBER(38,0)",
    "identity": {"startNum": 10, "stepNum": 5},
}
_WIDER = {"name": "STATUS", "type": "VARCHAR(32)", "nullable": False, "comment": "of the bank"}
_EXTRA = {"name": "EXTRA", "type": "DATE"}
_CURRENCY = {"name": "currency", "type": "VARCHAR(3)", "default": {"constant": "EUR"}}


def _as_read(*columns: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns with the nullability that the account tells of every one."""
    return [{"nullable": True, **column} for column in columns]


def _columns_of(table: str) -> Any:
    """Name, type, nullability, default and comment of a table's columns; None when there is no table."""

    def pick(rows: list[dict[str, Any]]) -> Any:
        found = [row for row in rows if row["table_name"] == table]
        told = ("column_name", "null?", "default", "autoincrement", "comment")
        return [tuple(row[name] for name in told) for row in found] or None

    return pick


RELATIONS = (
    Case(
        type="Table",
        inputs=lambda g: {
            "database": g.database,
            "schema": "S",
            "name": "PAYMENTS",
            "comment": "what is paid",
            "columns": [_ID, _AMOUNT, {**_AT, "nullable": False}],
            "primaryKey": {"name": "PK", "keys": ["ID"]},
            "clusterBies": ["TO_DATE(AT)", "ID"],
            "changeTracking": True,
            "dataRetentionTimeInDays": 3,
        },
        id="~_DB|S|PAYMENTS",
        seen="SHOW TABLES LIKE 'PAYMENTS' IN SCHEMA ~_DB.S",
        pick=only("comment", "cluster_by", "change_tracking", "retention_time"),
        first=("what is paid", "LINEAR(TO_DATE(AT), ID)", "ON", "3"),
        change={
            "comment": None,
            "clusterBies": ["AMOUNT"],
            "changeTracking": False,
            "dataRetentionTimeInDays": -1,
            "primaryKey": {"keys": ["ID", "AT"]},
        },
        second=("", "LINEAR(AMOUNT)", "OFF", "1"),
        drift="ALTER TABLE ~_DB.S.PAYMENTS SET COMMENT = 'by hand' DATA_RETENTION_TIME_IN_DAYS = 0",
        drifted={"comment": "by hand", "dataRetentionTimeInDays": 0},
        absent="~_DB|S|NOWHERE",
    ),
    Case(
        type="Table",
        inputs=lambda g: {
            "database": g.database,
            "schema": "S",
            "name": "LEDGER",
            "columns": [_ID, _STATUS, _COUNTED, _AT],
        },
        id="~_DB|S|LEDGER",
        seen="SHOW COLUMNS IN SCHEMA ~_DB.S",
        pick=_columns_of("LEDGER"),
        first=[
            ("ID", "NOT_NULL", "", "", ""),
            ("STATUS", "true", "'it\\'s (new)'", "", "it's new"),
            ("NO", "true", "", "IDENTITY START 10 INCREMENT 5 NOORDER", ""),
            ("AT", "true", "CURRENT_TIMESTAMP()", "", ""),
        ],
        change={"columns": [_ID, _WIDER, _COUNTED, _CURRENCY]},
        second=[
            ("ID", "NOT_NULL", "", "", ""),
            ("STATUS", "NOT_NULL", "", "", "of the bank"),
            ("NO", "true", "", "IDENTITY START 10 INCREMENT 5 NOORDER", ""),
            ("currency", "true", "'EUR'", "", ""),
        ],
        drift="ALTER TABLE ~_DB.S.LEDGER ADD COLUMN EXTRA DATE",
        drifted={"columns": _as_read(_ID, _WIDER, _COUNTED, _CURRENCY, _EXTRA)},
        absent="NOWHERE|S|LEDGER",
        title="with other columns",
    ),
    Case(
        type="View",
        inputs=lambda g: {
            "database": g.database,
            "schema": "S",
            "name": "BIG",
            "statement": "SELECT ID -- AS it is (\n  FROM T\n WHERE ID > 1",
            "columns": [{"columnName": "Key", "comment": "it's (AS) the key"}],
            "comment": "big AS ever",
            "isSecure": "true",
            "changeTracking": "true",
            "copyGrants": True,
        },
        id='"~_DB"."S"."BIG"',
        seen="SHOW VIEWS LIKE 'BIG' IN SCHEMA ~_DB.S",
        pick=only("comment", "is_secure", "change_tracking"),
        first=("big AS ever", "true", "ON"),
        change={"statement": "SELECT ID FROM T", "comment": None, "isSecure": "false"},
        second=("", "false", "ON"),
        drift="CREATE OR REPLACE VIEW ~_DB.S.BIG (\"Key\" COMMENT 'k') AS SELECT ID FROM T WHERE ID > 9",
        drifted={
            "statement": "SELECT ID FROM T WHERE ID > 9",
            "changeTracking": "false",
            "columns": [{"columnName": "Key", "comment": "k"}],
        },
        not_imported=frozenset({"copyGrants"}),
        absent='"~_DB"."S"."NOWHERE"',
    ),
    Case(
        type="View",
        inputs=lambda g: {
            "database": g.database,
            "schema": "S",
            "name": "ALL",
            "statement": "SELECT * FROM T",
        },
        id='"~_DB"."S"."ALL"',
        seen="SHOW VIEWS LIKE 'ALL' IN SCHEMA ~_DB.S",
        pick=only("comment", "is_secure"),
        first=("", "false"),
        change={"comment": "every one", "isSecure": "true"},
        second=("every one", "true"),
        drift="ALTER VIEW ~_DB.S.\"ALL\" SET COMMENT = 'by hand'",
        drifted={"comment": "by hand"},
        absent='"NOWHERE"."S"."ALL"',
        title="that says little",
    ),
    Case(
        type="Stage",
        inputs=lambda g: {
            "database": g.database,
            "schema": "S",
            "name": "LAKE",
            "url": "s3://finedge-lake/raw/",
            "storageIntegration": "LAKE_ACCESS",
            "directory": "ENABLE = true",
            "comment": "raw files",
        },
        id="~_DB|S|LAKE",
        seen="SHOW STAGES LIKE 'LAKE' IN SCHEMA ~_DB.S",
        pick=only("url", "type", "storage_integration", "directory_enabled", "comment"),
        first=("s3://finedge-lake/raw/", "EXTERNAL", "LAKE_ACCESS", "Y", "raw files"),
        change={"url": "s3://finedge-lake/clean/", "comment": None},
        second=("s3://finedge-lake/clean/", "EXTERNAL", "LAKE_ACCESS", "Y", ""),
        drift="ALTER STAGE ~_DB.S.LAKE SET STORAGE_INTEGRATION = other COMMENT = 'by hand'",
        drifted={"storageIntegration": "OTHER", "comment": "by hand"},
        absent="~_DB|S|NOWHERE",
        title="elsewhere",
    ),
    Case(
        type="Stage",
        inputs=lambda g: {
            "database": g.database,
            "schema": "S",
            "name": "INCOMING",
            "encryption": "TYPE = 'SNOWFLAKE_SSE'",
        },
        id="~_DB|S|INCOMING",
        seen="SHOW STAGES LIKE 'INCOMING' IN SCHEMA ~_DB.S",
        pick=only("type", "comment", "directory_enabled"),
        first=("INTERNAL NO CSE", "", "N"),
        change={"comment": "of banks"},
        second=("INTERNAL NO CSE", "of banks", "N"),
        drift="ALTER STAGE ~_DB.S.INCOMING UNSET COMMENT",
        drifted={"comment": None},
        not_imported=frozenset({"encryption"}),
        absent="NOWHERE|S|INCOMING",
        title="inside",
    ),
)
