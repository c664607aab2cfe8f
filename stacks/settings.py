"""The configuration of a stack, read once and checked: the only reader of Pulumi's configuration.

A key of the namespace `slipway:` that is not known is refused, and so is a value that does not fit: a typing
mistake must never become a default.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from slipway.model.airflow_capacity import EnvironmentClass
from slipway.model.cost_basis import EnvironmentCostBasis, SharedCostBasis
from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError, UsageError
from slipway.model.naming import Naming
from slipway.model.nearest import did_you_mean
from slipway.model.tags import PLATFORM_PIPELINE, Tags
from stacks.account_values import (
    AccountId,
    EnvironmentAccounts,
    OrganizationName,
    RetentionDays,
    RoleArn,
    TagValue,
)
from stacks.airflow_values import LargestClass, MaxWorkers, MinWorkers
from stacks.build_values import (
    BuildImage,
    ChecksPullRequests,
    RepositoryName,
    Revision,
    SourceConnection,
)
from stacks.cluster_values import ClusterUnits
from stacks.network_values import NETWORKS, EndpointZones, NatGateways, NetworkCidr, Region, Zones
from stacks.provider_settings import account, operator_role, snowflake_account
from stacks.record_values import EvidenceLock, EvidenceYears
from stacks.setting_errors import ELSEWHERE, NAMESPACE, wrong_setting
from stacks.stack_files import networks_beside
from stacks.warehouse_settings import (
    Clones,
    Pool,
    ServiceUserKeys,
    SpentCredits,
    TimeTravelDays,
    WarehouseSizes,
)


def _from_json(value: object) -> object:
    """Pulumi hands a structured value to the program as JSON text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value  # no JSON: the field says that a mapping is wanted


class _StackSettings(BaseModel):
    """What every stack is told.

    Attributes:
        account_id: its AWS account.
        operator_role_arn: the role with which Pulumi, and the platform's commands, work in that account.
        owner: `Owner` tag of what belongs to no pipeline.
        cost_center: `CostCenter` tag of what belongs to no pipeline.
        log_retention_days: how long log groups keep what is written to them.
        monthly_budget: US dollars a month that the stack's AWS account is expected to spend.
        network_cidr: all addresses of its network; none of another stack's.
        zones: in how many availability zones its network stands.
        nat_gateways: ways out to what is not AWS; without one Snowflake and GitHub are out of reach.
        endpoint_zones: in how many zones the endpoints of AWS services have an address.
        build_image: what builds run in, pinned.
        source_connection: ARN of the CodeConnections connection through which builds read GitHub.
        platform_repository: owner/name of the platform's own repository on GitHub.
        platform_revision: which commit or tag of it the builds run.
        snowflake_account: identifier of the account, <organization>-<account>.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    stack: StackName
    account_id: AccountId
    region: Region
    operator_role_arn: RoleArn
    workspace: Path
    organization: OrganizationName
    owner: TagValue
    cost_center: TagValue
    log_retention_days: RetentionDays
    monthly_budget: Annotated[int, Field(ge=1)]
    network_cidr: NetworkCidr
    zones: Zones
    nat_gateways: NatGateways
    endpoint_zones: EndpointZones
    build_image: BuildImage
    source_connection: SourceConnection
    platform_repository: RepositoryName
    platform_revision: Revision
    snowflake_account: str

    @property
    def naming(self) -> Naming:
        """Return the names of this stack."""
        return Naming(organization=self.organization, stack=self.stack, account_id=self.account_id)

    @property
    def platform_tags(self) -> Tags:
        """Return the tags of what belongs to no pipeline."""
        return Tags(
            owner=self.owner,
            pipeline=PLATFORM_PIPELINE,
            criticality="critical",
            cost_center=self.cost_center,
            data_class="internal",
            stack=self.stack,
        )


class SharedSettings(_StackSettings):
    """Settings of what exists once.

    Attributes:
        github_owner: the organization on GitHub in which repository and teams are made.
        evidence_lock_mode: COMPLIANCE, the default of what says no date of its own; nobody shortens it.
        evidence_retention_years: of the same, at least 7 for SOX (17 CFR 210.2-06).
        monthly_credits: Snowflake credits a month that the account monitor announces (it suspends nothing).
        environment_accounts: AWS account of each environment; their deploy roles read artifacts.
        cost: what `slipway cost` assumes; no resource follows from it.
    """

    github_owner: str
    evidence_lock_mode: EvidenceLock
    evidence_retention_years: EvidenceYears
    monthly_credits: Annotated[int, Field(ge=1)]
    environment_accounts: Annotated[EnvironmentAccounts, BeforeValidator(_from_json)]
    cost: Annotated[SharedCostBasis, BeforeValidator(_from_json)]


class EnvironmentSettings(_StackSettings):
    """Settings of an environment.

    Attributes:
        warehouse_sizes: Snowflake compute of each workload; `ci` where pull requests are built.
        monthly_credits: Snowflake credits a month of its compute, without that of rollbacks.
        spent_credits: whether that compute is suspended when they are spent.
        service_user_keys: RSA public keys of the programs that log in to Snowflake.
        clones: zero-copy clones that it keeps, by name.
        check_pool: masked clones of its rows that wait for another environment's checks; None for none.
        time_travel_days: how far back its database can be read and restored (90 needs Enterprise).
        statement_limit_minutes: a Snowflake statement that runs longer is cancelled.
        airflow_smallest_class: what its Airflow has at least, however few pipelines there are.
        airflow_largest_class: what it has at most; more pipelines than that holds are refused.
        airflow_min_workers: Airflow's workers that wait for tasks.
        airflow_max_workers: how many there are at most.
        airflow_protected: whether the deletion of Airflow, with the history of all runs, is refused.
        checks_pull_requests: its account has the role of checks, which run code that nobody has reviewed.
        spark_batch_vcpus: what all batch jobs together take at most.
        spark_streaming_vcpus: what all streaming queries together take at most.
        spark_cluster_units: nodes of an EMR cluster on EC2 at most, in units of four vCPUs; 0 for no cluster.
    """

    warehouse_sizes: Annotated[WarehouseSizes, BeforeValidator(_from_json)]
    monthly_credits: Annotated[int, Field(ge=1)]
    spent_credits: SpentCredits
    service_user_keys: Annotated[ServiceUserKeys, BeforeValidator(_from_json)]
    clones: Annotated[Clones, BeforeValidator(_from_json)]
    check_pool: Annotated[Pool, BeforeValidator(_from_json), Field(validate_default=True)] = None
    time_travel_days: TimeTravelDays
    statement_limit_minutes: Annotated[int, Field(ge=1, le=1440)]
    airflow_smallest_class: EnvironmentClass
    airflow_largest_class: LargestClass
    airflow_min_workers: MinWorkers
    airflow_max_workers: MaxWorkers
    airflow_protected: bool
    checks_pull_requests: ChecksPullRequests
    spark_batch_vcpus: Annotated[int, Field(ge=8, le=4000)]
    spark_streaming_vcpus: Annotated[int, Field(ge=8, le=4000)]
    spark_cluster_units: ClusterUnits
    cost: Annotated[EnvironmentCostBasis, BeforeValidator(_from_json)]

    @property
    def environment(self) -> Environment:
        """Return the environment that the stack makes real."""
        return Environment(self.stack.value)


Settings = SharedSettings | EnvironmentSettings


def load() -> Settings:
    """Read the settings of the stack that Pulumi runs.

    Raises:
        pulumi.RunError: a setting is missing, unknown or wrong; the message names it and the remedy.
    """
    try:
        return parse(pulumi.get_stack(), CONFIG.get(), root=Path.cwd(), now=datetime.now(UTC))
    except (DefinitionError, UsageError) as error:
        raise pulumi.RunError(str(error)) from None


def parse(
    stack: str, configuration: Mapping[str, str], *, root: Path, now: datetime | None = None
) -> Settings:
    """Turn a stack's configuration into settings.

    Args:
        stack: name of the stack.
        configuration: `namespace:key` to text, as Pulumi hands it to a program.
        root: folder of Pulumi.yaml; the workspace is relative to it, and the other stacks' files lie there.
        now: what a moment that has to be past is compared with; None: with nothing.

    Raises:
        UsageError: the stack is none of ours.
        DefinitionError: a setting is missing, unknown or wrong.
    """
    name = _stack_name(stack)
    model = SharedSettings if name is StackName.SHARED else EnvironmentSettings
    values = _own_values(configuration)
    operator = operator_role(configuration, name, values)
    _refuse_unknown(values, model, name)
    if name is StackName.SHARED:
        values["githubOwner"] = configuration.get("github:owner")
    workspace = values.pop("workspace", None)
    try:
        return model.model_validate(
            {
                **values,
                "stack": name,
                "accountId": account(configuration, name),
                "operatorRoleArn": operator,
                "region": configuration.get("aws:region"),
                "snowflakeAccount": snowflake_account(configuration, name, root),
                "workspace": root / str(workspace) if workspace else None,
            },
            context={"now": now, NETWORKS: networks_beside(root, name)},
        )
    except ValidationError as error:
        raise wrong_setting(error, name, root) from None


def _stack_name(stack: str) -> StackName:
    try:
        return StackName(stack)
    except ValueError:
        raise UsageError(
            f"'{stack}' is not a stack of this project: {', '.join(StackName)}",
            remedy=did_you_mean(stack, StackName),
        ) from None


def _own_values(configuration: Mapping[str, str]) -> dict[str, Any]:
    prefix = f"{NAMESPACE}:"
    return {key.removeprefix(prefix): text for key, text in configuration.items() if key.startswith(prefix)}


def _refuse_unknown(values: Mapping[str, Any], model: type[_StackSettings], stack: StackName) -> None:
    settable = {to_camel(field) for field in model.model_fields} - {"stack"} - ELSEWHERE.keys()
    for key in sorted(values.keys() - settable):
        raise DefinitionError(
            f"Pulumi.{stack}.yaml sets '{NAMESPACE}:{key}', which stack '{stack}' does not know",
            remedy=did_you_mean(key, settable),
        )
