"""Who one is in Snowflake, and what the role in use may do in the account."""

from typing import Final

from slipway.adapters.snowflake.session import Driver, Statement
from slipway.model.snowflake_objects import quoted
from slipway.ports.warehouse_login import WarehouseLogin, WarehouseRights

_TAG: Final = "slipway doctor"
_ACCOUNT: Final = "ACCOUNT"


class SnowflakeLogin(WarehouseLogin):
    """Logs in for two statements, and out again.

    Args:
        driver: logs in.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def rights(self) -> WarehouseRights:
        """Ask for user and role, then for the role's own grants."""
        connection = self._driver.connect(_TAG)
        try:
            who = Statement(text="SELECT CURRENT_USER(), CURRENT_ROLE()", subject="who is logged in")
            user, role = (str(value) for value in connection.run(who).rows[0])
            asked = Statement(
                text=f"SHOW GRANTS TO ROLE {quoted(role)}", subject=f"the grants of role {role}"
            )
            answer = connection.run(asked)
        finally:
            connection.close()
        at = {name.lower(): place for place, name in enumerate(answer.columns)}
        on_account = [row for row in answer.rows if row[at["granted_on"]] == _ACCOUNT]
        return WarehouseRights(
            user=user, role=role, privileges=frozenset(str(row[at["privilege"]]) for row in on_account)
        )
