"""What of the stack files money depends on: contents of files in, checked values out.

The Pulumi program is the judge of a stack file as a whole (`stacks/settings.py`); this reads the few keys
that an estimate needs, at a commit as well as in a folder, without an engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from slipway.model.airflow_capacity import EnvironmentClass
from slipway.model.check_pool import CheckPool
from slipway.model.cost_basis import EnvironmentCostBasis, SharedCostBasis
from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError
from slipway.model.warehouse_size import WarehouseSize
from slipway.model.workload import Workload

_PROJECT: Final = "Pulumi.yaml"
_Count = Annotated[int, Field(ge=0)]

ReadFile = Callable[[str], bytes | None]
"""Gives a file of the platform's project by its name; None where there is none."""


def stack_file(stack: StackName) -> str:
    """Return the name of a stack's file."""
    return f"Pulumi.{stack}.yaml"


_CONFIG: Final = ConfigDict(
    frozen=True,
    extra="ignore",
    alias_generator=lambda field: f"slipway:{to_camel(field)}",
    populate_by_name=True,
)


class _PricedStack(BaseModel):
    model_config = _CONFIG

    region: Annotated[str, Field(alias="aws:region")]
    log_retention_days: Annotated[int, Field(ge=1)]
    nat_gateways: _Count
    endpoint_zones: _Count


class PricedShared(_PricedStack):
    """What the cost of `shared` depends on; docs/reference/stack-settings.md says what each key means."""

    cost: SharedCostBasis


class PricedEnvironment(_PricedStack):
    """What the cost of an environment depends on; same page."""

    workspace: str
    airflow_smallest_class: EnvironmentClass
    airflow_largest_class: EnvironmentClass
    airflow_min_workers: _Count
    warehouse_sizes: Mapping[Workload, WarehouseSize]
    spark_cluster_units: _Count
    check_pool: CheckPool | None = None
    cost: EnvironmentCostBasis


@dataclass(frozen=True, kw_only=True)
class CostSettings:
    """Of all stacks: the Snowflake edition and the cap are told once, in `shared`."""

    shared: PricedShared
    environments: Mapping[Environment, PricedEnvironment]


def read_cost_settings(read: ReadFile, where: str) -> CostSettings:
    """Read what an estimate depends on.

    Args:
        read: gives the files.
        where: what messages call the place of the files.

    Raises:
        DefinitionError: a file or a key is missing or wrong; it names both.
    """
    shared, environments = _read_stacks(read, where, PricedShared, PricedEnvironment)
    return CostSettings(shared=shared, environments=environments)


class _GuardedStack(BaseModel):
    """What tells when a stack spends more than it should."""

    model_config = _CONFIG

    monthly_budget: _Count


class GuardedShared(_GuardedStack):
    """What tells of `shared`, and of the one Snowflake account."""

    region: Annotated[str, Field(alias="aws:region")]
    monthly_credits: _Count
    cost: SharedCostBasis


class GuardedEnvironment(_GuardedStack):
    """What tells of an environment."""


@dataclass(frozen=True, kw_only=True)
class GuardSettings:
    """Of all stacks: budgets of their accounts, and the credits of the Snowflake account."""

    shared: GuardedShared
    environments: Mapping[Environment, GuardedEnvironment]

    @property
    def budgets(self) -> int:
        """US dollars a month of all accounts."""
        own = (each.monthly_budget for each in self.environments.values())
        return self.shared.monthly_budget + sum(own)


def read_guard_settings(read: ReadFile, where: str) -> GuardSettings:
    """Read what tells when more is spent than should be.

    Args:
        read: gives the files.
        where: what messages call the place of the files.

    Raises:
        DefinitionError: a file or a key is missing or wrong; it names both.
    """
    shared, environments = _read_stacks(read, where, GuardedShared, GuardedEnvironment)
    return GuardSettings(shared=shared, environments=environments)


_Shared = TypeVar("_Shared", bound=BaseModel)
_Model = TypeVar("_Model", bound=BaseModel)


def _read_stacks(
    read: ReadFile, where: str, shared: type[_Shared], environment: type[_Model]
) -> tuple[_Shared, Mapping[Environment, _Model]]:
    """Read the stack files, each with the values that Pulumi.yaml gives every stack."""
    defaults = _defaults(_document(read, _PROJECT, where))

    def values(stack: StackName) -> tuple[dict[str, Any], str]:
        own = _document(read, stack_file(stack), where)
        return {**defaults, **own}, f"{stack_file(stack)} {where}"

    return _validated(shared, *values(StackName.SHARED)), {
        each: _validated(environment, *values(StackName(each.value))) for each in Environment
    }


def _validated(model: type[_Model], values: Mapping[str, Any], name: str) -> _Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(step) for step in first["loc"])
        if first["type"] == "missing":
            said = f"{name} does not set '{key}'"
        else:
            said = f"{name}: '{key}' is wrong: {first['msg'].lower()} (it is {first['input']!r})"
        raise DefinitionError(
            said, remedy="docs/reference/stack-settings.md says what the key may be"
        ) from None


def _defaults(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that Pulumi.yaml gives every stack."""
    told = {key: each.get("default") if isinstance(each, dict) else each for key, each in config.items()}
    return {key: value for key, value in told.items() if value is not None}


def _document(read: ReadFile, name: str, where: str) -> dict[str, Any]:
    content = read(name)
    if content is None:
        raise DefinitionError(
            f"there is no {name} {where}",
            remedy="each stack has its file: see docs/reference/stack-settings.md",
        )
    try:
        document = yaml.safe_load(content)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DefinitionError(
            f"{name} {where} is not YAML: {' '.join(str(error).split())}", remedy="correct the file"
        ) from error
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise DefinitionError(f"{name} {where} has no settings", remedy="give it a `config:` mapping")
    return config
