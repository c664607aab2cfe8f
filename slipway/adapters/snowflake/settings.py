"""Where the warehouse is, and as whom it is used."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class SnowflakeSettings:
    """A connection's settings.

    Attributes:
        account: account identifier, such as `ACME-PROD`.
        user: login name of a service user.
        private_key_file: its RSA key in PKCS 8.
        role: the primary role.
        warehouse: which compute statements run on; None for a session that reads metadata only.
        host: where the account answers; None for Snowflake's own address.
        port: with it; None for the protocol's own.
        protocol: `https`, unless the endpoint is on this machine.
        login_seconds: how long a login may take.
        patience_seconds: how long an unreachable server is tried again.
        lock_seconds: how long a statement waits for another transaction's lock.
        statement_seconds: how long a statement may run; the server ends it then.
    """

    account: str
    user: str
    private_key_file: Path
    role: str
    warehouse: str | None = None
    host: str | None = None
    port: int | None = None
    protocol: str = "https"
    login_seconds: int = 30
    patience_seconds: float = 30
    lock_seconds: int = 300
    statement_seconds: int = 3600

    def address(self) -> dict[str, str | int]:
        """What is not left to the connector."""
        given = {"host": self.host, "port": self.port, "protocol": self.protocol}
        return {name: value for name, value in given.items() if value is not None}
