"""Functions that only a session can answer: who asks, where, and when.

Source: https://docs.snowflake.com/en/sql-reference/functions-context, "evaluated at most once per statement".
"""

from collections.abc import Mapping
from typing import Final

from sqlglot import exp

_NAMES: Final[Mapping[type[exp.Expr], str]] = {
    exp.CurrentUser: "CURRENT_USER",
    exp.CurrentRole: "CURRENT_ROLE",
    exp.CurrentDatabase: "CURRENT_DATABASE",
    exp.CurrentSchema: "CURRENT_SCHEMA",
    exp.CurrentWarehouse: "CURRENT_WAREHOUSE",
    exp.CurrentAccount: "CURRENT_ACCOUNT",
    exp.CurrentAccountName: "CURRENT_ACCOUNT_NAME",
    exp.CurrentRegion: "CURRENT_REGION",
    exp.CurrentSession: "CURRENT_SESSION",
    exp.CurrentTransaction: "CURRENT_TRANSACTION",
    exp.CurrentSecondaryRoles: "CURRENT_SECONDARY_ROLES",
    exp.CurrentOrganizationName: "CURRENT_ORGANIZATION_NAME",
}

_MOMENTS: Final[Mapping[type[exp.Expr], str]] = {
    exp.CurrentDate: "DATE",
    exp.CurrentTimestamp: "TIMESTAMPTZ",
    exp.Localtime: "TIME",
    exp.Localtimestamp: "TIMESTAMPTZ",
}


def called(node: exp.Expr) -> str:
    """The name of the function that a node calls, if sqlglot has no other word for it; else empty."""
    return _NAMES.get(type(node)) or (str(node.this).upper() if isinstance(node, exp.Anonymous) else "")


def moment_type(node: exp.Expr) -> str:
    """The type of a function that tells the time, CURRENT_DATE for one; empty for another node."""
    return "TIMESTAMP" if node.args.get("sysdate") else _MOMENTS.get(type(node), "")
