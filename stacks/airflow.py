"""The Airflow of an environment: sized by the catalog, in the version that DAG files are tested in."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pulumi

from components.airflow.backend import AirflowVariables, AirflowVariablesArgs
from components.airflow.component import ManagedAirflow, ManagedAirflowArgs
from components.airflow.startup import Startup, script
from components.encryption_key import EncryptionKey
from components.identity.boundary import PermissionBoundary
from components.network.component import Network
from components.private_bucket import PrivateBucket
from components.spark.cluster import SparkCluster
from components.spark.runtime import BATCH, SparkRuntime
from slipway.catalog.dbt_database import logical_database
from slipway.model.airflow_capacity import EnvironmentClass, chosen_class
from slipway.model.airflow_settings import APPLICATION, LOG_PREFIX, ROLE_PREFIX, bucket_variable, lake_buckets
from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError
from slipway.model.pipeline import PartKind
from slipway.model.subjects import AIRFLOW, PIPELINES
from slipway.model.workload import Workload
from slipway.model.workspace import Workspace
from stacks.dbt_packages import dbt_packages
from stacks.settings import EnvironmentSettings

_TOOL: Final = Path(__file__).resolve().parents[1] / "toolchain" / "envs" / "airflow"
_PROVIDERS: Final = ("apache-airflow-providers-amazon",)
"""Packages that DAG files import beside Airflow; MWAA's constraints of its Airflow version pin them."""

_MWAA_SUBNETS: Final = 2


def deploy_airflow(
    settings: EnvironmentSettings,
    workspace: Workspace,
    network: Network,
    spark: SparkRuntime,
    clusters: Sequence[SparkCluster],
    *,
    boundary: PermissionBoundary,
    dags: PrivateBucket,
    key: EncryptionKey,
) -> ManagedAirflow:
    """Declare the environment's Airflow.

    Raises:
        pulumi.RunError: the catalog has more pipelines than the largest class that the settings allow.
    """
    args = ManagedAirflowArgs(
        naming=settings.naming,
        region=settings.region,
        version=airflow_version(),
        options=airflow_options(settings.stack),
        requirements=_PROVIDERS,
        startup=script(_startup(settings, workspace)),
        size=_size(settings, workspace),
        min_workers=settings.airflow_min_workers,
        max_workers=settings.airflow_max_workers,
        bucket=dags.versioning.bucket,  # what comes before versioning has no version to be pinned by
        bucket_arn=dags.arn,
        key_arn=key.arn,
        boundary_arn=boundary.arn,
        spark_application_arns=spark.application_arns,
        spark_cluster_arns=[cluster.arn for cluster in clusters],
        subnet_ids=network.private_subnet_ids[:_MWAA_SUBNETS],
        group_id=network.workload_group_id,
        log_retention_days=settings.log_retention_days,
        protected=settings.airflow_protected,
        tags=settings.platform_tags,
        after=[network, dags],
    )
    return ManagedAirflow(AIRFLOW, args)


def airflow_version() -> str:
    """Return the version of the locked environment that DAG files are tested and tried in."""
    project = tomllib.loads((_TOOL / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pinned,) = (each for each in project["dependencies"] if each.startswith("apache-airflow=="))
    return str(pinned).removeprefix("apache-airflow==")


def deploy_variables(
    settings: EnvironmentSettings, workspace: Workspace, spark: SparkRuntime, key: EncryptionKey
) -> AirflowVariables:
    """Declare what tasks are told about their environment."""
    naming = settings.naming
    buckets = {bucket_variable(each): naming.data_bucket(each) for each in lake_buckets(workspace.pipelines)}
    args = AirflowVariablesArgs(
        naming=naming,
        values={
            **buckets,
            APPLICATION: spark.application_ids[BATCH],
            LOG_PREFIX: naming.log_group(""),
            ROLE_PREFIX: naming.role_arn(""),
        },
        key_arn=key.arn,
        tags=settings.platform_tags,
    )
    return AirflowVariables("variables", args)


def _startup(settings: EnvironmentSettings, workspace: Workspace) -> Startup:
    naming = settings.naming
    return Startup(
        variables={
            "AIRFLOW_CONN_AWS_DEFAULT": "aws://",  # the worker's own role
            "SLIPWAY_ENVIRONMENT": settings.stack.value,
            "SNOWFLAKE_ACCOUNT": settings.snowflake_account,
            "SNOWFLAKE_DATABASE": naming.snowflake_database(logical_database(workspace)),
            "SNOWFLAKE_ROLE": naming.snowflake_account_object(PIPELINES),
            "SNOWFLAKE_USER": naming.snowflake_account_object(AIRFLOW),
            "SNOWFLAKE_WAREHOUSE": naming.snowflake_account_object(Workload.TRANSFORM),
        },
        packages=dbt_packages(),
        region=settings.region,
        secret=naming.secrets(AIRFLOW),
    )


def airflow_options(stack: StackName) -> Mapping[str, str]:
    """Return the options that every Airflow of the platform has, the sandbox's too."""
    told = tomllib.loads((_TOOL / "options.toml").read_text(encoding="utf-8"))
    return {
        f"{section}.{option}": value.replace("<stack>", stack)
        for section, options in told.items()
        for option, value in options.items()
    }


def _size(settings: EnvironmentSettings, workspace: Workspace) -> EnvironmentClass:
    scheduled = sum(1 for pipeline in workspace.pipelines if pipeline.part(PartKind.DAG))
    smallest, largest = settings.airflow_smallest_class, settings.airflow_largest_class
    try:
        return chosen_class(scheduled, smallest, largest, f"Pulumi.{settings.stack}.yaml")
    except DefinitionError as error:
        raise pulumi.RunError(str(error)) from None
