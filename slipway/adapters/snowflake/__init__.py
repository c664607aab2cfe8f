"""The warehouse port on snowflake-connector-python: production SQL, no branch for a sandbox.

Statements are made in `statements` and `information`, run and repeated in `session`, sent in `connector`. The
connector is imported when a warehouse is made, for that takes half a second.
"""

from slipway.adapters.snowflake.settings import SnowflakeSettings
from slipway.adapters.snowflake.warehouse import SnowflakeWarehouse, snowflake_warehouse

__all__ = ["SnowflakeSettings", "SnowflakeWarehouse", "snowflake_warehouse"]
