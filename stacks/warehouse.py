"""The Snowflake of an environment: databases, who reaches them, what computes, and who logs in."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.pipeline.reach import RAW
from components.warehouse.access import Access, AccessLevel, SchemaPlace, deployer_grants
from components.warehouse.compute import WorkloadCompute, WorkloadComputeArgs
from components.warehouse.database import EnvironmentDatabase
from components.warehouse.environment_monitor import EnvironmentMonitor, EnvironmentMonitorArgs
from components.warehouse.role import WarehouseRole, WarehouseRoleArgs
from components.warehouse.schema_access import SchemaAccess, SchemaAccessArgs
from components.warehouse.service_user import ServiceUser, ServiceUserArgs
from slipway.model.check_pool import CheckPool
from slipway.model.dataset import DatasetScheme
from slipway.model.environment import StackName
from slipway.model.subjects import ANALYST, APPLIER, CI, DEPLOY, JANITOR, OBSERVE, PIPELINES
from slipway.model.workload import Workload
from slipway.model.workspace import Workspace
from stacks.databases import deploy_databases
from stacks.settings import EnvironmentSettings
from stacks.warehouse_settings import ServiceUserName

_ADMINISTRATORS = {"administrators": "SYSADMIN"}
"""Snowflake's own role above all that owns data: what it does not hold, nobody administers."""

AccessRoles = Mapping[Access, pulumi.Output[str]]


@dataclass(frozen=True, kw_only=True)
class EnvironmentWarehouse:
    """What pipelines build on.

    Attributes:
        databases: by physical name.
        access: the name of each access role.
        computes: the warehouse of each workload.
        pipelines: the name of the role that holds every pipeline's.
        deploy: the name of the role that carries releases.
        applier: the name of the role that makes the roles of pipelines.
    """

    databases: Mapping[str, EnvironmentDatabase]
    access: AccessRoles
    computes: Mapping[Workload, pulumi.Output[str]]
    pipelines: pulumi.Output[str]
    deploy: pulumi.Output[str]
    applier: pulumi.Output[str]


def deploy_warehouse(settings: EnvironmentSettings, workspace: Workspace) -> EnvironmentWarehouse:
    """Declare everything of Snowflake that is not one pipeline's own."""
    databases = deploy_databases(settings, workspace)
    computes = _computes(settings)
    applier = _applier_role(settings, computes).role_name
    access = _access(settings, databases, applier)
    deploy = _deploy_role(settings, databases, computes)
    pipelines = _pipelines_role(settings, deploy, computes)
    roles = {
        ServiceUserName.AIRFLOW: pipelines.role_name,
        ServiceUserName.DEPLOY: deploy.role_name,
        ServiceUserName.OBSERVE: _observe_role(settings, access, computes).role_name,
    }
    _analyst_role(settings, workspace, access, computes)
    if Workload.CI in computes:
        roles[ServiceUserName.CI] = _ci_role(settings, access, deploy, computes).role_name
    taken: dict[str, pulumi.Input[str]] = {APPLIER: applier}
    if settings.check_pool is not None:
        taken[JANITOR] = _janitor_role(settings, settings.check_pool, access, computes).role_name
    _service_users(settings, roles, computes, {ServiceUserName.DEPLOY: taken})
    return EnvironmentWarehouse(
        databases=databases,
        access=access,
        computes=computes,
        pipelines=pipelines.role_name,
        deploy=deploy.role_name,
        applier=applier,
    )


def _access(
    settings: EnvironmentSettings,
    databases: Mapping[str, EnvironmentDatabase],
    applier: pulumi.Output[str],
) -> AccessRoles:
    made: dict[Access, pulumi.Output[str]] = {}
    for physical, database in databases.items():
        for schema, resource in database.schemas.items():
            args = SchemaAccessArgs(
                place=SchemaPlace(database=physical, schema=schema),
                is_loaded=schema == RAW,
                owner=applier,
                tags=settings.platform_tags,
            )
            # Grants speak of schemas by name, so Pulumi cannot see by itself that the schema comes first.
            after_schema = pulumi.ResourceOptions(depends_on=[resource])
            made |= SchemaAccess(
                f"{database.name}-{schema.lower().replace('_', '-')}", args, after_schema
            ).roles
    return made


def _computes(settings: EnvironmentSettings) -> dict[Workload, pulumi.Output[str]]:
    monitor = EnvironmentMonitor("compute", _monitor(settings)).monitor_name
    return {
        workload: WorkloadCompute(
            workload,
            WorkloadComputeArgs(
                warehouse=settings.naming.snowflake_account_object(workload),
                size=size,
                statement_limit_seconds=settings.statement_limit_minutes * 60,
                monitor=None if workload is Workload.ROLLBACK else monitor,
                tags=settings.platform_tags,
            ),
            pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="slipway:warehouse:TransformCompute")]),
        ).warehouse_name
        for workload, size in settings.warehouse_sizes.items()
    }


def _monitor(settings: EnvironmentSettings) -> EnvironmentMonitorArgs:
    return EnvironmentMonitorArgs(
        monitor=settings.naming.snowflake_account_object("compute"),
        monthly_credits=settings.monthly_credits,
        when_spent=settings.spent_credits,
        tags=settings.platform_tags,
    )


def _deploy_role(
    settings: EnvironmentSettings,
    databases: Mapping[str, EnvironmentDatabase],
    computes: Mapping[Workload, pulumi.Output[str]],
) -> WarehouseRole:
    """It owns what pipelines own, because it holds their roles, and nothing of another environment."""
    args = WarehouseRoleArgs(
        role=settings.naming.snowflake_account_object(DEPLOY),
        purpose=f"Carries releases into {settings.stack}",
        grants=deployer_grants(databases),
        held_by=_ADMINISTRATORS,
        computes=_chosen(computes, Workload.RELEASE, Workload.ROLLBACK),
        tags=settings.platform_tags,
    )
    after_databases = pulumi.ResourceOptions(depends_on=[each.database for each in databases.values()])
    return WarehouseRole(f"warehouse-{DEPLOY}", args, after_databases)


def _applier_role(
    settings: EnvironmentSettings, computes: Mapping[Workload, pulumi.Output[str]]
) -> WarehouseRole:
    """It makes the roles of pipelines and grants them those of schemas, which it owns, and compute.

    It holds none of them. The deployer's role does not hold it: their user takes one role or the other.
    """
    args = WarehouseRoleArgs(
        role=settings.naming.snowflake_account_object(APPLIER),
        purpose=f"Makes the roles of pipelines in {settings.stack}",
        on_account=["CREATE ROLE"],
        held_by=_ADMINISTRATORS,
        passes_on=_chosen(computes, Workload.TRANSFORM),
        tags=settings.platform_tags,
    )
    return WarehouseRole(f"warehouse-{APPLIER}", args)


def _pipelines_role(
    settings: EnvironmentSettings, deploy: WarehouseRole, computes: Mapping[Workload, pulumi.Output[str]]
) -> WarehouseRole:
    args = WarehouseRoleArgs(
        role=settings.naming.snowflake_account_object(PIPELINES),
        purpose=f"Holds the role of each pipeline of {settings.stack}",
        held_by={DEPLOY: deploy.role_name},
        computes=_chosen(computes, Workload.TRANSFORM),
        tags=settings.platform_tags,
    )
    return WarehouseRole(f"warehouse-{PIPELINES}", args)


def _analyst_role(
    settings: EnvironmentSettings,
    workspace: Workspace,
    access: AccessRoles,
    computes: Mapping[Workload, pulumi.Output[str]],
) -> None:
    published = {
        SchemaPlace(database=settings.naming.snowflake_database(dataset.database), schema=dataset.schema)
        for consumer in workspace.consumers
        for dataset in consumer.reads
        if dataset.scheme is DatasetScheme.SNOWFLAKE
    }
    args = WarehouseRoleArgs(
        role=settings.naming.snowflake_account_object(ANALYST),
        purpose=f"Reads what consumers of {settings.stack} read",
        holds=_reading(access, published),
        held_by=_ADMINISTRATORS,
        computes=_chosen(computes, Workload.TRANSFORM),
        tags=settings.platform_tags,
    )
    WarehouseRole(f"warehouse-{ANALYST}", args)


def _observe_role(
    settings: EnvironmentSettings, access: AccessRoles, computes: Mapping[Workload, pulumi.Output[str]]
) -> WarehouseRole:
    """It reads when the newest row of each table came, and changes nothing."""
    args = WarehouseRoleArgs(
        role=settings.naming.snowflake_account_object(OBSERVE),
        purpose=f"Measures how fresh the data of {settings.stack} is",
        holds=_reading(access, {each.place for each in access}),
        held_by=_ADMINISTRATORS,
        computes=_chosen(computes, Workload.TRANSFORM),
        tags=settings.platform_tags,
    )
    return WarehouseRole(f"warehouse-{OBSERVE}", args)


def _ci_role(
    settings: EnvironmentSettings,
    access: AccessRoles,
    deploy: WarehouseRole,
    computes: Mapping[Workload, pulumi.Output[str]],
) -> WarehouseRole:
    """It clones what it reads into databases of its own; the deployer holds it, to drop what it leaves."""
    args = WarehouseRoleArgs(
        role=settings.naming.snowflake_account_object(CI),
        purpose=f"Builds pull requests on clones of {settings.stack}",
        on_account=["CREATE DATABASE"],
        holds=_reading(access, {each.place for each in access}),
        held_by={**_ADMINISTRATORS, DEPLOY: deploy.role_name},
        computes=_chosen(computes, Workload.CI),
        tags=settings.platform_tags,
    )
    return WarehouseRole(f"warehouse-{CI}", args)


def _janitor_role(
    settings: EnvironmentSettings,
    pool: CheckPool,
    access: AccessRoles,
    computes: Mapping[Workload, pulumi.Output[str]],
) -> WarehouseRole:
    """It reads production and masks it into databases of its own.

    It holds the role of the checks that it gives them to, to drop them one day. The deployer's role does not
    hold it: their user takes one role or the other.
    """
    taker = settings.naming.of(StackName(pool.environment.value), settings.account_id)
    args = WarehouseRoleArgs(
        role=settings.naming.snowflake_account_object(JANITOR),
        purpose=f"Masks rows of {settings.stack} for checks in {pool.environment}",
        on_account=["CREATE DATABASE"],
        holds={CI: taker.snowflake_account_object(CI), **_reading(access, {each.place for each in access})},
        held_by=_ADMINISTRATORS,
        computes=_chosen(computes, Workload.MASK),
        tags=settings.platform_tags,
    )
    return WarehouseRole(f"warehouse-{JANITOR}", args)


def _service_users(
    settings: EnvironmentSettings,
    roles: Mapping[ServiceUserName, pulumi.Output[str]],
    computes: Mapping[Workload, pulumi.Output[str]],
    also: Mapping[ServiceUserName, Mapping[str, pulumi.Input[str]]],
) -> None:
    for user, keys in settings.service_user_keys.items():
        args = ServiceUserArgs(
            user=settings.naming.snowflake_account_object(user),
            purpose=f"Logs {user} in to {settings.stack}",
            public_keys=keys,
            role=roles[user],
            compute=computes[_BEGINS_WITH[user]],
            also=also.get(user, {}),
            tags=settings.platform_tags,
        )
        ServiceUser(f"warehouse-{user}", args)


_BEGINS_WITH: Mapping[ServiceUserName, Workload] = {
    ServiceUserName.AIRFLOW: Workload.TRANSFORM,
    ServiceUserName.CI: Workload.CI,
    ServiceUserName.DEPLOY: Workload.RELEASE,
    ServiceUserName.OBSERVE: Workload.TRANSFORM,
}


def _chosen(
    computes: Mapping[Workload, pulumi.Output[str]], *workloads: Workload
) -> dict[str, pulumi.Input[str]]:
    return {workload: computes[workload] for workload in workloads}


def _reading(access: AccessRoles, places: set[SchemaPlace]) -> dict[str, pulumi.Input[str]]:
    return {
        each.key: access[each]
        for each in (Access(place=place, level=AccessLevel.READ) for place in sorted(places))
    }
