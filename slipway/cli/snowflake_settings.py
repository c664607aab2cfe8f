"""Reads the connection to Snowflake from the environment: the variables that dbt profiles read too."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from slipway.model.errors import DependencyError

KEY_FILE: Final = ("SNOWFLAKE_PRIVATE_KEY_FILE", "SNOWFLAKE_PRIVATE_KEY_PATH")
"""Snowflake's own tools say FILE, dbt's profiles PATH; either is read, both are handed on."""

_NEEDED: Final = ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_ROLE", "SNOWFLAKE_WAREHOUSE")
_OPTIONAL: Final = ("SNOWFLAKE_HOST", "SNOWFLAKE_PORT", "SNOWFLAKE_PROTOCOL")


class SnowflakeNotConfigured(DependencyError):  # noqa: N818 - it says what is the case
    """The environment does not say how to reach Snowflake."""


def connection_variables(
    environment: Mapping[str, str], *, whose: str, warehouse: str = ""
) -> dict[str, str]:
    """Choose what a tool needs to connect.

    Args:
        environment: the variables of this process.
        whose: who has to log in, such as `the deployer of prod`.
        warehouse: the compute that is used where the variables name none.

    Raises:
        SnowflakeNotConfigured: some are missing, which are named.
    """
    given = {name: environment[name] for name in (*_NEEDED, *_OPTIONAL) if environment.get(name)}
    if warehouse:
        given.setdefault("SNOWFLAKE_WAREHOUSE", warehouse)
    key = next((environment[name] for name in KEY_FILE if environment.get(name)), "")
    missing = [name for name in _NEEDED if name not in given] + ([] if key else [KEY_FILE[0]])
    if missing:
        raise SnowflakeNotConfigured(
            f"the connection to Snowflake is not configured: {', '.join(missing)} not set",
            remedy=f"set them to a key pair and the role of {whose}; for a sandbox: "
            'eval "$(slipway sandbox env)"',
        )
    return given | dict.fromkeys(KEY_FILE, str(Path(key).absolute()))
