"""The configuration of a stack, read once and checked: the only reader of Pulumi's configuration.

A key of the namespace `slipway:` that is not known is refused, and so is a value that does not fit: a typing
mistake must never become a default.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from slipway.model.airflow_capacity import EnvironmentClass
from slipway.model.cost_basis import EnvironmentCostBasis, SharedCostBasis
from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError, UsageError
from slipway.model.naming import Naming
from slipway.model.nearest import did_you_mean
from slipway.model.retention import LockMode
from slipway.model.tags import PLATFORM_PIPELINE, Tags
from stacks.account_values import AccountId, EnvironmentAccounts, OrganizationName, RetentionDays, RoleArn
from stacks.airflow_values import LargestClass, MaxWorkers, MinWorkers
from stacks.cluster_values import ClusterUnits
from stacks.network_values import EndpointZones, NatGateways, NetworkCidr, Region, Zones
from stacks.warehouse_settings import Clones, ServiceUserKeys, SpentCredits, TimeTravelDays, WarehouseSizes

NAMESPACE: Final = "slipway"


def _from_json(value: object) -> object:
    """Pulumi hands a structured value to the program as JSON text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value  # no JSON: the field says that a mapping is wanted


class _StackSettings(BaseModel):
    """What every stack is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    stack: StackName
    account_id: AccountId
    region: Region
    operator_role_arn: RoleArn
    workspace: Path
    organization: OrganizationName
    owner: str
    cost_center: str
    log_retention_days: RetentionDays

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
        evidence_lock_mode: COMPLIANCE where an auditor relies on it; GOVERNANCE can be lifted by a principal.
        evidence_retention_years: 7 for SOX (17 CFR 210.2-06).
        monthly_credits: Snowflake credits a month that the account monitor announces (it suspends nothing).
        environment_accounts: AWS account of each environment; their deploy roles read artifacts.
        cost: what `slipway cost` assumes; no resource follows from it.
    """

    evidence_lock_mode: LockMode
    evidence_retention_years: Annotated[int, Field(ge=1, le=100)]
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
        time_travel_days: how far back its database can be read and restored (90 needs Enterprise).
        statement_limit_minutes: a Snowflake statement that runs longer is cancelled.
        network_cidr: all addresses of its network; none of another environment's.
        zones: in how many availability zones its network stands.
        nat_gateways: ways out to what is not AWS; without one Snowflake is out of reach.
        endpoint_zones: in how many zones the endpoints of AWS services have an address.
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
    time_travel_days: TimeTravelDays
    statement_limit_minutes: Annotated[int, Field(ge=1, le=1440)]
    network_cidr: NetworkCidr
    zones: Zones
    nat_gateways: NatGateways
    endpoint_zones: EndpointZones
    airflow_smallest_class: EnvironmentClass
    airflow_largest_class: LargestClass
    airflow_min_workers: MinWorkers
    airflow_max_workers: MaxWorkers
    airflow_protected: bool
    checks_pull_requests: bool
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
        return parse(pulumi.get_stack(), CONFIG.get(), root=Path.cwd())
    except (DefinitionError, UsageError) as error:
        raise pulumi.RunError(str(error)) from None


def parse(stack: str, configuration: Mapping[str, str], *, root: Path) -> Settings:
    """Turn a stack's configuration into settings.

    Args:
        stack: name of the stack.
        configuration: `namespace:key` to text, as Pulumi hands it to a program.
        root: folder of Pulumi.yaml; the workspace is relative to it.

    Raises:
        UsageError: the stack is none of ours.
        DefinitionError: a setting is missing, unknown or wrong.
    """
    name = _stack_name(stack)
    model = SharedSettings if name is StackName.SHARED else EnvironmentSettings
    values = _own_values(configuration)
    _refuse_unknown(values, model, name)
    workspace = values.pop("workspace", None)
    try:
        return model.model_validate(
            {
                **values,
                "stack": name,
                "accountId": _account(configuration, name),
                "operatorRoleArn": _operator_role(configuration, name),
                "region": configuration.get("aws:region"),
                "workspace": root / str(workspace) if workspace else None,
            }
        )
    except ValidationError as error:
        raise _wrong_setting(error, name, root) from None


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
    settable = {to_camel(field) for field in model.model_fields} - {"stack"} - _ELSEWHERE.keys()
    for key in sorted(values.keys() - settable):
        raise DefinitionError(
            f"Pulumi.{stack}.yaml sets '{NAMESPACE}:{key}', which stack '{stack}' does not know",
            remedy=did_you_mean(key, settable),
        )


def _account(configuration: Mapping[str, str], stack: StackName) -> str:
    """Return the one account that the stack's AWS provider is allowed to touch."""
    accounts = json.loads(configuration.get("aws:allowedAccountIds", "[]"))
    if len(accounts) != 1:
        raise DefinitionError(
            f"Pulumi.{stack}.yaml allows {len(accounts)} AWS accounts; a stack has exactly one",
            remedy='set aws:allowedAccountIds to a list of one account id, such as ["111122223333"]',
        )
    return str(accounts[0])


def _operator_role(configuration: Mapping[str, str], stack: StackName) -> Any:
    """Return the role with which Pulumi, and the platform's commands, work in the stack's account."""
    roles = json.loads(configuration.get("aws:assumeRoles", "[]"))
    if len(roles) != 1:
        raise DefinitionError(
            f"Pulumi.{stack}.yaml assumes {len(roles)} roles; a stack is worked on with exactly one",
            remedy="set aws:assumeRoles to a list of one mapping with roleArn; keys are open to that role",
        )
    return roles[0].get("roleArn")


def _wrong_setting(error: ValidationError, stack: StackName, root: Path) -> DefinitionError:
    first = error.errors(include_url=False)[0]
    place = [str(part) for part in first["loc"] if part != "[key]"]
    setting = _ELSEWHERE.get(place[0], f"{NAMESPACE}:{'.'.join(place)}")
    if first["type"] == "missing" or first["input"] is None:
        return DefinitionError(
            f"Pulumi.{stack}.yaml does not set '{setting}'", remedy=_where_to_write(stack, root)
        )
    return DefinitionError(
        f"Pulumi.{stack}.yaml: '{setting}' is wrong: {_reason(first)} (it is {first['input']!r})",
        remedy=_where_to_write(stack, root),
    )


_ELSEWHERE: Final = {
    "region": "aws:region",
    "accountId": "aws:allowedAccountIds",
    "operatorRoleArn": "aws:assumeRoles",
}
"""Settings that are read from another namespace, where the AWS provider reads them too."""


_REASONS: Final = {
    "value_error": "{error}",
    "enum": "it is one of {expected}",
    "int_parsing": "it is a whole number",
    "bool_parsing": "it is true or false",
    "greater_than_equal": "it is at least {ge}",
    "less_than_equal": "it is at most {le}",
    "dict_type": "it is a mapping",
    "list_type": "it is a list",
    "too_short": "it has at least {min_length}",
    "too_long": "it has at most {max_length}",
    "timezone_aware": "it is a moment with its time zone, such as 2026-11-01T06:00:00Z",
    "datetime_from_date_parsing": "it is a moment with its time zone, such as 2026-11-01T06:00:00Z",
    "model_type": "it is a mapping",
    "extra_forbidden": "there is no such field",
    "string_type": "it is a text: write it in quotes",
}
"""What is wrong with a value, by pydantic's name of it, in our words."""


def _reason(details: ErrorDetails) -> str:
    template = _REASONS.get(details["type"], "no such value is known here")
    return template.format(**details.get("ctx", {}))


def _where_to_write(stack: StackName, root: Path) -> str:
    """Name the file to edit: where the program is a folder of links, the one beside what they lead to."""
    source = (root / "Pulumi.yaml").resolve().with_name(f"Pulumi.{stack}.yaml")
    read = root / source.name
    if source == read:
        return f"write it into {source}"
    return f"write it into {source}, and bring the copy that was read up to date ({read})"
