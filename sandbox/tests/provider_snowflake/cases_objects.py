"""The lifecycles of objects: databases, schemas, warehouses, monitors, roles."""

import base64
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.provider_snowflake.case import Case, only


@cache
def public_key(_owner: str) -> str:
    """Somebody's public key, as a user's property has it: the account takes nothing else."""
    key = rsa.generate_private_key(65537, 2048).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


OBJECTS = (
    Case(
        type="Database",
        inputs=lambda g: {
            "name": f"{g.name}_NEW",
            "comment": 'it\'s "dev"',
            "dataRetentionTimeInDays": 1,
            "isTransient": False,
            "dropPublicSchemaOnCreation": True,
        },
        id='"~_NEW"',
        seen="SHOW DATABASES LIKE '~_NEW'",
        pick=only("comment", "retention_time"),
        first=('it\'s "dev"', "1"),
        change={"comment": "more", "dataRetentionTimeInDays": 7},
        second=("more", "7"),
        drift="ALTER DATABASE ~_NEW SET DATA_RETENTION_TIME_IN_DAYS = 0 COMMENT = 'somebody''s'",
        drifted={"dataRetentionTimeInDays": 0, "comment": "somebody's"},
        not_imported=frozenset({"dropPublicSchemaOnCreation"}),
    ),
    Case(
        type="Schema",
        inputs=lambda g: {
            "database": g.database,
            "name": "NEW",
            "comment": "first",
            "isTransient": "false",
            "withManagedAccess": "true",
            "dataRetentionTimeInDays": 2,
        },
        id='"~_DB"."NEW"',
        seen="SHOW SCHEMAS LIKE 'NEW' IN DATABASE ~_DB",
        pick=only("comment", "options", "retention_time"),
        first=("first", "MANAGED ACCESS", "2"),
        change={"comment": "second", "withManagedAccess": "false"},
        second=("second", "", "2"),
        drift="ALTER SCHEMA ~_DB.NEW ENABLE MANAGED ACCESS",
        drifted={"withManagedAccess": "true"},
        absent='"NOWHERE"."NEW"',
    ),
    Case(
        type="Warehouse",
        inputs=lambda g: {
            "name": f"{g.name}_WH",
            "warehouseSize": "X-SMALL",
            "autoSuspend": 60,
            "autoResume": "true",
            "initiallySuspended": True,
            "statementTimeoutInSeconds": 3600,
            "comment": "transformations",
        },
        id='"~_WH"',
        seen="SHOW WAREHOUSES LIKE '~_WH'",
        pick=only("size", "state", "auto_suspend", "auto_resume", "comment"),
        first=("X-Small", "SUSPENDED", 60, "true", "transformations"),
        change={"warehouseSize": "MEDIUM", "autoSuspend": 120, "comment": None, "maxClusterCount": 2},
        second=("Medium", "SUSPENDED", 120, "true", ""),
        drift="ALTER WAREHOUSE ~_WH SET WAREHOUSE_SIZE = 'XLARGE' AUTO_RESUME = FALSE",
        drifted={"warehouseSize": "XLARGE", "autoResume": "false"},
        not_imported=frozenset({"initiallySuspended"}),
    ),
    Case(
        type="ResourceMonitor",
        inputs=lambda g: {
            "name": f"{g.name}_RM",
            "creditQuota": 100,
            "frequency": "MONTHLY",
            "startTimestamp": "IMMEDIATELY",
            "notifyTriggers": [50, 90],
            "suspendTrigger": 100,
        },
        id='"~_RM"',
        seen="SHOW RESOURCE MONITORS LIKE '~_RM'",
        pick=only("credit_quota", "frequency", "notify_at", "suspend_at", "suspend_immediately_at"),
        first=("100.00", "MONTHLY", "50%,90%", "100%", None),
        change={"creditQuota": 200, "notifyTriggers": [75], "suspendTrigger": None},
        second=("200.00", "MONTHLY", "75%", None, None),
        drift="ALTER RESOURCE MONITOR ~_RM SET CREDIT_QUOTA = 5",
        drifted={"creditQuota": 5},
        not_imported=frozenset({"startTimestamp"}),
    ),
    Case(
        type="CurrentAccount",
        inputs=lambda g: {"resourceMonitor": g.monitor("ACC")},
        id="current_account",
        seen="SHOW RESOURCE MONITORS LIKE '~_ACC'",
        pick=only("level"),
        first="ACCOUNT",
        drift="ALTER ACCOUNT UNSET RESOURCE_MONITOR",
        drifted={"resourceMonitor": None},
        absent="",
    ),
    Case(
        type="AccountRole",
        inputs=lambda g: {"name": f"{g.name}_R", "comment": "reads"},
        id='"~_R"',
        seen="SHOW ROLES LIKE '~_R'",
        pick=only("comment"),
        first="reads",
        change={"comment": None},
        second="",
        drift="COMMENT ON ROLE ~_R IS 'by hand'",
        drifted={"comment": "by hand"},
    ),
    Case(
        type="ServiceUser",
        inputs=lambda g: {
            "name": f"{g.name}_U",
            "comment": "runs dbt",
            "rsaPublicKey": public_key("first"),
            "defaultRole": g.role,
            "defaultSecondaryRolesOption": "NONE",
            "disabled": "false",
        },
        id='"~_U"',
        seen="SHOW USERS LIKE '~_U'",
        pick=only(
            "type", "comment", "default_role", "default_secondary_roles", "has_rsa_public_key", "disabled"
        ),
        first=("SERVICE", "runs dbt", "~_ROLE", "[]", "true", "false"),
        change={"comment": "runs nothing", "defaultSecondaryRolesOption": "ALL", "disabled": "true"},
        second=("SERVICE", "runs nothing", "~_ROLE", '["ALL"]', "true", "true"),
        drift=f"ALTER USER ~_U SET RSA_PUBLIC_KEY = '{public_key('other')}' COMMENT = 'mine' "
        "DEFAULT_SECONDARY_ROLES = ()",
        drifted={
            "rsaPublicKey": public_key("other"),
            "comment": "mine",
            "defaultSecondaryRolesOption": "NONE",
        },
    ),
    Case(
        type="Execute",
        inputs=lambda g: {
            "execute": f"CREATE TABLE {g.database}.S.MADE (ID INT)",
            "revert": f"DROP TABLE {g.database}.S.MADE",
            "query": f"SHOW TERSE TABLES LIKE 'MADE' IN SCHEMA {g.database}.S",
        },
        id="",
        seen="SHOW TERSE TABLES LIKE 'MADE' IN SCHEMA ~_DB.S",
        pick=only("kind"),
        first="TABLE",
        not_imported=frozenset({"execute", "revert", "query"}),
        absent="",
    ),
)
