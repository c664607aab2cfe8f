"""What an environment's Snowflake is made of: exact children and inputs."""

from dataclasses import replace

import pytest

from components.warehouse.access import SchemaPlace
from components.warehouse.compute import WorkloadCompute, WorkloadComputeArgs
from components.warehouse.environment_monitor import EnvironmentMonitor, EnvironmentMonitorArgs, WhenSpent
from components.warehouse.role import WarehouseRole, WarehouseRoleArgs
from components.warehouse.schema_access import SchemaAccess, SchemaAccessArgs
from components.warehouse.service_user import ServiceUser, ServiceUserArgs
from slipway.model.warehouse_size import WarehouseSize
from tests.doubles.entries import PLATFORM_TAGS
from tests.doubles.pulumi_recorder import record

ROLE = "snowflake:index/accountRole:AccountRole"
GRANT = "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"
MEMBERSHIP = "snowflake:index/grantAccountRole:GrantAccountRole"
OWNERSHIP = "snowflake:index/grantOwnership:GrantOwnership"

COMPUTE = WorkloadComputeArgs(
    warehouse="FINEDGE_DEV_RELEASE",
    size=WarehouseSize.SMALL,
    statement_limit_seconds=3600,
    monitor="FINEDGE_DEV_COMPUTE",
    tags=PLATFORM_TAGS,
)
MONITOR = EnvironmentMonitorArgs(
    monitor="FINEDGE_DEV_COMPUTE", monthly_credits=200, when_spent=WhenSpent.SUSPEND, tags=PLATFORM_TAGS
)
USER = ServiceUserArgs(
    user="FINEDGE_DEV_DEPLOY",
    purpose="Logs deploy in to dev",
    public_keys=["first"],
    role="FINEDGE_DEV_DEPLOY",
    compute="FINEDGE_DEV_RELEASE",
    tags=PLATFORM_TAGS,
)


@pytest.mark.parametrize(("is_loaded", "grants"), [(False, 7), (True, 13)])
def test_a_schema_has_two_roles_and_writing_holds_reading(*, is_loaded: bool, grants: int) -> None:
    """Who writes a schema reads it too, by one membership instead of every grant a second time."""
    args = SchemaAccessArgs(
        place=SchemaPlace(database="FINEDGE_DEV", schema="RAW"),
        is_loaded=is_loaded,
        owner="FINEDGE_DEV_APPLIER",
        tags=PLATFORM_TAGS,
    )
    made = record(lambda: SchemaAccess("finedge-raw", args))
    assert made.counts() == {
        "slipway:warehouse:SchemaAccess": 1,
        "slipway:warehouse:WarehouseRole": 2,
        ROLE: 2,
        GRANT: grants,
        MEMBERSHIP: 1,
        OWNERSHIP: 2,
    }
    assert sorted(
        (each.inputs for each in made.of(OWNERSHIP)), key=lambda given: given["on"]["objectName"]
    ) == [
        {
            "accountRoleName": "FINEDGE_DEV_APPLIER",
            "outboundPrivileges": "COPY",
            "on": {"objectType": "ROLE", "objectName": f"FINEDGE_DEV__RAW__{level}"},
        }
        for level in ("READ", "WRITE")
    ]
    assert {each.inputs["name"] for each in made.of(ROLE)} == {
        "FINEDGE_DEV__RAW__READ",
        "FINEDGE_DEV__RAW__WRITE",
    }
    assert made.one(MEMBERSHIP).inputs == {
        "roleName": "FINEDGE_DEV__RAW__READ",
        "parentRoleName": "FINEDGE_DEV__RAW__WRITE",
    }


def test_a_role_has_its_privileges_and_memberships() -> None:
    """On the account, on a warehouse; what it holds and what holds it."""
    args = WarehouseRoleArgs(
        role="FINEDGE_DEV_CI",
        purpose="Builds pull requests",
        on_account=["CREATE DATABASE"],
        holds={"marts": "FINEDGE_DEV__MARTS__READ"},
        held_by={"administrators": "SYSADMIN"},
        computes={"ci": "FINEDGE_DEV_CI"},
        passes_on={"transform": "FINEDGE_DEV_TRANSFORM"},
        tags=PLATFORM_TAGS,
    )
    made = record(lambda: WarehouseRole("ci", args))
    assert {each.name: each.inputs for each in made.registered if each.custom} == {
        "ci": {"name": "FINEDGE_DEV_CI", "comment": "Builds pull requests"},
        "ci-ci": {
            "accountRoleName": "FINEDGE_DEV_CI",
            "privileges": ["USAGE"],
            "onAccountObject": {"objectType": "WAREHOUSE", "objectName": "FINEDGE_DEV_CI"},
        },
        "ci-transform": {
            "accountRoleName": "FINEDGE_DEV_CI",
            "privileges": ["USAGE"],
            "onAccountObject": {"objectType": "WAREHOUSE", "objectName": "FINEDGE_DEV_TRANSFORM"},
            "withGrantOption": True,
        },
        "ci-account": {
            "accountRoleName": "FINEDGE_DEV_CI",
            "privileges": ["CREATE DATABASE"],
            "onAccount": True,
        },
        "ci-holds-marts": {"roleName": "FINEDGE_DEV__MARTS__READ", "parentRoleName": "FINEDGE_DEV_CI"},
        "ci-held-by-administrators": {"roleName": "FINEDGE_DEV_CI", "parentRoleName": "SYSADMIN"},
    }


@pytest.mark.parametrize("monitor", ["FINEDGE_DEV_COMPUTE", None])
def test_compute_suspends_itself_and_names_its_monitor(monitor: str | None) -> None:
    """Without a monitor no budget ever stops it: that is what a rollback computes on."""
    made = record(lambda: WorkloadCompute("release", replace(COMPUTE, monitor=monitor)))
    assert made.one("snowflake:index/warehouse:Warehouse").inputs == {
        "name": "FINEDGE_DEV_RELEASE",
        "warehouseSize": "SMALL",
        "autoSuspend": 60,
        "autoResume": "true",
        "initiallySuspended": True,
        "statementTimeoutInSeconds": 3600,
        **({"resourceMonitor": monitor} if monitor else {}),
    }


@pytest.mark.parametrize(
    ("when", "suspends"), [(WhenSpent.SUSPEND, {"suspendTrigger": 100}), (WhenSpent.NOTIFY, {})]
)
def test_a_monitor_suspends_only_when_it_is_told_to(when: WhenSpent, suspends: dict[str, int]) -> None:
    """It never suspends at once: a statement that runs is finished."""
    made = record(lambda: EnvironmentMonitor("compute", replace(MONITOR, when_spent=when)))
    assert made.one("snowflake:index/resourceMonitor:ResourceMonitor").inputs == {
        "name": "FINEDGE_DEV_COMPUTE",
        "creditQuota": 200,
        "frequency": "MONTHLY",
        "startTimestamp": "IMMEDIATELY",
        "notifyTriggers": [75, 90, 100],
        **suspends,
    }


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["first"], {"rsaPublicKey": "first"}),
        (["first", "second"], {"rsaPublicKey": "first", "rsaPublicKey2": "second"}),
    ],
)
def test_a_service_user_has_public_keys_and_one_role(keys: list[str], expected: dict[str, str]) -> None:
    """Two keys while they are exchanged; no other role of the user is ever added to a session."""
    made = record(lambda: ServiceUser("deploy", replace(USER, public_keys=keys)))
    assert made.one("snowflake:index/serviceUser:ServiceUser").inputs == {
        "name": "FINEDGE_DEV_DEPLOY",
        "comment": "Logs deploy in to dev",
        "defaultRole": "FINEDGE_DEV_DEPLOY",
        "defaultWarehouse": "FINEDGE_DEV_RELEASE",
        "defaultSecondaryRolesOption": "NONE",
        **expected,
    }
    assert made.one(MEMBERSHIP).inputs == {
        "roleName": "FINEDGE_DEV_DEPLOY",
        "userName": "FINEDGE_DEV_DEPLOY",
    }
