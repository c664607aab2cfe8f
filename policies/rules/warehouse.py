"""Snowflake: compute that stops by itself and is watched, and data that can be had back."""

import re
from collections.abc import Iterator
from typing import Final

from policies.rules.place import Amount, ByEnvironment, environment_of
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Resource, Rule, Violation, every
from policies.rules.statements import EXECUTE, statements_of
from policies.rules.values import number, said, stored
from slipway.model.environment import Environment
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_WAREHOUSE: Final = "snowflake:index/warehouse:Warehouse"
_MONITOR: Final = "snowflake:index/resourceMonitor:ResourceMonitor"
_ACCOUNT: Final = "snowflake:index/currentAccount:CurrentAccount"
_DATABASE: Final = "snowflake:index/database:Database"
_SCHEMA: Final = "snowflake:index/schema:Schema"
_TABLE: Final = "snowflake:index/table:Table"
_CLONE: Final = "slipway:warehouse:ZeroCopyClone"

# What Snowflake does where nothing is said: CREATE WAREHOUSE, and its parameter DATA_RETENTION_TIME_IN_DAYS.
_SUSPEND_SECONDS: Final = 600
_RETENTION_DAYS: Final = 1
_UNSET: Final = -1
"""What the provider writes for a number that nobody gave."""

_TRIGGERS: Final = ("suspendTrigger", "suspendImmediateTrigger")
_TRANSIENT: Final = re.compile(r"\bCREATE\s+(OR\s+(REPLACE|ALTER)\s+)?TRANSIENT\b", re.IGNORECASE)
_CLONING: Final = re.compile(r"\bCREATE\b.*\bCLONE\b", re.IGNORECASE | re.DOTALL)


class SuspendLimits(Frozen):
    """How long compute is paid that nobody uses.

    Attributes:
        seconds: at most; Snowflake takes at least a minute for each start.
    """

    seconds: Amount = 60


class WatchLimits(Frozen):
    """Which compute a budget must never stop.

    Attributes:
        ways_back: how the names of warehouses end that nothing may suspend, and no monitor has to watch.
    """

    ways_back: tuple[str, ...] = ("_ROLLBACK",)


class TimeTravelLimits(ByEnvironment):
    """How far back data can be had at least, in days.

    Attributes:
        dev: in dev, and where there is no environment.
        staging: in staging.
        prod: in prod, where a release is undone within a week.
    """

    dev: Amount = 1
    staging: Amount = 1
    prod: Amount = 7


def _awake(resource: Resource, limits: SuspendLimits) -> Iterator[str]:
    seconds = number(resource.properties.get("autoSuspend"), _SUSPEND_SECONDS)
    if seconds == _UNSET:
        seconds = _SUSPEND_SECONDS
    if not seconds:
        yield f"{resource.told} never suspends; it has to, after {limits.seconds} idle seconds at most"
    elif seconds > limits.seconds:
        yield f"{resource.told} suspends after {said(seconds)} idle seconds; it has {limits.seconds} at most"
    if not resource.properties.get("initiallySuspended"):
        yield f"{resource.told} starts when it is made; it has to be initially suspended"


def _unwatched(resource: Resource, limits: WatchLimits) -> Iterator[str]:
    if not _is_way_back(resource, limits) and not resource.properties.get("resourceMonitor"):
        yield f"{resource.told} has no resource monitor; all but the way back has one"


def _is_way_back(resource: Resource, limits: WatchLimits) -> bool:
    return stored(resource.properties.get("name")).endswith(limits.ways_back)


def _stoppable(graph: Graph, watched: Node, limits: WatchLimits) -> Iterator[Violation]:
    if _must_run(watched.resource, limits):
        for monitor in _monitors(graph, watched):
            yield from _stops(monitor, watched)


def _must_run(resource: Resource, limits: WatchLimits) -> bool:
    """A monitor of the account stops whatever there is, production among it."""
    is_prod = environment_of(resource.urn) is Environment.PROD
    return resource.type == _ACCOUNT or is_prod or _is_way_back(resource, limits)


def _monitors(graph: Graph, watched: Node) -> list[Node]:
    sources = watched.sources.get("resourceMonitor", ())
    found = [monitor for monitor in graph.of(_MONITOR) if monitor.resource.urn in sources]
    if found:
        return found
    name = stored(watched.resource.properties.get("resourceMonitor"))
    return [each for each in graph.of(_MONITOR) if stored(each.resource.properties.get("name")) == name]


def _stops(monitor: Node, watched: Node) -> Iterator[Violation]:
    for trigger in _TRIGGERS:
        percent = number(monitor.resource.properties.get(trigger))
        if percent is not None:
            yield Violation(
                urn=watched.resource.urn,
                message=f"{watched.resource.told} is stopped by {monitor.resource.told} at {said(percent)} % "
                "of its credits; nothing may suspend production or the way back",
            )


def _forgetful(resource: Resource, limits: TimeTravelLimits) -> Iterator[str]:
    """A schema or a table that says nothing has what its database has."""
    days = number(resource.properties.get("dataRetentionTimeInDays"), _UNSET)
    if days == _UNSET and resource.type != _DATABASE:
        return
    kept = _RETENTION_DAYS if days == _UNSET else days
    environment = environment_of(resource.urn)
    least = limits.of(environment)
    if kept < least:
        yield f"{resource.told} keeps {said(kept)} days of Time Travel; {environment} keeps {least} at least"


def _transient(resource: Resource, _: NoLimits) -> Iterator[str]:
    if resource.type == EXECUTE:
        if any(map(_TRANSIENT.search, statements_of(resource))):
            yield f"{resource.told} makes something transient; what is governed is permanent"
    elif str(resource.properties.get("isTransient", False)).lower() == "true":
        yield f"{resource.told} is transient: it has no Fail-safe; it has to be permanent"


def _immortal(graph: Graph, node: Node, _: NoLimits) -> Iterator[Violation]:
    resource = node.resource
    if resource.type == _CLONE:
        if not resource.properties.get("expires"):
            yield Violation(
                urn=resource.urn,
                message=f"{resource.told} never expires; a clone has to, so that a janitor drops it",
            )
    elif not _is_of_a_clone(graph, node) and any(map(_CLONING.search, statements_of(resource))):
        yield Violation(
            urn=resource.urn,
            message=f"{resource.told} makes a clone that no janitor knows; it has to be a ZeroCopyClone",
        )


def _is_of_a_clone(graph: Graph, node: Node) -> bool:
    parent = graph.by_urn.get(node.parent)
    return parent is not None and parent.resource.type == _CLONE


_WAREHOUSES: Final = frozenset({_WAREHOUSE})

WAREHOUSE_SUSPENSION: Final = Rule(
    id="warehouse-suspension",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="Compute that waits is paid like compute that works.",
    remedy="Set autoSuspend within the limit and initiallySuspended to true (WorkloadCompute).",
    limits=SuspendLimits,
    judges=_WAREHOUSES,
    violations=_awake,
)
WAREHOUSE_MONITOR: Final = Rule(
    id="warehouse-monitor",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="What no monitor watches shows on the bill first.",
    remedy="Name the monitor of the environment (EnvironmentMonitor).",
    limits=WatchLimits,
    judges=_WAREHOUSES,
    violations=_unwatched,
)
WAREHOUSE_RUNS_ON: Final = GraphRule(
    id="warehouse-runs-on",
    severity=Severity.CRITICAL,
    frameworks=("SOX ITGC",),
    rationale="A budget must not stop production, and least of all the way back.",
    remedy="Let the monitor notify (spentCredits: NOTIFY), and give the way back none.",
    limits=WatchLimits,
    judges=every(_WAREHOUSE, _ACCOUNT),
    violations=_stoppable,
)
TIME_TRAVEL: Final = Rule(
    id="time-travel",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC", "PCI DSS 10.5"),
    rationale="A release is undone with the past of its tables, or not at all.",
    remedy="Set dataRetentionTimeInDays to what the environment keeps (timeTravelDays).",
    limits=TimeTravelLimits,
    judges=frozenset({_DATABASE, _SCHEMA, _TABLE}),
    violations=_forgetful,
)
PERMANENT_DATA: Final = Rule(
    id="permanent-data",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="What is transient keeps a day at most and has no Fail-safe.",
    remedy="Set isTransient to false, and make no transient tables by statements.",
    limits=NoLimits,
    judges=frozenset({_DATABASE, EXECUTE, _SCHEMA}),
    violations=_transient,
)
CLONE_EXPIRY: Final = GraphRule(
    id="clone-expiry",
    severity=Severity.MEDIUM,
    frameworks=("FinOps", "PCI DSS 3.2"),
    rationale="A clone keeps every row that its source has deleted, and is paid for it, until it is dropped.",
    remedy="Give the clone an expiry (slipway:clones.<name>.expires).",
    limits=NoLimits,
    judges=every(_CLONE, EXECUTE),
    violations=_immortal,
)
