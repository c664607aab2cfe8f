"""The stack of one environment: its key, release state, identity, Snowflake database, and its pipelines."""

from components import iam, key_policy
from components.alerting import AlertTopic, AlertTopicArgs
from components.encryption_key import EncryptionKey
from components.key_policy import KeyUsers
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.release_state import ReleaseState, ReleaseStateArgs
from slipway.model.naming import AIRFLOW, BREAK_GLASS, DAGS, DEPLOY, SPARK_NODE, SPARK_SERVICE
from slipway.model.tags import PLATFORM_PIPELINE
from slipway.model.workload import Workload
from stacks.account import encryption_key, platform_log
from stacks.airflow import deploy_airflow
from stacks.clones import deploy_clones
from stacks.identity import EnvironmentParts, deploy_boundary, deploy_environment_identity
from stacks.network import deploy_network
from stacks.outputs import EnvironmentOutputs, export, read_shared
from stacks.pipelines import Foundation, deploy_pipelines
from stacks.settings import EnvironmentSettings
from stacks.spark import deploy_cluster, deploy_spark
from stacks.trails import TrailLog, deploy_trail
from stacks.warehouse import deploy_warehouse
from stacks.workspace import load


def deploy_environment(settings: EnvironmentSettings) -> None:
    """Declare the stack of an environment."""
    workspace = load(settings)
    key = _data_key(settings)
    state = _release_state(settings, key)
    log = platform_log(settings)
    boundary = deploy_boundary(settings)
    network = deploy_network(settings, boundary)
    dags = _dag_bucket(settings, key)
    spark = deploy_spark(settings, network)
    clusters = deploy_cluster(settings, network, boundary, key)
    deploy_airflow(settings, workspace, network, spark, clusters, boundary=boundary, dags=dags, key=key)
    parts = EnvironmentParts(key=key, state=state, log=log, dags=dags)
    shared = read_shared()
    deploy = deploy_environment_identity(settings, workspace, shared, parts, boundary)
    deploy_trail(settings, TrailLog(bucket=shared.trail_bucket, key_arn=shared.trail_key_arn), [dags.arn])
    warehouse = deploy_warehouse(settings, workspace)
    deploy_clones(settings, workspace, warehouse)
    foundation = Foundation(
        data_key_arn=key.arn,
        boundary_arn=boundary.arn,
        alert_topic_arn=_alerts(settings, key).arn,
        warehouse=warehouse,
    )
    pipelines = deploy_pipelines(settings, workspace, foundation)
    export(
        EnvironmentOutputs(
            data_key_arn=key.arn,
            deploy_role_arn=deploy.arn,
            lease_table=state.leases.table_name,
            journal_table=state.journal.table_name,
            document_table=state.documents.table_name,
            dag_bucket=dags.id,
            databases=sorted(warehouse.databases),
            warehouse=warehouse.computes[Workload.TRANSFORM],
            spark_applications=spark.application_ids,
            pipelines={name: made.role.arn for name, made in pipelines.items()},
        )
    )


def _data_key(settings: EnvironmentSettings) -> EncryptionKey:
    tags = settings.platform_tags.classified("restricted")
    naming, account = settings.naming, settings.account_id
    cluster = (SPARK_NODE, SPARK_SERVICE) if settings.spark_cluster_units else ()
    platform = [naming.role_arn(subject) for subject in (AIRFLOW, BREAK_GLASS, DEPLOY, *cluster)]
    policy = [
        *key_policy.encryption_policy(account, KeyUsers(encrypt=[settings.operator_role_arn, *platform])),
        key_policy.pipelines_encrypt(account, naming.role_pattern, PLATFORM_PIPELINE),
        iam.encrypt_for_alarms(account),
        iam.encrypt_for_logs(account, settings.region, naming.airflow_log_group("*")),
    ]
    return encryption_key(settings, "data", f"Data of {settings.stack}", tags, policy)


def _release_state(settings: EnvironmentSettings, key: EncryptionKey) -> ReleaseState:
    args = ReleaseStateArgs(table=settings.naming.table, key_arn=key.arn, tags=settings.platform_tags)
    return ReleaseState("release", args)


def _dag_bucket(settings: EnvironmentSettings, key: EncryptionKey) -> PrivateBucket:
    args = PrivateBucketArgs(
        bucket=settings.naming.bucket(DAGS), key_arn=key.arn, tags=settings.platform_tags
    )
    return PrivateBucket(DAGS, args)


def _alerts(settings: EnvironmentSettings, key: EncryptionKey) -> AlertTopic:
    args = AlertTopicArgs(topic=settings.naming.topic("alerts"), key_arn=key.arn, tags=settings.platform_tags)
    return AlertTopic("alerts", args)
