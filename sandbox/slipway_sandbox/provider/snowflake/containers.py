"""snowflake.Database and snowflake.Schema."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from slipway_sandbox.provider.snowflake.client import snowflake
from slipway_sandbox.provider.snowflake.names import qualified
from slipway_sandbox.provider.snowflake.resource import NamedObject, Setting, a_text, is_said, option, word
from slipway_sandbox.provider.snowflake.shown import parameters, shaped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway_sandbox.provider.contract import Properties, Session, State
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake

_NUMBERS: Final = {
    "dataRetentionTimeInDays": "DATA_RETENTION_TIME_IN_DAYS",
    "maxDataExtensionTimeInDays": "MAX_DATA_EXTENSION_TIME_IN_DAYS",
    "suspendTaskAfterNumFailures": "SUSPEND_TASK_AFTER_NUM_FAILURES",
    "taskAutoRetryAttempts": "TASK_AUTO_RETRY_ATTEMPTS",
    "userTaskMinimumTriggerIntervalInSeconds": "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS",
    "userTaskTimeoutMs": "USER_TASK_TIMEOUT_MS",
}
_WORDS: Final = {
    "enableConsoleOutput": "ENABLE_CONSOLE_OUTPUT",
    "quotedIdentifiersIgnoreCase": "QUOTED_IDENTIFIERS_IGNORE_CASE",
    "replaceInvalidCharacters": "REPLACE_INVALID_CHARACTERS",
    "logEventLevel": "LOG_EVENT_LEVEL",
    "logLevel": "LOG_LEVEL",
    "storageSerializationPolicy": "STORAGE_SERIALIZATION_POLICY",
    "traceLevel": "TRACE_LEVEL",
    "userTaskManagedInitialWarehouseSize": "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
}
_TEXTS: Final = {
    "catalog": "CATALOG",
    "defaultDdlCollation": "DEFAULT_DDL_COLLATION",
    "defaultNotebookComputePoolCpu": "DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU",
    "defaultNotebookComputePoolGpu": "DEFAULT_NOTEBOOK_COMPUTE_POOL_GPU",
    "externalVolume": "EXTERNAL_VOLUME",
}
_SETTINGS: Final = (
    *(Setting(name, sql, word) for name, sql in (_NUMBERS | _WORDS).items()),
    *(Setting(name, sql, a_text) for name, sql in _TEXTS.items()),
    Setting("comment", "COMMENT", a_text),
)
"""All that the SDK declares: a parameter that the account does not know is refused there, by its name."""
_TRANSIENT: Final = "TRANSIENT"
_MANAGED: Final = "MANAGED ACCESS"


class Database(NamedObject):
    """A database; the id is its quoted name."""

    kind = "DATABASE"
    settings = _SETTINGS
    replace_on = frozenset({"isTransient"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Make it, without the schema PUBLIC where the program does not want it."""
        made = super().create(session, name, inputs)
        if inputs.get("dropPublicSchemaOnCreation"):
            snowflake(session).execute(f"DROP SCHEMA {qualified(*self.path(inputs), 'PUBLIC')}")
        return made

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """The words of CREATE."""
        words = list(super().creation(name, inputs))
        return _transient(words, self.kind) if inputs.get("isTransient") else words

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Comment and parameters."""
        del inputs
        rows = api.rows(f"SHOW PARAMETERS IN DATABASE {qualified(*path)}")
        return {
            "comment": row["comment"] or None,
            "isTransient": _TRANSIENT in row["options"],
            **_values(rows),
        }


class Schema(NamedObject):
    """A schema; the id is ``"DATABASE"."SCHEMA"``."""

    kind = "SCHEMA"
    place = ("database",)
    settings = (Setting("pipeExecutionPaused", "PIPE_EXECUTION_PAUSED", word), *_SETTINGS)
    form = '"DATABASE"."SCHEMA"'
    replace_on = frozenset({"database", "isTransient"})
    defaults = MappingProxyType(dict.fromkeys(("isTransient", "withManagedAccess"), "false"))

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """The words of CREATE."""
        first, *rest = super().creation(name, inputs)
        words = [
            first,
            *(["WITH MANAGED ACCESS"] if is_said(inputs.get("withManagedAccess")) else []),
            *rest,
        ]
        return _transient(words, self.kind) if is_said(inputs.get("isTransient")) else words

    def resettings(self, name: str, old: Properties, new: Properties) -> Iterable[str]:
        """Managed access beside the settings."""
        is_managed = is_said(new.get("withManagedAccess"))
        if is_managed != is_said(old.get("withManagedAccess")):
            yield f"ALTER SCHEMA {name} {'ENABLE' if is_managed else 'DISABLE'} MANAGED ACCESS"
        yield from super().resettings(name, old, new)

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Comment, options, parameters, and what SHOW and DESCRIBE say."""
        name = qualified(*path)
        rows = api.rows(f"SHOW PARAMETERS IN SCHEMA {name}")
        inside = api.rows(f"DESCRIBE SCHEMA {name}")
        options = {"isTransient": _TRANSIENT, "withManagedAccess": _MANAGED}
        return {
            **{key: option(inputs, key, is_so=name in row["options"]) for key, name in options.items()},
            "comment": row["comment"] or None,
            **_values(rows),
            "parameters": [parameters("SchemaParameter", rows)],
            "showOutputs": [shaped("SchemaShowOutput", row)],
            "describeOutputs": [shaped("SchemaDescribeOutput", each) for each in inside],
        }


def _transient(words: list[str], kind: str) -> list[str]:
    return [words[0].replace(f"CREATE {kind}", f"CREATE TRANSIENT {kind}", 1), *words[1:]]


def _values(rows: Iterable[Row]) -> Properties:
    """The parameters that the account knows."""
    told = {str(row["key"]): row["value"] for row in rows}
    return {name: int(told[key]) for name, key in _NUMBERS.items() if key in told}
