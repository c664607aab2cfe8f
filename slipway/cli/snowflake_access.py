"""How the commands log in to Snowflake: the connection's variables as the adapter's settings."""

from collections.abc import Mapping
from pathlib import Path

from slipway.adapters.snowflake import SnowflakeSettings
from slipway.cli.snowflake_settings import KEY_FILE


def settings_of(connection: Mapping[str, str]) -> SnowflakeSettings:
    """Read the settings from `slipway.cli.snowflake_settings.connection_variables`."""
    port = connection.get("SNOWFLAKE_PORT")
    return SnowflakeSettings(
        account=connection["SNOWFLAKE_ACCOUNT"],
        user=connection["SNOWFLAKE_USER"],
        private_key_file=Path(connection[KEY_FILE[0]]),
        role=connection["SNOWFLAKE_ROLE"],
        warehouse=connection["SNOWFLAKE_WAREHOUSE"],
        host=connection.get("SNOWFLAKE_HOST"),
        port=int(port) if port else None,
        protocol=connection.get("SNOWFLAKE_PROTOCOL", "https"),
    )
