"""snowflake.Warehouse, snowflake.ResourceMonitor, and which monitor is the account's (CurrentAccount)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.snowflake.client import snowflake
from slipway_sandbox.provider.snowflake.names import listed, qualified
from slipway_sandbox.provider.snowflake.resource import (
    NamedObject,
    Setting,
    SnowflakeType,
    a_text,
    identifier,
    spelt,
    word,
)
from slipway_sandbox.provider.snowflake.shown import has_value, parameters, shaped, text, unsaid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake

_PARAMETERS: Final = {
    "maxConcurrencyLevel": "MAX_CONCURRENCY_LEVEL",
    "statementQueuedTimeoutInSeconds": "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
    "statementTimeoutInSeconds": "STATEMENT_TIMEOUT_IN_SECONDS",
}
_SPELLINGS: Final = {"X2LARGE": "2XLARGE", "XXLARGE": "2XLARGE", "X3LARGE": "3XLARGE", "XXXLARGE": "3XLARGE"}
_NUMBERS: Final = {
    "maxClusterCount": "max_cluster_count",
    "minClusterCount": "min_cluster_count",
    "autoSuspend": "auto_suspend",
    "queryAccelerationMaxScaleFactor": "query_acceleration_max_scale_factor",
}
_WORDS: Final = {
    "warehouseType": "type",
    "scalingPolicy": "scaling_policy",
    "autoResume": "auto_resume",
    "enableQueryAcceleration": "enable_query_acceleration",
    "generation": "generation",
    "resourceConstraint": "resource_constraint",
}


class Warehouse(NamedObject):
    """A warehouse; the id is its quoted name."""

    kind = "WAREHOUSE"
    settings = (
        Setting("warehouseType", "WAREHOUSE_TYPE", word),
        Setting("warehouseSize", "WAREHOUSE_SIZE", a_text),
        Setting("maxClusterCount", "MAX_CLUSTER_COUNT", word),
        Setting("minClusterCount", "MIN_CLUSTER_COUNT", word),
        Setting("scalingPolicy", "SCALING_POLICY", word),
        Setting("autoSuspend", "AUTO_SUSPEND", word),
        Setting("autoResume", "AUTO_RESUME", word),
        Setting("resourceMonitor", "RESOURCE_MONITOR", identifier),
        Setting("enableQueryAcceleration", "ENABLE_QUERY_ACCELERATION", word),
        Setting("queryAccelerationMaxScaleFactor", "QUERY_ACCELERATION_MAX_SCALE_FACTOR", word),
        Setting("generation", "GENERATION", a_text),
        Setting("resourceConstraint", "RESOURCE_CONSTRAINT", word),
        *(Setting(name, sql, word) for name, sql in _PARAMETERS.items()),
        Setting("comment", "COMMENT", a_text),
    )
    defaults = MappingProxyType(
        {
            "warehouseType": "STANDARD",
            "warehouseSize": "XSMALL",
            "maxClusterCount": 1,
            "minClusterCount": 1,
            "scalingPolicy": "STANDARD",
            "autoSuspend": 600,
            "autoResume": "true",
            "enableQueryAcceleration": "false",
            "queryAccelerationMaxScaleFactor": 8,
        }
    )

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """INITIALLY_SUSPENDED is said at the creation only."""
        suspended = inputs.get("initiallySuspended")
        more = [] if suspended is None else [f"INITIALLY_SUSPENDED = {word(suspended)}"]
        return [*super().creation(name, inputs), *more]

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Its properties, parameters, and what SHOW says."""
        rows = api.rows(f"SHOW PARAMETERS IN WAREHOUSE {qualified(*path)}")
        told = {str(each["key"]): int(each["value"]) for each in rows}
        return {
            **{name: _number(row[column]) for name, column in _NUMBERS.items()},
            **{name: _worded(inputs.get(name), row[column]) for name, column in _WORDS.items()},
            **{name: told[key] for name, key in _PARAMETERS.items()},
            "warehouseSize": spelt(inputs.get("warehouseSize"), _size(row["size"]), _size),
            "resourceMonitor": _monitor(inputs.get("resourceMonitor"), row["resource_monitor"]),
            "comment": row["comment"] or None,
            "parameters": [parameters("WarehouseParameter", rows)],
            "showOutputs": [shaped("WarehouseShowOutput", row)],
        }


def _number(value: Any) -> int | None:
    return int(value) if has_value(value) else None


def _worded(given: Any, value: Any) -> str | None:
    return spelt(given, text(value), str.upper) if has_value(value) else None


def _size(size: str) -> str:
    """A size as the provider's enumeration names it: XSMALL for X-Small."""
    plain = size.upper().replace("-", "")
    canonical = _SPELLINGS.get(plain, plain)
    spelled = {"2XLARGE": "XXLARGE", "3XLARGE": "XXXLARGE"}
    return spelled.get(canonical, f"X{canonical[0]}LARGE" if canonical[0].isdecimal() else canonical)


def _monitor(given: Any, real: Any) -> str | None:
    return spelt(given, real, lambda name: name.strip('"')) if has_value(real) else None


def _moment(value: Any) -> str:
    return word(value) if str(value).upper() == "IMMEDIATELY" else a_text(value)


class ResourceMonitor(NamedObject):
    """A resource monitor; the id is its quoted name. Nothing is used in the sandbox: no trigger fires."""

    kind = "RESOURCE MONITOR"
    replace_on = frozenset({"name"})
    settings = (
        Setting("creditQuota", "CREDIT_QUOTA", word),
        Setting("frequency", "FREQUENCY", word),
        Setting("startTimestamp", "START_TIMESTAMP", _moment),
        Setting("endTimestamp", "END_TIMESTAMP", _moment),
        Setting("notifyUsers", "NOTIFY_USERS", lambda value: f"({', '.join(map(identifier, value))})"),
    )

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """Properties, then triggers."""
        first, *clauses = super().creation(name, inputs)
        return [first, *(["WITH", *clauses] if clauses else []), *_triggers(inputs)]

    def resettings(self, name: str, old: Properties, new: Properties) -> Iterable[str]:
        """The triggers of a monitor are given anew, all of them."""
        changed = [each for each in self.settings if new.get(each.input) != old.get(each.input)]
        given = [_reset(each, new.get(each.input)) for each in changed]
        if _triggers(old) != _triggers(new):
            given += _triggers(new)
        if any(given):
            yield f"ALTER RESOURCE MONITOR {name} SET {' '.join(filter(None, given))}"

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Its quota, times and triggers, and what SHOW says; a moment stays as the program wrote it."""
        del api, path
        quota = row["credit_quota"]
        outputs: Properties = {
            "creditQuota": int(float(quota)) if has_value(quota) else None,
            "frequency": _worded(inputs.get("frequency"), row["frequency"]),
            "notifyTriggers": _percents(row["notify_at"]),
            "suspendTrigger": next(iter(_percents(row["suspend_at"])), None),
            "suspendImmediateTrigger": next(iter(_percents(row["suspend_immediately_at"])), None),
            "notifyUsers": [each.strip() for each in text(row["notify_users"]).split(",") if each.strip()],
            "showOutputs": [shaped("ResourceMonitorShowOutput", row)],
        }
        if not inputs:
            outputs |= {
                "startTimestamp": text(row["start_time"]),
                "endTimestamp": text(row["end_time"]) or None,
            }
        return outputs


def _reset(setting: Setting, value: Any) -> str:
    """A property of ALTER RESOURCE MONITOR; what has no UNSET keeps its value, as the real provider says."""
    if value is not None:
        return setting.clause(value)
    return {"creditQuota": "CREDIT_QUOTA = NULL", "notifyUsers": f"NOTIFY_USERS = {listed([])}"}.get(
        setting.input, ""
    )


def _triggers(inputs: Properties) -> list[str]:
    found = [(inputs.get("suspendTrigger"), "SUSPEND")]
    found += [(inputs.get("suspendImmediateTrigger"), "SUSPEND_IMMEDIATE")]
    found += [(percent, "NOTIFY") for percent in inputs.get("notifyTriggers") or []]
    words = [f"ON {percent} PERCENT DO {action}" for percent, action in found if percent is not None]
    return [f"TRIGGERS {' '.join(words)}"] if words else []


def _percents(value: Any) -> list[int]:
    return [int(each.strip().rstrip("%")) for each in text(value).split(",") if each.strip()]


class CurrentAccount(SnowflakeType):
    """What the account itself is set to, of which the sandbox knows its resource monitor; the id is fixed."""

    _ID: Final = "current_account"
    _SETTINGS: Final = (Setting("resourceMonitor", "RESOURCE_MONITOR", identifier),)

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Set what the program says; the rest of the account stays as it is."""
        del name
        self.update(session, self._ID, {}, inputs)
        return State(id=self._ID, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """The monitor that watches the account."""
        rows = snowflake(session).rows("SHOW RESOURCE MONITORS")
        own = next((row["name"] for row in rows if row["level"] == "ACCOUNT"), None)
        monitor = _monitor(inputs.get("resourceMonitor"), own)
        return State(id=id_, outputs=unsaid(self.token) | {"resourceMonitor": monitor})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Set and unset what changed."""
        del id_
        _refuse_others(new)
        api = snowflake(session)
        for each in self._SETTINGS:
            if new.get(each.input) == old.get(each.input):
                continue
            value = new.get(each.input)
            api.execute(f"ALTER ACCOUNT {f'SET {each.clause(value)}' if value else f'UNSET {each.word}'}")

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Unset what the program set: the account itself stays."""
        self.update(session, id_, inputs, {})


def _refuse_others(inputs: Properties) -> None:
    for name in sorted(inputs.keys() - {"resourceMonitor"}):
        raise ProviderFault(
            f"the sandbox's Snowflake account has no {name}",
            remedy="it knows resourceMonitor only: leave it out",
        )
