"""What physical names are made of: duties, services, buckets, tables and logs by the word for each.

`slipway.model.naming` makes names of them; here is only what they are called and what for.
"""

from typing import Final

from slipway.model.tags import PLATFORM_PIPELINE

AIRFLOW: Final = "airflow"
"""The subject of the role that Airflow's workers run with; they assume a pipeline's role from it."""

GITHUB_ISSUER: Final = "token.actions.githubusercontent.com"
"""Who signs the identities of GitHub's workflows; an account knows it once."""

PULUMI_STATE: Final = "state"
"""The role of the bucket of Pulumi's state, and of its key."""

DEPLOY: Final = "deploy"
"""The subject of the role that carries releases into an environment."""

CHECK: Final = "check"
"""The subject of the role that checks what is not merged yet."""

BUILD: Final = "build"
"""The subject of the role that writes artifacts."""

SIGN: Final = "sign"
"""The subject of the role that signs releases."""

APPROVE: Final = "approve"
"""The subject of the role that people approve with."""

OBSERVE: Final = "observe"
"""The subject of the role that measures pipelines and the platform."""

CHECK_BATCH: Final = "check-batch"
"""The subject of the role that starts the builds of one check."""

TICK: Final = "tick"
"""The build that continues deployments which wait; it is the deployer's."""

JANITOR: Final = "janitor"
"""The build that drops what has expired, which is the deployer's; the Snowflake role that masks clones."""

AUDIT: Final = "audit"
"""The subject of the role that proves the records every night."""

EVENTS: Final = "events"
"""The subject of the role that EventBridge starts builds and sends events with."""

BREAK_GLASS: Final = "break-glass"
"""The subject of the role that people mend an environment with in an emergency."""

EVIDENCE: Final = "evidence"
"""The role of the bucket of evidence, approvals and the ledger's locked copies."""

ARTIFACTS: Final = "artifacts"
"""The role of the bucket of artifacts and manifests."""

TRAIL: Final = "trail"
"""The role of the bucket of CloudTrail's log files, and of their key."""

LEDGER: Final = "ledger"
"""The role of the table of the ledger's entries."""

LEDGER_INDEX: Final = "ledger-index"
"""The role of the table that finds the ledger's entries by what they are about."""

SIGNING: Final = "signing"
"""The role of the key that releases, first documents and checkpoints are signed with."""

APPROVALS: Final = "approvals"
"""The role of the key that approvals are signed with."""

LEASES: Final = "leases"
"""The role of an environment's table of leases."""

JOURNAL: Final = "journal"
"""The role of an environment's table of journals."""

DOCUMENTS: Final = "environment-documents"
"""The role of the table of an environment's documents."""

DAGS: Final = "dags"
"""The role of the bucket that an environment's Airflow reads DAG files from."""

DAG_PREFIX: Final = "dags"
"""The folder of DAG files in that bucket."""

CODE: Final = "spark-artifacts"
"""The logical bucket of the estate with the code of Spark jobs, each pipeline's in a folder of its name."""

CHECKPOINTS: Final = "checkpoints"
"""The folder of that bucket in which queries keep their checkpoints, each below its pipeline's name."""

NETWORK: Final = "network"
"""The subject of the role and the log group of a network's flow log."""

SPARK: Final = "spark"
"""The subject of the log group that Spark jobs deliver their logs to."""

SPARK_NODE: Final = "spark-node"
"""The subject of the role of a cluster's nodes; they assume a pipeline's role from it."""

SPARK_SERVICE: Final = "spark-service"
"""The subject of the role that EMR manages clusters with."""

SPARK_LOGS: Final = "spark-logs"
"""The role of the bucket of a cluster's logs."""

TRANSFORM: Final = "transform"
"""The Snowflake compute that an environment's pipelines run on."""

RELEASE: Final = "release"
"""The Snowflake compute that builds and audits candidates: no pipeline waits for a release."""

ROLLBACK: Final = "rollback"
"""The Snowflake compute of the way back: it waits for nothing, and no budget suspends it."""

ANALYST: Final = "analyst"
"""The subject of the Snowflake role of people who read what is published."""

MASK: Final = "mask"
"""The Snowflake compute that masks production's rows for checks."""

CI: Final = "ci"
"""The subject of the Snowflake role, user and compute of pull requests' builds."""

APPLIER: Final = "applier"
"""The subject of the Snowflake role that makes the roles of pipelines; the deployer's user takes it."""

PIPELINES: Final = "pipelines"
"""The subject of the Snowflake role that holds the role of each pipeline."""

_DUTIES: Final = frozenset(
    {APPROVE, AUDIT, BREAK_GLASS, BUILD, CHECK, CHECK_BATCH, DEPLOY, EVENTS, OBSERVE, SIGN}
)
_SERVICES: Final = frozenset({AIRFLOW, NETWORK, SPARK, SPARK_NODE, SPARK_SERVICE})
_SNOWFLAKE_ROLES: Final = frozenset({ANALYST, APPLIER, CI, JANITOR, PIPELINES})

PLATFORM_SUBJECTS: Final = _DUTIES | _SERVICES | _SNOWFLAKE_ROLES | {CHECKPOINTS, PLATFORM_PIPELINE}
"""What the platform's own roles, logs, folders and tags are named after; no pipeline may be called so."""
