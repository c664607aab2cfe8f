"""The stack of one environment: its key, release state, identity, Snowflake database, and its pipelines."""

from components import key_policy
from components.encryption_key import EncryptionKey
from components.key_policy import KeyUsers
from components.network.endpoints import INTERFACES
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.release_state import ReleaseState, ReleaseStateArgs
from slipway.model.flow_naming import build_log_group
from slipway.model.subjects import AIRFLOW, BREAK_GLASS, DAGS, DEPLOY, OBSERVE, SPARK_NODE, SPARK_SERVICE
from slipway.model.tags import PLATFORM_PIPELINE
from slipway.model.workload import Workload
from stacks.account import encryption_key
from stacks.airflow import deploy_airflow, deploy_variables
from stacks.builds import build_place, deploy_check
from stacks.clones import deploy_clones
from stacks.flow import FlowParts, deploy_environment_flow
from stacks.identity import (
    EnvironmentParts,
    deploy_boundary,
    deploy_environment_identity,
    records_role_arn,
)
from stacks.network import deploy_network
from stacks.observability import deploy_alerts, deploy_observability
from stacks.outputs import EnvironmentOutputs, export, read_shared
from stacks.pipelines import Foundation, deploy_pipelines
from stacks.settings import EnvironmentSettings
from stacks.spark import cluster_tags, deploy_cluster, deploy_spark
from stacks.trails import TrailLog, deploy_trail
from stacks.warehouse import deploy_warehouse
from stacks.workspace import load


def deploy_environment(settings: EnvironmentSettings) -> None:
    """Declare the stack of an environment."""
    workspace = load(settings)
    key = _data_key(settings)
    state = _release_state(settings, key)
    shared = read_shared(settings.stack, settings.region)
    boundary = deploy_boundary(
        settings, [records_role_arn(settings, shared), settings.naming.applier_role_arn]
    )
    network = deploy_network(settings, boundary, tuple(INTERFACES), cluster_tags(settings))
    dags = _dag_bucket(settings, key)
    spark = deploy_spark(settings, network)
    clusters = deploy_cluster(settings, network, boundary, key)
    deploy_variables(settings, workspace, spark, key)
    deploy_airflow(settings, workspace, network, spark, clusters, boundary=boundary, dags=dags, key=key)
    parts = EnvironmentParts(key=key, state=state, dags=dags)
    roles = deploy_environment_identity(settings, workspace, shared, parts, boundary)
    topic = deploy_alerts(settings, key)
    deploy_observability(settings, workspace, topic)
    flow = FlowParts(
        place=build_place(settings, network, key),
        roles=roles.by_duty,
        boundary=boundary,
        alert_topic_arn=topic.arn,
    )
    deploy_environment_flow(settings, flow, shared)
    if roles.check:
        deploy_check(settings, flow.place, roles.check, boundary, shared.repository)
    deploy_trail(settings, TrailLog(bucket=shared.trail_bucket, key_arn=shared.trail_key_arn), [dags.arn])
    warehouse = deploy_warehouse(settings, workspace)
    deploy_clones(settings, workspace, warehouse)
    foundation = Foundation(
        data_key_arn=key.arn,
        boundary_arn=boundary.arn,
        alert_topic_arn=topic.arn,
        warehouse=warehouse,
    )
    pipelines = deploy_pipelines(settings, workspace, foundation)
    export(
        EnvironmentOutputs(
            data_key_arn=key.arn,
            deploy_role_arn=roles.deploy.arn,
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
    outside = [settings.operator_role_arn, naming.applier_role_arn]
    users = KeyUsers(encrypt=[*outside, *platform], decrypt=[naming.role_arn(OBSERVE)])
    policy = [
        *key_policy.encryption_policy(account, users),
        key_policy.pipelines_encrypt(account, naming.role_pattern, PLATFORM_PIPELINE),
        key_policy.encrypt_for_alarms(account),
        key_policy.encrypt_for_budgets(account),
        key_policy.encrypt_for_logs(
            account, settings.region, naming.airflow_log_group("*"), build_log_group(naming, "*")
        ),
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
