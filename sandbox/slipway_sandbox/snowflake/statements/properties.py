"""The properties of objects that are set, not queried: which there are, how a statement gives them.

A property that is not here is refused by name: the sandbox must not accept what it then ignores. Sources: the
pages https://docs.snowflake.com/en/sql-reference/sql/create-database, -schema, -warehouse, -user, -role,
-resource-monitor, -stage.
"""

from collections.abc import Mapping
from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import ObjectKind
from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.parameters import DEFAULTS, checked
from slipway_sandbox.snowflake.retention import PARAMETER, given_days
from slipway_sandbox.snowflake.statements.property_values import refuse_impossible
from slipway_sandbox.snowflake.statements.words import Words

_RETENTION: Final = frozenset({PARAMETER, "MAX_DATA_EXTENSION_TIME_IN_DAYS"})
_IDENTITY: Final = frozenset(
    {"LOGIN_NAME", "DISPLAY_NAME", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "EMAIL"}
)
_LOGIN: Final = frozenset({"PASSWORD", "MUST_CHANGE_PASSWORD", "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2"})
_LIMITS: Final = frozenset({"DISABLED", "DAYS_TO_EXPIRY", "MINS_TO_UNLOCK", "MINS_TO_BYPASS_MFA"})
_STARTS: Final = frozenset(
    {"DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_ROLE", "DEFAULT_SECONDARY_ROLES"}
)
_SIZE: Final = frozenset({"WAREHOUSE_TYPE", "WAREHOUSE_SIZE", "GENERATION", "RESOURCE_CONSTRAINT"})
_SCALING: Final = frozenset({"MAX_CLUSTER_COUNT", "MIN_CLUSTER_COUNT", "SCALING_POLICY"})
_SUSPENSION: Final = frozenset({"AUTO_SUSPEND", "AUTO_RESUME", "INITIALLY_SUSPENDED"})
_ACCELERATION: Final = frozenset({"ENABLE_QUERY_ACCELERATION", "QUERY_ACCELERATION_MAX_SCALE_FACTOR"})
_STATEMENTS: Final = frozenset(
    {"MAX_CONCURRENCY_LEVEL", "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "STATEMENT_TIMEOUT_IN_SECONDS"}
)
_SPENDING: Final = frozenset({"CREDIT_QUOTA", "FREQUENCY", "START_TIMESTAMP", "END_TIMESTAMP"})

_KNOWN: Final[Mapping[ObjectKind, frozenset[str]]] = {
    ObjectKind.DATABASE: _RETENTION,
    ObjectKind.SCHEMA: _RETENTION | {"MANAGED_ACCESS"},
    ObjectKind.ROLE: frozenset(),
    ObjectKind.USER: _IDENTITY | _LOGIN | _LIMITS | _STARTS | DEFAULTS.keys() | {"TYPE"},
    ObjectKind.WAREHOUSE: _SIZE | _SCALING | _SUSPENSION | _ACCELERATION | _STATEMENTS | {"RESOURCE_MONITOR"},
    ObjectKind.RESOURCE_MONITOR: _SPENDING | {"NOTIFY_USERS", "TRIGGERS"},
}


def properties(words: Words, kind: ObjectKind | None = None) -> dict[str, str]:
    """The properties that end a statement: NAME = value ...

    Args:
        words: the statement.
        kind: whose properties they are; None leaves the judgement to the caller.

    Raises:
        SnowflakeError: they cannot be read, or the kind has not one of them.
    """
    found: dict[str, str] = {}
    while not words.is_done:
        words.take(",")
        words.take("WITH")
        if words.take("MANAGED", "ACCESS"):
            found["MANAGED_ACCESS"] = "TRUE"
            continue
        if kind is ObjectKind.RESOURCE_MONITOR and words.take("TRIGGERS"):
            found["TRIGGERS"] = _triggers(words)
            continue
        name = words.name()
        words.expect("=")
        found[name] = words.value()
    if PARAMETER in found:
        given_days(found[PARAMETER])
    if kind is not None:
        _refuse_unknown(kind, found)
        refuse_impossible(found)
        return found | _checked(kind, found)
    return found


def _checked(kind: ObjectKind, found: Mapping[str, str]) -> dict[str, str]:
    """The parameters of sessions among the properties, as they are kept; NULL means none."""
    given = {name: value for name, value in found.items() if name in DEFAULTS and value != "NULL"}
    return {name: checked(name, value, f"{kind} ...") for name, value in given.items()}


def names(words: Words, kind: ObjectKind) -> set[str]:
    """The properties that an UNSET names.

    Raises:
        SnowflakeError: the kind has not one of them.
    """
    found = {words.name()}
    while words.take(","):
        found.add(words.name())
    words.end()
    _refuse_unknown(kind, found)
    return found


def _refuse_unknown(kind: ObjectKind, given: Mapping[str, str] | set[str]) -> None:
    for name in sorted(set(given) - _KNOWN[kind] - {"COMMENT"}):
        raise unsupported(f"{kind} ... {name}")


def _triggers(words: Words) -> str:
    """ON n PERCENT DO action ..., as they are kept: "50% NOTIFY, 100% SUSPEND"."""
    found: list[str] = []
    while words.take("ON"):
        percent = words.value()
        words.expect("PERCENT", "DO")
        action = words.take_any("SUSPEND_IMMEDIATE", "SUSPEND", "NOTIFY")
        if not action:
            raise words.unexpected()
        found.append(f"{percent}% {action}")
    return ", ".join(found)
