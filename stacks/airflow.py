"""The Airflow of an environment: sized by the catalog, in the version that DAG files are tested in."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pulumi

from components.airflow.component import ManagedAirflow, ManagedAirflowArgs
from components.encryption_key import EncryptionKey
from components.identity.boundary import PermissionBoundary
from components.network.component import Network
from components.private_bucket import PrivateBucket
from components.spark.cluster import SparkCluster
from components.spark.runtime import SparkRuntime
from slipway.model.airflow_capacity import EnvironmentClass, chosen_class
from slipway.model.errors import DefinitionError
from slipway.model.naming import AIRFLOW
from slipway.model.pipeline import PartKind
from slipway.model.workspace import Workspace
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
        options=airflow_options(),
        requirements=_PROVIDERS,
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
    )
    return ManagedAirflow(AIRFLOW, args)


def airflow_version() -> str:
    """Return the version of the locked environment that DAG files are tested and tried in."""
    project = tomllib.loads((_TOOL / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pinned,) = (each for each in project["dependencies"] if each.startswith("apache-airflow=="))
    return str(pinned).removeprefix("apache-airflow==")


def airflow_options() -> Mapping[str, str]:
    """Return the options that every Airflow of the platform has, the sandbox's too."""
    told = tomllib.loads((_TOOL / "options.toml").read_text(encoding="utf-8"))
    return {
        f"{section}.{option}": value for section, options in told.items() for option, value in options.items()
    }


def _size(settings: EnvironmentSettings, workspace: Workspace) -> EnvironmentClass:
    scheduled = sum(1 for pipeline in workspace.pipelines if pipeline.part(PartKind.DAG))
    smallest, largest = settings.airflow_smallest_class, settings.airflow_largest_class
    try:
        return chosen_class(scheduled, smallest, largest, f"Pulumi.{settings.stack}.yaml")
    except DefinitionError as error:
        raise pulumi.RunError(str(error)) from None
