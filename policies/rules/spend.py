"""What an environment may cost at most: sizes of compute, and a budget that tells somebody."""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, get_args

from policies.rules.place import Amount, ByEnvironment, StackWord, environment_of, stack_of
from policies.rules.rule import Graph, GraphRule, Node, Resource, Rule, Violation
from policies.rules.values import block, number, said
from slipway.model.airflow_capacity import EnvironmentClass
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_WAREHOUSE: Final = "snowflake:index/warehouse:Warehouse"
_AIRFLOW: Final = "aws:mwaa/environment:Environment"
_APPLICATION: Final = "aws:emrserverless/application:Application"
_SCALING: Final = "aws:emr/managedScalingPolicy:ManagedScalingPolicy"
_BUDGET: Final = "aws:budgets/budget:Budget"

# Where nothing is said: CREATE WAREHOUSE; MWAA's API reference, CreateEnvironment.
_SIZE: Final = "XSMALL"
_CLASS: Final = "mw1.small"
_WORKERS: Final = 10

# Each size takes twice the credits of the one before. Snowflake user guide, "Overview of warehouses".
_SIZES: Final = (
    "XSMALL",
    "SMALL",
    "MEDIUM",
    "LARGE",
    "XLARGE",
    "2XLARGE",
    "3XLARGE",
    "4XLARGE",
    "5XLARGE",
    "6XLARGE",
)
_SPELLINGS: Final = re.compile(r"X(\d)LARGE|(XX+)LARGE")
_CPU: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:vcpus?)?\s*", re.IGNORECASE)
_VCPUS_A_UNIT: Final = {"VCPU": 1, "InstanceFleetUnits": 4}
"""What managed scaling counts in; a unit of the platform's fleets is four vCPUs (SparkCluster)."""


_Class = Literal["mw1.micro", "mw1.small", "mw1.medium", "mw1.large", "mw1.xlarge", "mw1.2xlarge"]
"""EnvironmentClass, as a threshold is written."""


class CreditLimits(ByEnvironment):
    """Credits that one warehouse takes in an hour at most: its size times its clusters.

    Attributes:
        dev: in dev, and where there is no environment; 1 is XSMALL.
        staging: in staging; 2 is SMALL.
        prod: in prod; 4 is MEDIUM.
    """

    dev: Amount = 1
    staging: Amount = 2
    prod: Amount = 4


class AirflowLimits(ByEnvironment):
    """How large an Airflow is at most.

    Attributes:
        largest: class of every environment; it follows from the number of pipelines.
        dev: workers in dev, and where there is no environment.
        staging: workers in staging.
        prod: workers in prod.
    """

    largest: _Class = EnvironmentClass.LARGE.value
    dev: Amount = 5
    staging: Amount = 10
    prod: Amount = 25


class SparkLimits(ByEnvironment):
    """vCPUs that one application, or the scaling of one cluster, takes at most.

    Attributes:
        dev: in dev, and where there is no environment.
        staging: in staging.
        prod: in prod.
    """

    dev: Amount = 16
    staging: Amount = 64
    prod: Amount = 256


class BudgetLimits(Frozen):
    """Which stacks have a budget.

    Attributes:
        stacks: their names.
    """

    stacks: tuple[StackWord, ...] = get_args(StackWord)


def _credits(resource: Resource, limits: CreditLimits) -> Iterator[str]:
    written = str(resource.properties.get("warehouseSize") or _SIZE)
    size = _SPELLINGS.sub(_numbered, written.upper().replace("-", ""))
    if size not in _SIZES:
        yield f"{resource.told} has the size {written}, which is none of {', '.join(_SIZES)}"
        return
    clusters = number(resource.properties.get("maxClusterCount"), 1)
    hourly = clusters * (1 << _SIZES.index(size))
    environment = environment_of(resource.urn)
    most = limits.of(environment)
    if hourly > most:
        yield (
            f"{resource.told} takes {said(hourly)} credits an hour ({written}, clusters: {said(clusters)}); "
            f"{environment} takes {most} at most"
        )


def _numbered(spelled: re.Match[str]) -> str:
    """Return one spelling of a size that has several: X2LARGE and XXLARGE are 2XLARGE."""
    return f"{spelled[1] or len(spelled[2])}XLARGE"


def _airflow(resource: Resource, limits: AirflowLimits) -> Iterator[str]:
    size, classes = resource.properties.get("environmentClass") or _CLASS, list(EnvironmentClass)
    if size not in classes:
        yield f"{resource.told} has the class {size}, which is none of {', '.join(classes)}"
    elif EnvironmentClass(size).rank > EnvironmentClass(limits.largest).rank:
        yield f"{resource.told} has the class {size}; {limits.largest} is the largest"
    environment = environment_of(resource.urn)
    most, workers = limits.of(environment), number(resource.properties.get("maxWorkers"), _WORKERS)
    if workers > most:
        yield f"{resource.told} scales to {said(workers)} workers; {environment} has {most} at most"


def _application_vcpus(resource: Resource, limits: SparkLimits) -> Iterator[str]:
    """What has no maximum at all is another rule's."""
    written = block(resource.properties, "maximumCapacity").get("cpu")
    if written:
        read = _CPU.fullmatch(str(written))
        yield from _vcpus(resource, float(read[1]) if read else None, str(written), limits)


def _cluster_vcpus(resource: Resource, limits: SparkLimits) -> Iterator[str]:
    for each in resource.properties.get("computeLimits") or ():
        unit, units = str(each.get("unitType")), number(each.get("maximumCapacityUnits"))
        vcpus = units * _VCPUS_A_UNIT[unit] if units is not None and unit in _VCPUS_A_UNIT else None
        yield from _vcpus(resource, vcpus, f"{said(units)} {unit}", limits)


def _vcpus(resource: Resource, vcpus: float | None, written: str, limits: SparkLimits) -> Iterator[str]:
    environment = environment_of(resource.urn)
    most = limits.of(environment)
    if vcpus is None:
        yield f"{resource.told} takes {written}: nobody knows how many vCPUs; {environment} takes {most}"
    elif vcpus > most:
        yield f"{resource.told} takes {said(vcpus)} vCPUs; {environment} takes {most} at most"


def _spark(resource: Resource, limits: SparkLimits) -> Iterator[str]:
    return (_application_vcpus if resource.type == _APPLICATION else _cluster_vcpus)(resource, limits)


def _stack_and_budgets(graph: Graph) -> list[Node]:
    """What is registered first stands for what the stack lacks."""
    budgets = graph.of(_BUDGET)
    return budgets or list(graph.nodes[:1])


def _unbudgeted(_: Graph, node: Node, limits: BudgetLimits) -> Iterator[Violation]:
    resource, stack = node.resource, stack_of(node.resource.urn)
    if resource.type == _BUDGET:
        if not any(_is_heard(each) for each in resource.properties.get("notifications") or ()):
            yield Violation(urn=resource.urn, message=f"{resource.told} tells nobody")
    elif stack in limits.stacks:
        yield Violation(urn=resource.urn, message=f"stack {stack} has no budget; its account has to have one")


def _is_heard(notification: Any) -> bool:
    return bool(notification.get("subscriberSnsTopicArns") or notification.get("subscriberEmailAddresses"))


WAREHOUSE_SIZE: Final = Rule(
    id="warehouse-size",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="Each size doubles the price of every hour, and each cluster adds it once more.",
    remedy="Choose a smaller size or fewer clusters (warehouseSizes), or raise the limit with the budget.",
    limits=CreditLimits,
    judges=frozenset({_WAREHOUSE}),
    violations=_credits,
)
AIRFLOW_SIZE: Final = Rule(
    id="airflow-size",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="Class and workers of an Airflow are what it costs; a typing mistake is paid by the hour.",
    remedy="Lower airflowLargestClass or airflowMaxWorkers, or raise the limit with the budget.",
    limits=AirflowLimits,
    judges=frozenset({_AIRFLOW}),
    violations=_airflow,
)
SPARK_SIZE: Final = Rule(
    id="spark-size",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="What Spark may take at most is what a job that went wrong costs.",
    remedy="Lower sparkBatchVcpus, sparkStreamingVcpus or sparkClusterUnits, or raise limit and budget.",
    limits=SparkLimits,
    judges=frozenset({_APPLICATION, _SCALING}),
    violations=_spark,
)
BUDGET: Final = GraphRule(
    id="account-budget",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="An account without a budget tells what it spent when the month is over.",
    remedy="Declare a SpendGuard, with the stack's topic of alarms.",
    limits=BudgetLimits,
    judges=_stack_and_budgets,
    violations=_unbudgeted,
)
