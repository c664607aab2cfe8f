"""What one lifecycle of one type needs to know, and the ground that it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snowflake.connector import SnowflakeConnection

    from slipway_sandbox.provider.contract import Properties, Session

ABSENT = "NOWHERE"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """An account, a database with one schema and a role of the test's own, and somebody else's connection.

    Attributes:
        session: the provider's.
        connection: of the witness, who is not Pulumi.
        name: a name that nobody else uses; the database, its schema S and the role are called after it.
    """

    session: Session
    connection: SnowflakeConnection
    name: str

    @property
    def database(self) -> str:
        """The database."""
        return f"{self.name}_DB"

    @property
    def role(self) -> str:
        """The role."""
        return f"{self.name}_ROLE"

    def role_of_sysadmins(self) -> str:
        """The role, granted to SYSADMIN: else what it owns would be seen by nobody but itself."""
        self.run("GRANT ROLE ~_ROLE TO ROLE SYSADMIN")
        return self.role

    def monitor(self, suffix: str) -> str:
        """A resource monitor that somebody else has made."""
        self.run(f"CREATE RESOURCE MONITOR ~_{suffix}")
        return f"{self.name}_{suffix}"

    def stage(self) -> str:
        """A stage that somebody else has made."""
        self.run("CREATE STAGE ~_DB.S.INCOMING")
        return f'"{self.database}"."S"."INCOMING"'

    def run(self, sql: str) -> list[dict[str, Any]]:
        """A statement by somebody else than Pulumi; ``~`` stands for the name."""
        cursor = self.connection.cursor()
        cursor.execute(sql.replace("~", self.name))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One type's lifecycle.

    Attributes:
        type: the type's short name.
        inputs: what the program says.
        id: the id, with ``~`` for the name; "" where it is random.
        seen: the statement that shows the object to a witness.
        pick: what to look at in its rows.
        first: what is seen after creation.
        change: the inputs of the update; empty when nothing changes in place.
        second: what is seen after the update.
        drift: the statement of somebody else that changes the object.
        drifted: the outputs that show it.
        not_imported: inputs that the account cannot tell.
        absent: an id of the right form that leads nowhere; "" where every id leads somewhere.
        title: tells the cases of one type apart.
    """

    type: str
    inputs: Callable[[Ground], Properties]
    id: str
    seen: str
    pick: Callable[[list[dict[str, Any]]], Any]
    first: Any
    change: Mapping[str, Any] = field(default_factory=dict)
    second: Any = None
    drift: str = ""
    drifted: Mapping[str, Any] = field(default_factory=dict)
    not_imported: frozenset[str] = frozenset()
    absent: str = f'"{ABSENT}"'
    title: str = ""

    @property
    def token(self) -> str:
        """The Pulumi type."""
        return f"snowflake:index/{self.type[0].lower()}{self.type[1:]}:{self.type}"

    def __str__(self) -> str:
        return f"{self.type} {self.title}".strip()


def only(*columns: str) -> Callable[[list[dict[str, Any]]], Any]:
    """The columns of the one row that is there; None when there is none."""

    def pick(rows: list[dict[str, Any]]) -> Any:
        if not rows:
            return None
        (row,) = rows
        values = tuple(row[column] for column in columns)
        return values[0] if len(values) == 1 else values

    return pick


def privileges_of(role: str) -> Callable[[list[dict[str, Any]]], Any]:
    """The privileges that a role, whose name ends so, has by rows of SHOW GRANTS."""
    return lambda rows: sorted(row["privilege"] for row in rows if row["grantee_name"].endswith(role))
