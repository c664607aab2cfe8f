"""Who may do what: grants of privileges, of roles, and on objects that do not exist yet.

Source: https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import Body, ObjectKind, StageBody


class Privilege(StrEnum):
    """Privileges, in the words of GRANT."""

    OWNERSHIP = "OWNERSHIP"
    USAGE = "USAGE"
    MONITOR = "MONITOR"
    MODIFY = "MODIFY"
    OPERATE = "OPERATE"
    APPLYBUDGET = "APPLYBUDGET"
    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"
    REFERENCES = "REFERENCES"
    REBUILD = "REBUILD"
    EVOLVE_SCHEMA = "EVOLVE SCHEMA"
    READ = "READ"
    WRITE = "WRITE"
    CREATE_DATABASE = "CREATE DATABASE"
    CREATE_ROLE = "CREATE ROLE"
    CREATE_USER = "CREATE USER"
    CREATE_WAREHOUSE = "CREATE WAREHOUSE"
    CREATE_SCHEMA = "CREATE SCHEMA"
    CREATE_TABLE = "CREATE TABLE"
    CREATE_VIEW = "CREATE VIEW"
    CREATE_SEQUENCE = "CREATE SEQUENCE"
    CREATE_STAGE = "CREATE STAGE"
    CREATE_FILE_FORMAT = "CREATE FILE FORMAT"
    MANAGE_GRANTS = "MANAGE GRANTS"
    MONITOR_USAGE = "MONITOR USAGE"
    MONITOR_EXECUTION = "MONITOR EXECUTION"
    EXECUTE_TASK = "EXECUTE TASK"
    EXECUTE_MANAGED_TASK = "EXECUTE MANAGED TASK"


_P = Privilege

GRANTABLE: Final = {
    ObjectKind.ACCOUNT: (
        _P.CREATE_DATABASE,
        _P.CREATE_ROLE,
        _P.CREATE_USER,
        _P.CREATE_WAREHOUSE,
        _P.MANAGE_GRANTS,
        _P.MONITOR_USAGE,
        _P.MONITOR_EXECUTION,
        _P.EXECUTE_TASK,
        _P.EXECUTE_MANAGED_TASK,
    ),
    ObjectKind.DATABASE: (_P.APPLYBUDGET, _P.CREATE_SCHEMA, _P.MODIFY, _P.MONITOR, _P.USAGE),
    ObjectKind.SCHEMA: (
        _P.APPLYBUDGET,
        _P.CREATE_FILE_FORMAT,
        _P.CREATE_SEQUENCE,
        _P.CREATE_STAGE,
        _P.CREATE_TABLE,
        _P.CREATE_VIEW,
        _P.MODIFY,
        _P.MONITOR,
        _P.USAGE,
    ),
    ObjectKind.TABLE: (
        _P.APPLYBUDGET,
        _P.DELETE,
        _P.EVOLVE_SCHEMA,
        _P.INSERT,
        _P.REBUILD,
        _P.REFERENCES,
        _P.SELECT,
        _P.TRUNCATE,
        _P.UPDATE,
    ),
    ObjectKind.VIEW: (_P.REFERENCES, _P.SELECT),
    ObjectKind.SEQUENCE: (_P.USAGE,),
    ObjectKind.STAGE: (_P.READ, _P.USAGE, _P.WRITE),
    ObjectKind.FILE_FORMAT: (_P.USAGE,),
    ObjectKind.WAREHOUSE: (_P.APPLYBUDGET, _P.MODIFY, _P.MONITOR, _P.OPERATE, _P.USAGE),
    ObjectKind.RESOURCE_MONITOR: (_P.MODIFY, _P.MONITOR),
    ObjectKind.ROLE: (_P.USAGE,),
    ObjectKind.USER: (_P.MONITOR,),
}
"""What ALL [PRIVILEGES] means on a kind; OWNERSHIP is granted by name only."""


def applies(privilege: Privilege, body: Body) -> bool:
    """Whether an object can be granted a privilege of its kind: USAGE is of external stages, others not.

    Source: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege (usage notes).
    """
    if not isinstance(body, StageBody) or privilege is Privilege.OWNERSHIP:
        return True
    return (privilege is Privilege.USAGE) == body.is_external


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A privilege on an object.

    Attributes:
        privilege: what it allows.
        on: id of the object; 0 is the account.
        to: id of the role that has it.
        grant_option: whether the role may grant it on.
        granted_by: id of the role that granted it; 0 for the system.
        created_on: when.
    """

    privilege: Privilege
    on: int
    to: int
    grant_option: bool = False
    granted_by: int = 0
    created_on: datetime


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A role granted to a role or a user.

    Attributes:
        role: id of the role that is granted.
        to: id of the role or user that has it.
        granted_by: id of the role that granted it; 0 for the system.
        created_on: when.
    """

    role: int
    to: int
    granted_by: int = 0
    created_on: datetime


@dataclass(frozen=True, kw_only=True)
class FutureGrant:
    """A privilege on every object of a kind that comes to be in a container.

    Attributes:
        privilege: what it allows.
        kind: kind of the objects.
        within: id of the schema or database.
        to: id of the role that will have it.
        grant_option: whether the role may grant it on.
        created_on: when.
    """

    privilege: Privilege
    kind: ObjectKind
    within: int
    to: int
    grant_option: bool = False
    created_on: datetime
