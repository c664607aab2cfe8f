"""Values that a property of a warehouse, user or resource monitor can have; others are refused.

Sources: https://docs.snowflake.com/en/sql-reference/sql/create-warehouse, -user, -resource-monitor.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from slipway_sandbox.snowflake.errors import SnowflakeError, invalid_value

_SIZES: Final = frozenset(
    {
        *("XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE", "XXXLARGE"),
        *("X2LARGE", "X3LARGE", "X4LARGE", "X5LARGE", "X6LARGE"),
        *("2XLARGE", "3XLARGE", "4XLARGE", "5XLARGE", "6XLARGE"),
    }
)
_FREQUENCIES: Final = frozenset({"MONTHLY", "DAILY", "WEEKLY", "YEARLY", "NEVER"})
_NO_KEY: Final = "New public key rejected by current policy. Reason: 'Invalid public key'"


def refuse_impossible(given: Mapping[str, str]) -> None:
    """Refuse a value that a property cannot have; NULL takes a property away.

    Raises:
        SnowflakeError: 1008, one of them.
    """
    for name, value in given.items():
        possible = _POSSIBLE.get(name)
        if possible is not None and value.upper() != "NULL" and not possible(value):
            raise _impossible(name, value)


def _impossible(name: str, value: str) -> SnowflakeError:
    if name.startswith("RSA_PUBLIC_KEY"):
        return invalid_value(_NO_KEY)
    return invalid_value(f"invalid value [{value}] for parameter '{name}'")


def _is_count(value: str) -> bool:
    return value.isdecimal()


def _is_positive(value: str) -> bool:
    return value.isdecimal() and int(value) > 0


def _is_truth(value: str) -> bool:
    return value.upper() in {"TRUE", "FALSE"}


def _is_key(value: str) -> bool:
    """Whether a text is an RSA key, with or without the first and last line of PEM."""
    lines = [line for line in value.strip().splitlines() if not line.startswith("-----")]
    try:
        key = load_der_public_key(base64.b64decode("".join("".join(lines).split()), validate=True))
    except (ValueError, binascii.Error):
        return False
    return isinstance(key, RSAPublicKey)


_POSSIBLE: Final[Mapping[str, Callable[[str], bool]]] = {
    "AUTO_RESUME": _is_truth,
    "AUTO_SUSPEND": _is_count,
    "CREDIT_QUOTA": _is_count,
    "DISABLED": _is_truth,
    "FREQUENCY": lambda value: value.upper() in _FREQUENCIES,
    "INITIALLY_SUSPENDED": _is_truth,
    "MAX_CLUSTER_COUNT": _is_positive,
    "MAX_CONCURRENCY_LEVEL": _is_positive,
    "MIN_CLUSTER_COUNT": _is_positive,
    "QUERY_ACCELERATION_MAX_SCALE_FACTOR": _is_count,
    "RSA_PUBLIC_KEY": _is_key,
    "RSA_PUBLIC_KEY_2": _is_key,
    "SCALING_POLICY": lambda value: value.upper() in {"STANDARD", "ECONOMY"},
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": _is_count,
    "WAREHOUSE_SIZE": lambda value: value.upper().replace("-", "") in _SIZES,
}
