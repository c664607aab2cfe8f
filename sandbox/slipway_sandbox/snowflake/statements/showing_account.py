"""SHOW of what lives in the account: roles, users, warehouses, resource monitors.

Sources: the pages https://docs.snowflake.com/en/sql-reference/sql/show-roles, -users, -warehouses,
-resource-monitors.
"""

from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, SettingsBody, Thing
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.shown import (
    COUNT,
    MOMENT,
    TEXT,
    Asked,
    Row,
    owner,
    told,
    yes,
)
from slipway_sandbox.snowflake.warehouses import state

_ROLES: Final = (
    ("created_on", MOMENT),
    ("name", TEXT),
    ("is_default", TEXT),
    ("is_current", TEXT),
    ("is_inherited", TEXT),
    ("assigned_to_users", COUNT),
    ("granted_to_roles", COUNT),
    ("granted_roles", COUNT),
    ("owner", TEXT),
    ("comment", TEXT),
)
_USER_SETTINGS: Final = (
    "login_name",
    "display_name",
    "first_name",
    "last_name",
    "email",
    "disabled",
    "default_warehouse",
    "default_namespace",
    "default_role",
    "default_secondary_roles",
    "type",
)
_USERS: Final = (
    ("name", TEXT),
    ("created_on", MOMENT),
    *((name, TEXT) for name in _USER_SETTINGS),
    ("comment", TEXT),
    ("owner", TEXT),
    ("has_password", TEXT),
    ("has_rsa_public_key", TEXT),
)
_WAREHOUSES: Final = (
    ("name", TEXT),
    ("state", TEXT),
    ("type", TEXT),
    ("size", TEXT),
    ("min_cluster_count", COUNT),
    ("max_cluster_count", COUNT),
    ("started_clusters", COUNT),
    ("running", COUNT),
    ("queued", COUNT),
    ("is_default", TEXT),
    ("is_current", TEXT),
    ("auto_suspend", COUNT),
    ("auto_resume", TEXT),
    ("available", TEXT),
    ("provisioning", TEXT),
    ("quiescing", TEXT),
    ("other", TEXT),
    ("created_on", MOMENT),
    ("resumed_on", MOMENT),
    ("updated_on", MOMENT),
    ("owner", TEXT),
    ("comment", TEXT),
    ("enable_query_acceleration", TEXT),
    ("query_acceleration_max_scale_factor", COUNT),
    ("resource_monitor", TEXT),
    ("scaling_policy", TEXT),
    ("owner_role_type", TEXT),
    ("resource_constraint", TEXT),
    ("generation", TEXT),
)
_SIZES: Final = {
    "XSMALL": "X-Small",
    "SMALL": "Small",
    "MEDIUM": "Medium",
    "LARGE": "Large",
    "XLARGE": "X-Large",
    "XXLARGE": "2X-Large",
    "XXXLARGE": "3X-Large",
} | {f"X{number}LARGE": f"{number}X-Large" for number in (4, 5, 6)}
_MONITORS: Final = (
    ("name", TEXT),
    ("credit_quota", TEXT),
    ("used_credits", TEXT),
    ("remaining_credits", TEXT),
    ("level", TEXT),
    ("frequency", TEXT),
    ("start_time", TEXT),
    ("end_time", TEXT),
    ("notify_at", TEXT),
    ("suspend_at", TEXT),
    ("suspend_immediately_at", TEXT),
    ("notify_users", TEXT),
    ("created_on", MOMENT),
    ("owner", TEXT),
    ("comment", TEXT),
)
_ACTIONS: Final = {
    "NOTIFY": "notify_at",
    "SUSPEND": "suspend_at",
    "SUSPEND_IMMEDIATE": "suspend_immediately_at",
}


def settings_of(thing: Thing) -> dict[str, str]:
    """What a role, user, warehouse or monitor is set to."""
    return thing.body.settings if isinstance(thing.body, SettingsBody) else {}


def roles(session: Session, wanted: Asked) -> Result:
    """SHOW ROLES: every role of the account, whatever the session may do."""
    catalogue = session.account.catalogue
    inherited = session.authority.roles
    rows: list[Row] = []
    for each in catalogue.children(ACCOUNT, ObjectKind.ROLE):
        holders = [catalogue.things[m.to].kind for m in catalogue.memberships if m.role == each.id]
        rows.append(
            {
                "created_on": each.created_on,
                "name": each.name,
                "is_default": yes(is_so=settings_of(session.user).get("DEFAULT_ROLE") == each.name),
                "is_current": yes(is_so=each.id == session.role),
                "is_inherited": yes(is_so=each.id in inherited and each.id != session.role),
                "assigned_to_users": holders.count(ObjectKind.USER),
                "granted_to_roles": holders.count(ObjectKind.ROLE),
                "granted_roles": len(catalogue.roles_granted_to.get(each.id, ())),
                "owner": owner(session, each),
                "comment": each.comment,
            }
        )
    return told(_ROLES, rows, wanted)


def users(session: Session, wanted: Asked) -> Result:
    """SHOW USERS."""
    return told(_USERS, [_user(session, each) for each in _seen(session, ObjectKind.USER)], wanted)


def warehouses(session: Session, wanted: Asked) -> Result:
    """SHOW WAREHOUSES."""
    found = _seen(session, ObjectKind.WAREHOUSE)
    return told(_WAREHOUSES, [_warehouse(session, each) for each in found], wanted)


def monitors(session: Session, wanted: Asked) -> Result:
    """SHOW RESOURCE MONITORS. Nothing is used here, so no quota is ever reached."""
    found = _seen(session, ObjectKind.RESOURCE_MONITOR)
    return told(_MONITORS, [_monitor(session, each) for each in found], wanted)


def _seen(session: Session, kind: ObjectKind) -> list[Thing]:
    return session.authority.visible(session.account.catalogue.children(ACCOUNT, kind))


def _user(session: Session, user: Thing) -> Row:
    settings = settings_of(user)
    defaults = {"login_name": user.name, "display_name": user.name, "disabled": "false"}
    chosen = {name: settings.get(name.upper(), defaults.get(name, "")) for name in _USER_SETTINGS}
    return chosen | {
        "name": user.name,
        "created_on": user.created_on,
        "disabled": chosen["disabled"].lower(),
        "default_secondary_roles": _secondary(settings.get("DEFAULT_SECONDARY_ROLES")),
        "comment": user.comment,
        "owner": owner(session, user),
        "has_password": str("PASSWORD" in settings).lower(),
        "has_rsa_public_key": str("RSA_PUBLIC_KEY" in settings).lower(),
    }


def _secondary(given: str | None) -> str:
    """The list as SHOW USERS writes it: ["ALL"], also where it was never set, or []."""
    if given is None:
        return '["ALL"]'
    return '["ALL"]' if given.strip("('\")").upper() == "ALL" else "[]"


def _warehouse(session: Session, warehouse: Thing) -> Row:
    settings = settings_of(warehouse)
    size = settings.get("WAREHOUSE_SIZE", "XSMALL").upper().replace("-", "")
    is_started = state(session.account, warehouse) == "STARTED"
    return {
        "name": warehouse.name,
        "state": state(session.account, warehouse),
        "type": settings.get("WAREHOUSE_TYPE", "STANDARD"),
        "size": _SIZES.get(size, size),
        "min_cluster_count": int(settings.get("MIN_CLUSTER_COUNT", "1")),
        "max_cluster_count": int(settings.get("MAX_CLUSTER_COUNT", "1")),
        "started_clusters": int(settings.get("MIN_CLUSTER_COUNT", "1")) if is_started else 0,
        "running": 0,
        "queued": 0,
        "is_default": yes(is_so=settings_of(session.user).get("DEFAULT_WAREHOUSE") == warehouse.name),
        "is_current": yes(is_so=session.warehouse == warehouse.name),
        "auto_suspend": int(settings.get("AUTO_SUSPEND", "600")),
        "auto_resume": settings.get("AUTO_RESUME", "true").lower(),
        "created_on": warehouse.created_on,
        "updated_on": warehouse.altered_on,
        "owner": owner(session, warehouse),
        "comment": warehouse.comment,
        "enable_query_acceleration": settings.get("ENABLE_QUERY_ACCELERATION", "false").lower(),
        "query_acceleration_max_scale_factor": int(settings.get("QUERY_ACCELERATION_MAX_SCALE_FACTOR", "8")),
        "resource_monitor": settings.get("RESOURCE_MONITOR", "null"),
        "scaling_policy": settings.get("SCALING_POLICY", "STANDARD"),
        "owner_role_type": "ROLE",
        "resource_constraint": settings.get("RESOURCE_CONSTRAINT"),
        "generation": settings.get("GENERATION"),
    }


def _monitor(session: Session, monitor: Thing) -> Row:
    settings = settings_of(monitor)
    quota = settings.get("CREDIT_QUOTA", "")
    triggers: dict[str, list[str]] = {}
    for each in filter(None, settings.get("TRIGGERS", "").split(", ")):
        percent, _, action = each.partition(" ")
        triggers.setdefault(_ACTIONS[action], []).append(percent)
    facts: dict[str, object] = {
        "name": monitor.name,
        "credit_quota": f"{float(quota):.2f}" if quota else None,
        "used_credits": "0.00",
        "remaining_credits": f"{float(quota):.2f}" if quota else None,
        "frequency": settings.get("FREQUENCY", "MONTHLY").upper(),
        "start_time": settings.get("START_TIMESTAMP"),
        "end_time": settings.get("END_TIMESTAMP"),
        "created_on": monitor.created_on,
        "owner": owner(session, monitor),
        "comment": monitor.comment,
        "notify_users": settings.get("NOTIFY_USERS", ""),
        "level": settings.get("LEVEL") or _level(session, monitor),
    }
    return facts | {column: ",".join(percents) for column, percents in triggers.items()}


def _level(session: Session, monitor: Thing) -> str | None:
    """WAREHOUSE when one is watched by it."""
    warehouses_ = session.account.catalogue.children(ACCOUNT, ObjectKind.WAREHOUSE)
    watched = {settings_of(each).get("RESOURCE_MONITOR") for each in warehouses_}
    return "WAREHOUSE" if monitor.name in watched else None
