"""Rules about Snowflake's compute, and the past of its data."""

from typing import Any

import pytest

from policies.rules.rule import Node
from policies.rules.warehouse import (
    CLONE_EXPIRY,
    PERMANENT_DATA,
    TIME_TRAVEL,
    WAREHOUSE_MONITOR,
    WAREHOUSE_RUNS_ON,
    WAREHOUSE_SUSPENSION,
)
from tests.policies.judged import node_of, urn_of
from tests.policies.placed import Unknown, judged_at, judged_graph, moved

WAREHOUSE = "snowflake:index/warehouse:Warehouse"
MONITOR = "snowflake:index/resourceMonitor:ResourceMonitor"
ACCOUNT = "snowflake:index/currentAccount:CurrentAccount"
DATABASE = "snowflake:index/database:Database"
SCHEMA = "snowflake:index/schema:Schema"
TABLE = "snowflake:index/table:Table"
EXECUTE = "snowflake:index/execute:Execute"
CLONE = "slipway:warehouse:ZeroCopyClone"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (60.0, ""),
        (61.0, "suspends after 61 idle seconds; it has 60 at most"),
        (None, "suspends after 600 idle seconds; it has 60 at most"),
        (-1.0, "suspends after 600 idle seconds; it has 60 at most"),
        (0.0, "never suspends; it has to, after 60 idle seconds at most"),
    ],
)
def test_compute_suspends(seconds: float | None, told: str) -> None:
    """Snowflake's own ten minutes count where nothing is said; zero is never."""
    properties = {"autoSuspend": seconds, "initiallySuspended": True}
    assert judged_at(WAREHOUSE_SUSPENSION, WAREHOUSE, properties) == ([told] if told else [])


def test_a_pack_may_let_compute_wait_longer() -> None:
    """Up to Snowflake's own limit."""
    assert judged_at(WAREHOUSE_SUSPENSION, WAREHOUSE, {"initiallySuspended": True}, seconds=600) == []


@pytest.mark.parametrize("suspended", [None, False])
def test_compute_starts_suspended(suspended: Any) -> None:
    """What nobody has asked anything costs nothing."""
    properties = {"autoSuspend": 60, "initiallySuspended": suspended}
    assert judged_at(WAREHOUSE_SUSPENSION, WAREHOUSE, properties) == [
        "starts when it is made; it has to be initially suspended"
    ]


@pytest.mark.parametrize(
    ("name", "monitor", "found"),
    [
        ("FINEDGE_PROD_TRANSFORM", "M", 0),
        ("FINEDGE_PROD_TRANSFORM", None, 1),
        ("FINEDGE_PROD_TRANSFORM", "", 1),
        ("FINEDGE_PROD_ROLLBACK", None, 0),
        ('"FINEDGE_PROD_ROLLBACK"', None, 0),
        ("finedge_prod_rollback", None, 0),
        ("FINEDGE_ROLLBACK_TRANSFORM", None, 1),
    ],
)
def test_compute_is_watched(name: str, monitor: str | None, found: int) -> None:
    """But for the way back."""
    told = ["has no resource monitor; all but the way back has one"][:found]
    properties = {"name": name, "resourceMonitor": monitor}
    assert judged_at(WAREHOUSE_MONITOR, WAREHOUSE, properties) == told


def test_a_way_back_is_asked_for_nothing() -> None:
    """Not even whether there is a monitor."""
    assert judged_at(WAREHOUSE_MONITOR, WAREHOUSE, Unknown({"name": "X_ROLLBACK"}, "resourceMonitor")) == []
    assert len(judged_at(WAREHOUSE_MONITOR, WAREHOUSE, {"name": "X_ROLLBACK"}, ways_back=["BACK"])) == 0
    assert len(judged_at(WAREHOUSE_MONITOR, WAREHOUSE, {"name": "X_ROLLBACK"}, ways_back=["_HOME"])) == 1


def _monitor(name: str = "M", **triggers: Any) -> Node:
    return node_of(MONITOR, {"name": name, **triggers}, name=name.strip('"').lower())


def _stopped(watched: Node, *others: Node, stack: str = "prod") -> list[str]:
    found = judged_graph(WAREHOUSE_RUNS_ON, [moved(each, stack) for each in (watched, *others)])
    assert all(urn == moved(watched, stack).resource.urn for urn, _ in found)
    return [message.removeprefix(f"{watched.resource.told} ") for _, message in found]


def _watched(name: str = "X_TRANSFORM", monitor: str = "M") -> Node:
    return node_of(WAREHOUSE, {"name": name, "resourceMonitor": monitor})


STOPPED = (
    f"is stopped by {MONITOR} 'm' at {{}} % of its credits; nothing may suspend production or the way back"
)


@pytest.mark.parametrize("trigger", ["suspendTrigger", "suspendImmediateTrigger"])
def test_no_budget_stops_production_or_the_way_back(trigger: str) -> None:
    """Either trigger stops; a monitor that only tells does not."""
    stops = node_of(MONITOR, {"name": "M", trigger: 100.0}, name="m")
    assert _stopped(_watched(), stops) == [STOPPED.format(100)]
    assert _stopped(_watched(), _monitor()) == []
    assert _stopped(_watched(), stops, stack="dev") == []
    assert _stopped(_watched("X_ROLLBACK"), stops, stack="dev") == [STOPPED.format(100)]
    assert _stopped(node_of(ACCOUNT, {"resourceMonitor": "M"}), stops, stack="shared") == [
        STOPPED.format(100)
    ]


def test_both_triggers_are_named() -> None:
    """Each at its percentage."""
    both = _monitor(suspendTrigger=100.0, suspendImmediateTrigger=110.0)
    assert _stopped(_watched(), both) == [STOPPED.format(100), STOPPED.format(110)]


@pytest.mark.parametrize(
    ("monitor", "name", "found"), [("M", '"M"', 1), ('"m"', "M", 1), ("M", "N", 0), ("", "M", 0)]
)
def test_a_monitor_is_found_by_its_name(monitor: str, name: str, found: int) -> None:
    """As Snowflake stores it."""
    assert len(_stopped(_watched(monitor=monitor), _monitor(name, suspendTrigger=100.0))) == found


def test_a_monitor_is_found_by_where_its_name_comes_from() -> None:
    """Before the name is known, and not by another's name."""
    stops, tells = _monitor(suspendTrigger=100.0), _monitor("N")
    for monitor, found in ((stops, 1), (tells, 0)):
        watched = node_of(
            WAREHOUSE, Unknown({"name": "X"}, "resourceMonitor"), resourceMonitor=monitor.resource.urn
        )
        assert len(judged_graph(WAREHOUSE_RUNS_ON, [watched, stops, tells])) == found


@pytest.mark.parametrize(("stack", "least"), [("prod", 7), ("staging", 1), ("dev", 1), ("shared", 1)])
@pytest.mark.parametrize("type_", [DATABASE, SCHEMA, TABLE])
def test_the_past_reaches_far_enough(type_: str, stack: str, least: int) -> None:
    """By environment; the boundary is still far enough."""

    def found(days: float) -> list[str]:
        return judged_at(TIME_TRAVEL, type_, {"dataRetentionTimeInDays": days}, stack=stack)

    environment = "dev" if stack == "shared" else stack
    assert found(float(least)) == []
    assert found(least - 1.0) == [
        f"keeps {least - 1} days of Time Travel; {environment} keeps {least} at least"
    ]


@pytest.mark.parametrize("days", [None, -1.0])
def test_what_says_nothing_has_what_is_around_it(days: float | None) -> None:
    """A database has Snowflake's day."""
    properties = {"dataRetentionTimeInDays": days}
    assert judged_at(TIME_TRAVEL, SCHEMA, properties) == []
    assert judged_at(TIME_TRAVEL, TABLE, properties) == []
    assert judged_at(TIME_TRAVEL, DATABASE, properties, stack="dev") == []
    assert judged_at(TIME_TRAVEL, DATABASE, properties) == [
        "keeps 1 days of Time Travel; prod keeps 7 at least"
    ]


@pytest.mark.parametrize(("environment", "stack"), [("dev", "dev"), ("staging", "staging"), ("prod", "prod")])
def test_a_pack_may_want_more(environment: str, stack: str) -> None:
    """Of each environment by itself."""
    days = {"dataRetentionTimeInDays": 29}
    limits: dict[str, Any] = {environment: 30}
    assert len(judged_at(TIME_TRAVEL, DATABASE, days, stack=stack, **limits)) == 1
    assert judged_at(TIME_TRAVEL, DATABASE, {"dataRetentionTimeInDays": 30}, stack=stack, **limits) == []


@pytest.mark.parametrize("type_", [DATABASE, SCHEMA])
@pytest.mark.parametrize(
    ("value", "found"), [(True, 1), ("true", 1), (False, 0), ("false", 0), ("default", 0), (None, 0)]
)
def test_data_is_permanent(type_: str, value: Any, found: int) -> None:
    """A schema says it in a text."""
    told = ["is transient: it has no Fail-safe; it has to be permanent"][:found]
    assert judged_at(PERMANENT_DATA, type_, {"isTransient": value}) == told
    assert judged_at(PERMANENT_DATA, type_, {}) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("CREATE TRANSIENT TABLE x (a INT)", 1),
        ("create or replace transient table x", 1),
        ("CREATE OR ALTER TRANSIENT TABLE x (a INT)", 1),
        ("CREATE OR\nREPLACE\n  TRANSIENT SCHEMA x", 1),
        ("CREATE /* why */ TRANSIENT TABLE x", 1),
        ("CREATE TABLE transient_rows (a INT)", 0),
        ("CREATE TABLE x (a INT) -- CREATE TRANSIENT TABLE", 0),
        ("CREATE TABLE x /* CREATE TRANSIENT\nTABLE */ (a INT)", 0),
        (None, 0),
    ],
)
def test_no_statement_makes_what_is_transient(statement: str | None, found: int) -> None:
    """The provider's table cannot be; a statement's can."""
    told = ["makes something transient; what is governed is permanent"][:found]
    assert judged_at(PERMANENT_DATA, EXECUTE, {"execute": statement}) == told


@pytest.mark.parametrize(("expires", "found"), [("2026-06-01T00:00:00+00:00", 0), ("", 1), (None, 1)])
def test_a_clone_expires(expires: str | None, found: int) -> None:
    """Or it keeps what its source has deleted for ever."""
    told = f"{CLONE} 'lake' never expires; a clone has to, so that a janitor drops it"
    clone = node_of(CLONE, {"clone": "X", "expires": expires})
    assert judged_graph(CLONE_EXPIRY, [clone]) == [(urn_of(CLONE), told)][:found]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("CREATE DATABASE x CLONE y", 1),
        ("create or replace schema x\nclone y at (offset => -60)", 1),
        ("CREATE TABLE clones (a INT)", 0),
        ("DROP DATABASE clone", 0),
        ("CREATE TABLE x (a INT) -- CLONE", 0),
    ],
)
def test_a_clone_is_made_by_its_component(statement: str, found: int) -> None:
    """Another's statement leaves a clone that nobody drops."""
    clone = node_of(CLONE, {"expires": "2026-06-01T00:00:00+00:00"})
    told = f"{EXECUTE} 'lake' makes a clone that no janitor knows; it has to be a ZeroCopyClone"
    made = {"execute": statement}
    inside = node_of(EXECUTE, made, parent=clone.resource.urn)
    assert judged_graph(CLONE_EXPIRY, [clone, inside]) == []
    other = node_of("slipway:warehouse:WarehouseRole", {})
    for parent in ("urn:else", other.resource.urn):
        outside = node_of(EXECUTE, made, parent=parent)
        assert judged_graph(CLONE_EXPIRY, [clone, other, outside]) == [(urn_of(EXECUTE), told)][:found]
