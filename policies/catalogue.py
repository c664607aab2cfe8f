"""Every rule, listed by hand: a rule that is not here does not exist."""

from typing import Any, Final

from policies.rules import (
    builds,
    clusters,
    compute,
    durability,
    encryption,
    exposure,
    grants,
    identity,
    pipeline_reach,
    pipelines,
    source_control,
    spend,
    warehouse,
)
from policies.rules.approval import APPROVED_COMPOSITION
from policies.rules.rule import AnyRule, GraphRule, OperationRule, Rule
from policies.rules.tagging import REQUIRED_TAGS_RULE

RULES: Final[tuple[Rule[Any], ...]] = (
    REQUIRED_TAGS_RULE,
    encryption.BUCKET_ENCRYPTION_KEY,
    encryption.TABLE_ENCRYPTION_KEY,
    encryption.TOPIC_ENCRYPTION,
    encryption.QUEUE_ENCRYPTION,
    encryption.KEY_ROTATION,
    exposure.PUBLIC_ACCESS_BLOCKED,
    exposure.PUBLIC_ACL,
    exposure.OPEN_INGRESS,
    exposure.PUBLIC_POLICY,
    identity.WILDCARD_RIGHTS,
    identity.PASSED_ROLES,
    identity.ROLE_TRUST,
    identity.ROLE_BOUNDARY,
    durability.VERSIONING_ENABLED,
    durability.OBJECT_LOCK_RETENTION,
    durability.TABLE_DURABILITY,
    durability.DATA_PROTECTED,
    durability.LOG_RETENTION,
    durability.TRAIL_COMPLETE,
    pipeline_reach.PIPELINE_REACH,
    builds.BUILD_PRIVILEGES,
    builds.BUILD_SECRETS,
    builds.BUILD_TIME,
    builds.BUILD_NETWORK,
    builds.BUILD_LOG,
    builds.BUILD_FORKS,
    compute.AIRFLOW_WEB_SERVER,
    compute.AIRFLOW_LOGS,
    compute.AIRFLOW_VERSION,
    compute.AIRFLOW_KEY,
    compute.AIRFLOW_OBJECTS,
    compute.SPARK_RELEASE,
    compute.SPARK_CAPACITY,
    compute.SPARK_AUTO_STOP,
    compute.SPARK_NETWORK,
    clusters.CLUSTER_LOGS,
    clusters.CLUSTER_SECURITY,
    clusters.CLUSTER_ENCRYPTION,
    warehouse.WAREHOUSE_SUSPENSION,
    warehouse.WAREHOUSE_MONITOR,
    warehouse.TIME_TRAVEL,
    warehouse.PERMANENT_DATA,
    grants.NO_PUBLIC_GRANTS,
    grants.LEAST_PRIVILEGES,
    source_control.BRANCH_BYPASS,
    source_control.DEPLOYMENT_REVIEW,
    spend.WAREHOUSE_SIZE,
    spend.AIRFLOW_SIZE,
    spend.SPARK_SIZE,
)
"""Those that look at one resource."""

GRAPH_RULES: Final[tuple[GraphRule[Any], ...]] = (
    encryption.BUCKET_ENCRYPTION,
    exposure.BUCKET_ACCESS_BLOCK,
    identity.MANAGED_RIGHTS,
    durability.BUCKET_VERSIONING,
    durability.EVIDENCE_LOCKED,
    pipelines.PIPELINE_APPROVAL,
    pipelines.PIPELINE_FAILURE_ALARM,
    pipelines.PIPELINE_FRESHNESS,
    pipelines.PIPELINE_ALARM_ACTIONS,
    pipelines.PIPELINE_SILENCE,
    builds.BUILD_UNREVIEWED,
    clusters.CLUSTER_END,
    clusters.CLUSTER_ADDRESSES,
    warehouse.WAREHOUSE_RUNS_ON,
    warehouse.CLONE_EXPIRY,
    source_control.BRANCH_REVIEW,
    spend.BUDGET,
)
"""Those that look at a whole stack."""

STATE_RULES: Final[tuple[Rule[Any] | GraphRule[Any], ...]] = (*RULES, *GRAPH_RULES)
"""Those that look at what there is."""

OPERATION_RULES: Final[tuple[OperationRule[Any], ...]] = (APPROVED_COMPOSITION,)
"""Those that look at what is about to be done."""

ALL_RULES: Final[tuple[AnyRule, ...]] = (*STATE_RULES, *OPERATION_RULES)

WAIVABLE: Final[tuple[str, ...]] = tuple(rule.id for rule in STATE_RULES)
"""Ids of those that a resource may be exempt from; who approves a change nobody waives."""
