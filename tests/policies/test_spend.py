"""Rules about what an environment may cost."""

from typing import Any

import pytest

from policies.rules.rule import Node
from policies.rules.spend import AIRFLOW_SIZE, BUDGET, SPARK_SIZE, WAREHOUSE_SIZE
from slipway.model.airflow_capacity import EnvironmentClass
from tests.policies.judged import node_of
from tests.policies.placed import judged_at, judged_graph, moved

WAREHOUSE = "snowflake:index/warehouse:Warehouse"
AIRFLOW = "aws:mwaa/environment:Environment"
APPLICATION = "aws:emrserverless/application:Application"
SCALING = "aws:emr/managedScalingPolicy:ManagedScalingPolicy"
BUDGETS = "aws:budgets/budget:Budget"


def _credits(
    size: str | None, clusters: float | None = None, stack: str = "prod", **limits: Any
) -> list[str]:
    properties = {"warehouseSize": size, "maxClusterCount": clusters}
    return judged_at(WAREHOUSE_SIZE, WAREHOUSE, properties, stack=stack, **limits)


@pytest.mark.parametrize(
    ("stack", "fits", "larger", "most"),
    [
        ("dev", "XSMALL", "SMALL", 1),
        ("shared", "XSMALL", "SMALL", 1),
        ("staging", "SMALL", "MEDIUM", 2),
        ("prod", "MEDIUM", "LARGE", 4),
    ],
)
def test_a_warehouse_fits_its_environment(stack: str, fits: str, larger: str, most: int) -> None:
    """By the credits that it takes in an hour."""
    environment = "dev" if stack == "shared" else stack
    assert _credits(fits, stack=stack) == []
    assert _credits(larger, stack=stack) == [
        f"takes {2 * most} credits an hour ({larger}, clusters: 1); {environment} takes {most} at most"
    ]


@pytest.mark.parametrize(
    ("size", "clusters", "found"), [("SMALL", 2, 0), ("SMALL", 3, 1), (None, 4, 0), (None, 5, 1)]
)
def test_clusters_multiply(size: str | None, clusters: float, found: int) -> None:
    """Of the smallest size where none is named."""
    assert len(_credits(size, clusters)) == found


@pytest.mark.parametrize(
    ("spelled", "credits_"),
    [
        ("XSMALL", 1),
        ("X-Small", 1),
        ("small", 2),
        ("MEDIUM", 4),
        ("LARGE", 8),
        ("XLARGE", 16),
        ("X-LARGE", 16),
        ("XXLARGE", 32),
        ("X2LARGE", 32),
        ("2X-LARGE", 32),
        ("XXXLARGE", 64),
        ("X3LARGE", 64),
        ("3X-LARGE", 64),
        ("X4LARGE", 128),
        ("4X-LARGE", 128),
        ("5X-LARGE", 256),
        ("X6LARGE", 512),
    ],
)
def test_every_spelling_of_a_size_is_known(spelled: str, credits_: int) -> None:
    """The provider takes them all."""
    assert _credits(spelled, prod=credits_) == []
    (message,) = _credits(spelled, prod=credits_ - 1)
    assert message.startswith(f"takes {credits_} credits an hour ({spelled},")


def test_a_size_that_is_none_is_refused() -> None:
    """Whoever cannot read it cannot say what it costs."""
    (message,) = _credits("HUGE")
    assert message.startswith("has the size HUGE, which is none of XSMALL, SMALL, MEDIUM, ")


def _airflow(stack: str = "prod", **properties: Any) -> list[str]:
    limits = properties.pop("limits", {})
    return judged_at(AIRFLOW_SIZE, AIRFLOW, {"maxWorkers": 5.0, **properties}, stack=stack, **limits)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (None, ""),
        ("mw1.micro", ""),
        ("mw1.large", ""),
        ("mw1.xlarge", "has the class mw1.xlarge; mw1.large is the largest"),
        (
            "mw1.huge",
            f"has the class mw1.huge, which is none of {', '.join(EnvironmentClass)}",
        ),
    ],
)
def test_an_airflow_has_a_class_that_fits(size: str | None, told: str) -> None:
    """In the order of MWAA's classes."""
    assert _airflow(environmentClass=size) == ([told] if told else [])


def test_a_pack_may_allow_smaller_ones_only() -> None:
    """MWAA's own class is a small one."""
    assert _airflow(limits={"largest": "mw1.small"}) == []
    assert _airflow(limits={"largest": "mw1.micro"}) == ["has the class mw1.small; mw1.micro is the largest"]


@pytest.mark.parametrize(("stack", "most"), [("dev", 5), ("shared", 5), ("staging", 10), ("prod", 25)])
def test_workers_are_counted(stack: str, most: int) -> None:
    """By environment."""
    environment = "dev" if stack == "shared" else stack
    assert _airflow(stack, maxWorkers=float(most)) == []
    assert _airflow(stack, maxWorkers=most + 1.0) == [
        f"scales to {most + 1} workers; {environment} has {most} at most"
    ]


def test_mwaa_scales_to_ten_by_itself() -> None:
    """Where nothing is said."""
    assert judged_at(AIRFLOW_SIZE, AIRFLOW, {}, stack="staging") == []
    assert judged_at(AIRFLOW_SIZE, AIRFLOW, {}, stack="staging", staging=9) == [
        "scales to 10 workers; staging has 9 at most"
    ]


@pytest.mark.parametrize(("stack", "most"), [("dev", 16), ("shared", 16), ("staging", 64), ("prod", 256)])
def test_an_application_fits_its_environment(stack: str, most: int) -> None:
    """By its vCPUs."""
    environment = "dev" if stack == "shared" else stack

    def found(cpu: str) -> list[str]:
        return judged_at(SPARK_SIZE, APPLICATION, {"maximumCapacity": {"cpu": cpu}}, stack=stack)

    assert found(f"{most} vCPU") == []
    assert found(f"{most + 1} vCPU") == [f"takes {most + 1} vCPUs; {environment} takes {most} at most"]


@pytest.mark.parametrize(
    ("cpu", "found"),
    [("256", 0), ("257", 1), ("256vcpu", 0), ("256.5 vCPU", 1), (" 256 vCPUs ", 0), ("many", 1), ("25 6", 1)],
)
def test_vcpus_are_read_as_emr_reads_them(cpu: str, found: int) -> None:
    """What cannot be read is refused."""
    assert len(judged_at(SPARK_SIZE, APPLICATION, {"maximumCapacity": {"cpu": cpu}})) == found


def test_what_has_no_maximum_is_another_rules() -> None:
    """One violation a mistake."""
    assert judged_at(SPARK_SIZE, APPLICATION, {}) == []
    assert judged_at(SPARK_SIZE, APPLICATION, {"maximumCapacity": {"memory": "64 GB"}}) == []


def _scaling(unit: str | None, units: float | None, stack: str = "prod") -> list[str]:
    limits = [{"unitType": unit, "maximumCapacityUnits": units}]
    return judged_at(SPARK_SIZE, SCALING, {"computeLimits": limits}, stack=stack)


@pytest.mark.parametrize(
    ("unit", "units", "told"),
    [
        ("InstanceFleetUnits", 64.0, ""),
        ("InstanceFleetUnits", 65.0, "takes 260 vCPUs; prod takes 256 at most"),
        ("VCPU", 256.0, ""),
        ("VCPU", 257.0, "takes 257 vCPUs; prod takes 256 at most"),
        ("Instances", 1.0, "takes 1 Instances: nobody knows how many vCPUs; prod takes 256"),
        ("VCPU", None, "takes no VCPU: nobody knows how many vCPUs; prod takes 256"),
    ],
)
def test_a_cluster_scales_within_its_environment(unit: str, units: float | None, told: str) -> None:
    """In units that say how many vCPUs they are."""
    assert _scaling(unit, units) == ([told] if told else [])
    assert judged_at(SPARK_SIZE, SCALING, {}) == []


def test_scaling_has_the_limit_of_its_environment() -> None:
    """As applications have."""
    assert _scaling("VCPU", 64, stack="staging") == []
    assert len(_scaling("VCPU", 65, stack="staging")) == 1


def _budget(*notifications: dict[str, Any]) -> Node:
    return node_of(BUDGETS, {"notifications": list(notifications)})


HEARD = {"subscriberSnsTopicArns": ["arn:topic"]}


@pytest.mark.parametrize("stack", ["shared", "dev", "staging", "prod"])
def test_an_account_has_a_budget(stack: str) -> None:
    """One violation for the stack, told of its first resource."""
    log, other = node_of("aws:cloudwatch/logGroup:LogGroup", {}), node_of("aws:kms/key:Key", {})
    first = moved(log, stack)
    assert judged_graph(BUDGET, [first, moved(other, stack)]) == [
        (first.resource.urn, f"stack {stack} has no budget; its account has to have one")
    ]
    assert judged_graph(BUDGET, [first, moved(_budget(HEARD), stack)]) == []


def test_other_stacks_need_none() -> None:
    """By a pack's own list, too."""
    log = node_of("aws:cloudwatch/logGroup:LogGroup", {})
    assert judged_graph(BUDGET, [moved(log, "plant")]) == []
    assert judged_graph(BUDGET, [log], stacks=["dev"]) == []


@pytest.mark.parametrize(
    ("notifications", "found"),
    [
        ([HEARD], 0),
        ([{"subscriberEmailAddresses": ["a@example.org"]}], 0),
        ([{"threshold": 80}, HEARD], 0),
        ([{"threshold": 80}], 1),
        ([{"subscriberSnsTopicArns": [], "subscriberEmailAddresses": []}], 1),
        ([], 1),
    ],
)
@pytest.mark.parametrize("stack", ["prod", "plant"])
def test_a_budget_tells_somebody(notifications: list[dict[str, Any]], found: int, stack: str) -> None:
    """In whatever stack it is."""
    budget = moved(_budget(*notifications), stack)
    told = [(budget.resource.urn, f"{BUDGETS} 'lake' tells nobody")]
    assert judged_graph(BUDGET, [budget]) == told[:found]


def test_a_budget_about_which_nothing_is_said_tells_nobody() -> None:
    """And an empty stack needs none."""
    assert len(judged_graph(BUDGET, [node_of(BUDGETS, {})])) == 1
    assert judged_graph(BUDGET, []) == []
