"""The warehouse in one session: every concern of the port, joined."""

from collections.abc import Callable

from slipway.adapters.snowflake.expiries import SnowflakeExpiries
from slipway.adapters.snowflake.fences import SnowflakeFences
from slipway.adapters.snowflake.generations import SnowflakeGenerations
from slipway.adapters.snowflake.grant_book import SnowflakeGrantBook
from slipway.adapters.snowflake.masked_clones import SnowflakeMaskedClones
from slipway.adapters.snowflake.readings import SnowflakeReadings
from slipway.adapters.snowflake.session import Driver, Session, tell_nobody
from slipway.adapters.snowflake.settings import SnowflakeSettings
from slipway.adapters.snowflake.tagging import SnowflakeStatements
from slipway.model.query_tag import QueryTag
from slipway.ports.warehouse import Warehouse


class SnowflakeWarehouse(
    SnowflakeGenerations,
    SnowflakeExpiries,
    SnowflakeGrantBook,
    SnowflakeReadings,
    SnowflakeStatements,
    SnowflakeFences,
    SnowflakeMaskedClones,
    Warehouse,
):
    """A warehouse that logs in when its first statement is run, and logs in again when its session was lost.

    Args:
        driver: logs in.
        tag: what statements carry outside `tagged`.
    """

    def __init__(self, driver: Driver, tag: QueryTag) -> None:
        super().__init__(Session(driver, tag))

    def close(self) -> None:
        """End the session."""
        self._session.close()


def snowflake_warehouse(
    settings: SnowflakeSettings, tag: QueryTag, told: Callable[[str], None] = tell_nobody
) -> SnowflakeWarehouse:
    """Use a Snowflake account.

    Args:
        settings: where it is, and as whom it is used.
        tag: what statements carry outside `tagged`.
        told: is told, a line each time, that a server which does not answer is tried again.
    """
    from slipway.adapters.snowflake.connector import ConnectorDriver  # noqa: PLC0415 - imports the connector

    return SnowflakeWarehouse(ConnectorDriver(settings, told), tag)
