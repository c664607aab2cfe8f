"""Every physical name of the platform, with the length that its service allows.

Names are decided here, those of builds and events in `flow_naming`, of masked clones in `pool_naming`, and
nowhere else: a component that spelled its own would sooner or later collide with another environment's. An
account-level Snowflake name carries its environment, because the three environments are databases of one
Snowflake account.
"""

from dataclasses import dataclass, replace
from typing import Final

from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError
from slipway.model.tags import PLATFORM_PIPELINE

# Limits, each in its user guide: S3 bucket naming, IAM quotas, DynamoDB naming, Snowflake identifiers.
_BUCKET_MAX: Final = 63
_ROLE_MAX: Final = 64
_TABLE_MAX: Final = 255
_SNOWFLAKE_MAX: Final = 255

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

PIPELINES: Final = "pipelines"
"""The subject of the Snowflake role that holds the role of each pipeline."""

_DUTIES: Final = frozenset(
    {APPROVE, AUDIT, BREAK_GLASS, BUILD, CHECK, CHECK_BATCH, DEPLOY, EVENTS, OBSERVE, SIGN}
)
_SERVICES: Final = frozenset({AIRFLOW, NETWORK, SPARK, SPARK_NODE, SPARK_SERVICE})
_SNOWFLAKE_ROLES: Final = frozenset({ANALYST, CI, JANITOR, PIPELINES})

PLATFORM_SUBJECTS: Final = _DUTIES | _SERVICES | _SNOWFLAKE_ROLES | {CHECKPOINTS, PLATFORM_PIPELINE}
"""What the platform's own roles, logs, folders and tags are named after; no pipeline may be called so."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Physical names in one stack.

    Attributes:
        organization: short lower-case name of the company; S3 names are global, so they begin with it.
        stack: the stack whose resources are named.
        account_id: AWS account of the stack.
    """

    organization: str
    stack: StackName
    account_id: str

    def bucket(self, role: str) -> str:
        """Name a platform bucket; the account id keeps it unique among all of AWS."""
        return _within(f"{self.organization}-{self.stack}-{role}-{self.account_id}", _BUCKET_MAX, "S3 bucket")

    @property
    def airflow_environment(self) -> str:
        """Name the MWAA environment of this stack."""
        return f"slipway-{self.stack}"

    def airflow_log_group(self, module: str) -> str:
        """Name the log group of a part of that Airflow; MWAA gives no choice."""
        return f"airflow-{self.airflow_environment}-{module}"

    def airflow_variable(self, variable: str) -> str:
        """Name the secret that Airflow reads a variable from."""
        return f"{self.secrets(AIRFLOW)}/variables/{variable}"

    def airflow_connection(self, pipeline: str) -> str:
        """Name the secret that Airflow reads the connection `pipeline-<name>` from."""
        return f"{self.secrets(AIRFLOW)}/connections/pipeline-{pipeline}"

    def data_bucket(self, logical: str) -> str:
        """Name the bucket that a dataset `s3://<logical>/...` stands for in this stack."""
        return _within(f"{self.organization}-{self.stack}-{logical}", _BUCKET_MAX, "S3 bucket")

    @property
    def lake_key_alias(self) -> str:
        """Name the KMS key of the estate that encrypts those buckets."""
        return f"alias/{self.organization}-{self.stack}-data"

    def table(self, role: str) -> str:
        """Name a DynamoDB table."""
        return _within(f"slipway-{self.stack}-{role}", _TABLE_MAX, "DynamoDB table")

    def role(self, subject: str) -> str:
        """Name an IAM role after what uses it."""
        return _within(f"slipway-{self.stack}-{subject}", _ROLE_MAX, "IAM role")

    def role_arn(self, subject: str) -> str:
        """Return the ARN that `role(subject)` has or will have."""
        return f"arn:aws:iam::{self.account_id}:role/{self.role(subject)}"

    @property
    def role_pattern(self) -> str:
        """Return the pattern that the ARNs of all roles of this stack match."""
        return self.role_arn("*")

    @property
    def operator_role(self) -> str:
        """Name the role that Pulumi works with; no pattern of the platform's own roles matches it."""
        return f"slipway-operator-{self.stack}"

    @property
    def operator_role_arn(self) -> str:
        """Return the ARN that the operator's role has or will have."""
        return f"arn:aws:iam::{self.account_id}:role/{self.operator_role}"

    @property
    def account_stack(self) -> str:
        """Name the CloudFormation stack of what the account needs before Pulumi can work in it."""
        return f"slipway-bootstrap-{self.stack}"

    @property
    def github_issuer_arn(self) -> str:
        """Return the ARN that GitHub's issuer of identities has or will have in this account."""
        return f"arn:aws:iam::{self.account_id}:oidc-provider/{GITHUB_ISSUER}"

    @property
    def boundary(self) -> str:
        """Name the managed policy that bounds the roles of this stack."""
        return f"slipway-{self.stack}-boundary"

    def build_project(self, duty: str) -> str:
        """Name the CodeBuild project of a duty, and the group of its reports."""
        return f"slipway-{self.stack}-{duty}"

    def build_project_arn(self, duty: str, region: str) -> str:
        """Return the ARN that the CodeBuild project of a duty has or will have."""
        return f"arn:aws:codebuild:{region}:{self.account_id}:project/{self.build_project(duty)}"

    def secret_pattern(self, subject: str) -> str:
        """Return the ARNs that a secret `slipway/<stack>/<subject>` can have: AWS appends six letters."""
        return f"arn:aws:secretsmanager:*:{self.account_id}:secret:slipway/{self.stack}/{subject}-??????"

    def of(self, stack: StackName, account_id: str) -> "Naming":
        """Return the names of another stack of the same organization."""
        return replace(self, stack=stack, account_id=account_id)

    def deploy_role_arn(self, environment: Environment, account_id: str) -> str:
        """Return the ARN that the deploy role of another stack's environment has or will have."""
        return self.of(StackName(environment.value), account_id).role_arn(DEPLOY)

    def image_repository(self, role: str) -> str:
        """Name an ECR repository."""
        return f"slipway-{self.stack}-{role}"

    @property
    def trail(self) -> str:
        """Name the CloudTrail trail of this stack's account."""
        return f"slipway-{self.stack}"

    def trail_arn(self, stack: StackName, account_id: str, region: str) -> str:
        """Return the ARN that the trail of a stack, this one or another, has or will have."""
        return f"arn:aws:cloudtrail:{region}:{account_id}:trail/{self.of(stack, account_id).trail}"

    def state_secrets_alias(self, stack: StackName) -> str:
        """Name the key of a stack's Pulumi secrets, as the stack file's `secretsprovider` spells it."""
        return f"alias/slipway-pulumi-{stack}"

    def key_alias(self, role: str) -> str:
        """Name a KMS alias."""
        return f"alias/slipway-{self.stack}-{role}"

    def log_group(self, subject: str) -> str:
        """Name a CloudWatch log group."""
        return f"/slipway/{self.stack}/{subject}"

    def alarm(self, subject: str, signal: str) -> str:
        """Name a CloudWatch alarm after what is watched and for what."""
        return f"slipway-{self.stack}-{subject}-{signal}"

    @property
    def dashboard(self) -> str:
        """Name the CloudWatch dashboard of this stack."""
        return f"slipway-{self.stack}"

    @property
    def budget(self) -> str:
        """Name the AWS budget of this stack's account."""
        return f"slipway-{self.stack}"

    def spark_application(self, kind: str) -> str:
        """Name an EMR Serverless application after the kind of jobs that it runs."""
        return f"slipway-{self.stack}-{kind}"

    def security_group(self, role: str) -> str:
        """Name a security group after what is in it."""
        return f"slipway-{self.stack}-{role}"

    def topic(self, role: str) -> str:
        """Name an SNS topic."""
        return f"slipway-{self.stack}-{role}"

    def secrets(self, subject: str) -> str:
        """Name the folder of the secrets of whoever uses them."""
        return f"slipway/{self.stack}/{subject}"

    def snowflake_database(self, logical: str) -> str:
        """Name the database that a dataset's logical database stands for in this stack."""
        return _within(f"{logical.upper()}_{self.stack.value.upper()}", _SNOWFLAKE_MAX, "Snowflake database")

    @property
    def snowflake_prefix(self) -> str:
        """Return how the names of this stack's roles, warehouses, users and monitors begin."""
        return self.snowflake_account_object("")

    def snowflake_account_object(self, subject: str) -> str:
        """Name a role, warehouse, user or monitor: they are the account's, so they carry the environment."""
        name = f"{self.organization}_{self.stack}_{subject}".replace("-", "_").upper()
        return _within(name, _SNOWFLAKE_MAX, "Snowflake account object")


def repository_name(workspace: str) -> str:
    """Name the repository of a workspace, below its owner on GitHub."""
    return f"{workspace}-pipelines"


def ci_databases(logical: str) -> str:
    """Return what the names of all databases of pull requests' builds on a logical database begin with."""
    return f"{logical}_CI_".upper()


def ci_database(logical: str, tree: str, attempt: str) -> str:
    """Name the database that a pull request's build has to itself.

    Args:
        logical: the dataset's logical database.
        tree: id of the git tree that is built; its first twelve digits are told.
        attempt: tells two runs on one tree apart.
    """
    name = f"{ci_databases(logical)}{tree[:12]}_{attempt}".upper()
    return _within(name, _SNOWFLAKE_MAX, "Snowflake database")


def access_role(database: str, schema: str, level: str) -> str:
    """Name the Snowflake role that reaches one schema.

    The doubled underscores are in no other name of a role: a pipeline's has single ones only.

    Args:
        database: physical name; it carries the environment.
        schema: the schema in it.
        level: how far the role reaches.
    """
    return _within(f"{database}__{schema}__{level}".upper(), _SNOWFLAKE_MAX, "Snowflake role")


def _within(name: str, limit: int, kind: str) -> str:
    """Refuse a name that its service would refuse later, half-way through an update."""
    if len(name) > limit:
        raise DefinitionError(
            f"{kind} name '{name}' has {len(name)} characters; {limit} are allowed",
            remedy=f"shorten the pipeline's or the organization's name by {len(name) - limit} characters",
        )
    return name
