"""Every object of production in Snowflake, and what somebody would try with each who may not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Ask = Callable[[str], list[dict[str, Any]]]

_DATABASE: Final = "FINEDGE_PROD"
_OWN: Final = "FINEDGE_DEV"
_OWN_ROLE: Final = "FINEDGE_DEV_DEPLOY"

_SHOWN: Final = {
    "DATABASE": f"SHOW DATABASES LIKE '{_DATABASE}'",
    "SCHEMA": f"SHOW SCHEMAS IN DATABASE {_DATABASE}",
    "TABLE": f"SHOW TABLES IN DATABASE {_DATABASE}",
    "VIEW": f"SHOW VIEWS IN DATABASE {_DATABASE}",
    "WAREHOUSE": f"SHOW WAREHOUSES LIKE '{_DATABASE}%'",
    "ROLE": f"SHOW ROLES LIKE '{_DATABASE}%'",
    "USER": f"SHOW USERS LIKE '{_DATABASE}%'",
    "RESOURCE MONITOR": f"SHOW RESOURCE MONITORS LIKE '{_DATABASE}%'",
}

_TRIED: Final[Mapping[str, tuple[str, ...]]] = {
    "DATABASE": (
        "CREATE SCHEMA {name}.STOLEN",
        f"CREATE DATABASE {_OWN}_STOLEN CLONE {{name}}",
        "ALTER DATABASE {name} SET DATA_RETENTION_TIME_IN_DAYS = 0",
        "DROP DATABASE {name}",
        f"GRANT USAGE ON DATABASE {{name}} TO ROLE {_OWN_ROLE}",
    ),
    "SCHEMA": (
        "CREATE TABLE {name}.STOLEN (A INT)",
        f"CREATE SCHEMA {_OWN}.STOLEN CLONE {{name}}",
        "DROP SCHEMA {name}",
        f"GRANT SELECT ON FUTURE TABLES IN SCHEMA {{name}} TO ROLE {_OWN_ROLE}",
    ),
    "TABLE": (
        "SELECT * FROM {name}",
        "INSERT INTO {name} SELECT * FROM {name}",
        "DELETE FROM {name}",
        f"CREATE TABLE {_OWN}.MARTS.STOLEN CLONE {{name}}",
        f"ALTER TABLE {{name}} SWAP WITH {_OWN}.MARTS.OF_DEV",
        "DROP TABLE {name}",
    ),
    "VIEW": ("SELECT * FROM {name}", "DROP VIEW {name}"),
    "WAREHOUSE": ("USE WAREHOUSE {name}", "ALTER WAREHOUSE {name} SUSPEND", "DROP WAREHOUSE {name}"),
    "ROLE": (
        "USE ROLE {name}",
        f"GRANT ROLE {{name}} TO ROLE {_OWN_ROLE}",
        f"GRANT ROLE {_OWN_ROLE} TO ROLE {{name}}",
        "DROP ROLE {name}",
    ),
    "USER": ("ALTER USER {name} SET RSA_PUBLIC_KEY = 'MII'", "DROP USER {name}"),
    "RESOURCE MONITOR": (
        "ALTER RESOURCE MONITOR {name} SET CREDIT_QUOTA = 1",
        "DROP RESOURCE MONITOR {name}",
    ),
}


@dataclass(frozen=True, kw_only=True, order=True)
class ProdObject:
    """One object, as SHOW tells it.

    Attributes:
        kind: the word that SQL has for it.
        name: its full name.
    """

    kind: str
    name: str

    def attempts(self) -> Iterator[str]:
        """What somebody would try who may not."""
        return (statement.format(name=self.name) for statement in _TRIED[self.kind])


def prod_objects(ask: Ask) -> list[ProdObject]:
    """Enumerate them, sorted.

    Args:
        ask: runs a statement as somebody who sees everything.
    """
    found = [
        ProdObject(kind=kind, name=_full_name(row))
        for kind, statement in _SHOWN.items()
        for row in ask(statement)
        if row["name"] != "INFORMATION_SCHEMA" and row.get("schema_name") != "INFORMATION_SCHEMA"
    ]
    assert {each.kind for each in found} == _SHOWN.keys(), "a kind of which there is nothing proves nothing"
    return sorted(found)


def _full_name(row: Mapping[str, Any]) -> str:
    parts = [row.get("database_name"), row.get("schema_name"), row["name"]]
    return ".".join(f'"{part}"' for part in parts if part)
