"""The stack of one environment: its key, release state, identity, Snowflake database, and its pipelines."""

from components import iam
from components.alerting import AlertTopic, AlertTopicArgs
from components.deploy_role import DeployRole, DeployRoleArgs
from components.encryption_key import EncryptionKey
from components.platform_log import PlatformLog
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.release_state import ReleaseState, ReleaseStateArgs
from components.warehouse.compute import TransformCompute, TransformComputeArgs
from slipway.model.naming import DAGS, DEPLOY, TRANSFORM
from stacks.account import encryption_key, platform_log
from stacks.airflow import deploy_airflow
from stacks.databases import deploy_databases
from stacks.network import deploy_network
from stacks.outputs import EnvironmentOutputs, SharedOutputs, export, read_shared
from stacks.pipelines import Foundation, deploy_pipelines
from stacks.settings import EnvironmentSettings
from stacks.spark import deploy_cluster, deploy_spark
from stacks.workspace import load


def deploy_environment(settings: EnvironmentSettings) -> None:
    """Declare the stack of an environment."""
    workspace = load(settings)
    key = _data_key(settings)
    state = _release_state(settings, key)
    log = platform_log(settings)
    network = deploy_network(settings)
    dags = _dag_bucket(settings, key)
    spark = deploy_spark(settings, network)
    clusters = deploy_cluster(settings, network, key)
    deploy_airflow(settings, workspace, network, spark, clusters, dags=dags, key=key)
    deploy_role = _deploy_role(settings, read_shared(), key, state, log, dags=dags)
    compute = _compute(settings)
    databases = deploy_databases(settings, workspace)
    foundation = Foundation(
        data_key_arn=key.arn,
        alert_topic_arn=_alerts(settings, key).arn,
        warehouse=compute.warehouse_name,
        databases=databases,
    )
    pipelines = deploy_pipelines(settings, workspace, foundation)
    export(
        EnvironmentOutputs(
            data_key_arn=key.arn,
            deploy_role_arn=deploy_role.arn,
            lease_table=state.leases.table_name,
            journal_table=state.journal.table_name,
            document_table=state.documents.table_name,
            dag_bucket=dags.id,
            databases=sorted(databases),
            warehouse=compute.warehouse_name,
            spark_applications=spark.application_ids,
            pipelines={name: made.role.arn for name, made in pipelines.items()},
        )
    )


def _data_key(settings: EnvironmentSettings) -> EncryptionKey:
    tags = settings.platform_tags.classified("restricted")
    alarms = iam.encrypt_for_alarms(settings.account_id)
    groups = settings.naming.airflow_log_group("*")
    logs = iam.encrypt_for_logs(settings.account_id, settings.region, groups)
    return encryption_key(settings, "data", f"Data of {settings.stack}", tags, [alarms, logs])


def _release_state(settings: EnvironmentSettings, key: EncryptionKey) -> ReleaseState:
    args = ReleaseStateArgs(table=settings.naming.table, key_arn=key.arn, tags=settings.platform_tags)
    return ReleaseState("release", args)


def _dag_bucket(settings: EnvironmentSettings, key: EncryptionKey) -> PrivateBucket:
    args = PrivateBucketArgs(
        bucket=settings.naming.bucket(DAGS), key_arn=key.arn, tags=settings.platform_tags
    )
    return PrivateBucket(DAGS, args)


def _deploy_role(
    settings: EnvironmentSettings,
    shared: SharedOutputs,
    key: EncryptionKey,
    state: ReleaseState,
    log: PlatformLog,
    *,
    dags: PrivateBucket,
) -> DeployRole:
    args = DeployRoleArgs(
        role=settings.naming.role(DEPLOY),
        account_id=settings.account_id,
        artifact_bucket_arn=shared.artifact_bucket_arn,
        artifact_key_arn=shared.artifact_key_arn,
        state_table_arns=state.table_arns,
        state_key_arn=key.arn,
        log_group_arn=log.group.arn,
        dag_bucket_arn=dags.arn,
        orchestrator=settings.naming.airflow_environment,
        tags=settings.platform_tags,
    )
    return DeployRole("deploy", args)


def _compute(settings: EnvironmentSettings) -> TransformCompute:
    args = TransformComputeArgs(
        warehouse=settings.naming.snowflake_account_object(TRANSFORM),
        size=settings.warehouse_size,
        statement_limit_seconds=settings.statement_limit_minutes * 60,
        tags=settings.platform_tags,
    )
    return TransformCompute(TRANSFORM, args)


def _alerts(settings: EnvironmentSettings, key: EncryptionKey) -> AlertTopic:
    args = AlertTopicArgs(topic=settings.naming.topic("alerts"), key_arn=key.arn, tags=settings.platform_tags)
    return AlertTopic("alerts", args)
