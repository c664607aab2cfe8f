"""Session parameters: those that mean something here, with their defaults and what they may be.

Source: https://docs.snowflake.com/en/sql-reference/parameters
"""

from typing import Final

from slipway_sandbox.snowflake.errors import invalid_value, unsupported

DEFAULTS: Final = {
    "AUTOCOMMIT": "true",
    "LOCK_TIMEOUT": "43200",
    "QUERY_TAG": "",
    "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
    "TIMEZONE": "Etc/UTC",
}
"""Parameter -> its default; the sandbox lives in UTC."""

_NUMBERS: Final = frozenset({"LOCK_TIMEOUT", "STATEMENT_TIMEOUT_IN_SECONDS"})
_UTC: Final = frozenset({"UTC", "ETC/UTC"})
_TRUTHS: Final = frozenset({"true", "false"})


def checked(name: str, value: str, where: str = "ALTER SESSION SET") -> str:
    """A parameter's value as it is kept.

    Args:
        name: the parameter.
        value: what it is set to.
        where: the words of the statement before its name, for messages.

    Raises:
        SnowflakeError: 2, the sandbox does not know what it means; 1008, it cannot be that.
    """
    if name not in DEFAULTS or (name == "TIMEZONE" and value.upper() not in _UTC):
        raise unsupported(f"{where} {name}" + (f" = '{value}'" if name in DEFAULTS else ""))
    kept = value.lower() if name == "AUTOCOMMIT" else value
    if (name in _NUMBERS and not value.isdecimal()) or (name == "AUTOCOMMIT" and kept not in _TRUTHS):
        raise invalid_value(f"invalid value [{value}] for parameter '{name}'")
    return kept
