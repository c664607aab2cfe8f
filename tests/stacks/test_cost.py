"""What an estimate counts is what the stacks declare: nothing that is paid for is forgotten.

`slipway cost` reads settings and catalog and never runs the program, so only this test keeps the two
together. A new type of resource fails here until somebody says what it costs.
"""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from slipway.model.environment import StackName
from slipway.observe.meter import HOURS
from tests.doubles.account_templates import made
from tests.doubles.declared_stacks import declared, with_cluster
from tests.doubles.priced_stacks import estimated, settings
from tests.doubles.pulumi_recorder import Recording


def _number(type_: str) -> Callable[[Recording], int]:
    return lambda declared_: len(declared_.of(type_))


def _endpoint_addresses(recording: Recording) -> int:
    """Each interface endpoint is paid in each zone where it has an address."""
    return sum(
        len(each.inputs["subnetIds"])
        for each in recording.of("aws:ec2/vpcEndpoint:VpcEndpoint")
        if each.inputs["vpcEndpointType"] == "Interface"
    )


def _waiting_workers(recording: Recording) -> int:
    """Beside the one that is in the environment's price."""
    return sum(each.inputs["minWorkers"] - 1 for each in recording.of("aws:mwaa/environment:Environment"))


def _metrics(recording: Recording) -> int:
    """Custom metrics that alarms watch: a name and its dimensions is one."""
    every = recording.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    alarms = [each for each in every if not each.inputs["namespace"].startswith("AWS/")]
    return len({(each.inputs["metricName"], str(each.inputs["dimensions"])) for each in alarms})


_BY_THE_HOUR: Final[Mapping[str, Callable[[Recording], int]]] = {
    "NAT gateways": _number("aws:ec2/natGateway:NatGateway"),
    "addresses of NAT gateways": _number("aws:ec2/eip:Eip"),
    "endpoints": _endpoint_addresses,
    "environment": _number("aws:mwaa/environment:Environment"),
    "workers that wait": _waiting_workers,
}
_BY_THE_PIECE: Final[Mapping[str, Callable[[Recording], int]]] = {
    "keys": _number("aws:kms/key:Key"),
    "alarms": _number("aws:cloudwatch/metricAlarm:MetricAlarm"),
    "secrets that Airflow is told": _number("aws:secretsmanager/secret:Secret"),
    "dashboards": _number("aws:cloudwatch/dashboard:Dashboard"),
    "metrics": _metrics,
}
_COUNTED: Final = frozenset(
    {
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:ec2/eip:Eip",
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:kms/key:Key",
        "aws:mwaa/environment:Environment",
        "aws:secretsmanager/secret:Secret",
    }
)
_PAID_BY_USE: Final[Mapping[str, str]] = {
    "aws:cloudtrail/trail:Trail": "data events of the trail",
    "aws:codebuild/project:Project": "minutes of builds",
    "aws:cloudwatch/logGroup:LogGroup": "logs written",
    "aws:dynamodb/table:Table": "tables",
    "aws:ecr/repository:Repository": "images",
    "aws:emr/cluster:Cluster": "nodes of the cluster",
    "aws:emr/instanceFleet:InstanceFleet": "nodes of the cluster",
    "aws:emrserverless/application:Application": "vCPU of batch jobs",
    "aws:s3/bucket:Bucket": "objects",
    "aws:sns/topicSubscription:TopicSubscription": "mails of alarms",
    "github:index/repository:Repository": "seats on GitHub",
    "snowflake:index/database:Database": "clones and kept generations",
    "snowflake:index/warehouse:Warehouse": "candidates of releases",
}
"""Type of resource -> a driver with the volume that is paid."""

_FREE_SERVICES: Final = ("aws:iam/", "aws:vpc/", "github:index/")
_FREE: Final = frozenset(
    {
        "aws:budgets/budget:Budget",  # one that acts by itself is paid; this one tells
        # AWS's own events cost nothing, those told to another account a dollar a million.
        "aws:cloudwatch/eventBus:EventBus",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:codebuild/reportGroup:ReportGroup",
        "aws:codebuild/webhook:Webhook",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/flowLog:FlowLog",  # its log group is what is paid
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/route:Route",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpc:Vpc",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:emr/managedScalingPolicy:ManagedScalingPolicy",
        "aws:emr/securityConfiguration:SecurityConfiguration",
        "aws:kms/alias:Alias",
        "aws:s3/bucketNotification:BucketNotification",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:secretsmanager/secretVersion:SecretVersion",  # its secret is what is paid
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topic:Topic",  # the mails of its subscriptions are what is paid
        "aws:sns/topicSubscription:TopicSubscription",  # its mails are what is paid
        "aws:sqs/queue:Queue",  # of events that reached nobody; a million requests a month are free
        "aws:sqs/queuePolicy:QueuePolicy",
        "snowflake:index/accountRole:AccountRole",
        "snowflake:index/currentAccount:CurrentAccount",
        "snowflake:index/grantAccountRole:GrantAccountRole",
        "snowflake:index/grantOwnership:GrantOwnership",
        "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole",
        "snowflake:index/resourceMonitor:ResourceMonitor",
        "snowflake:index/schema:Schema",
        "snowflake:index/serviceUser:ServiceUser",
    }
)


def _quantities(stack: StackName) -> dict[str, int]:
    return {each.driver: int(each.quantity) for each in estimated().lines if each.stack is stack}


@pytest.mark.parametrize("stack", StackName)
def test_the_estimate_counts_what_the_stack_declares(stack: StackName) -> None:
    """One NAT gateway, key, alarm or endpoint more than the estimate knows is a difference here.

    What `slipway bootstrap` makes in the stack's account is paid for as well.
    """
    priced, recording = _quantities(stack), declared(stack)
    hours = {driver: count(recording) * HOURS for driver, count in _BY_THE_HOUR.items()}
    pieces = {driver: count(recording) for driver, count in _BY_THE_PIECE.items()}
    expected = hours | pieces
    expected["keys"] += sum(each["Type"] == "AWS::KMS::Key" for each in made(stack).values())
    if stack is StackName.DEV:
        assert priced.get("workers that wait") is None  # mw1.micro has always one
    assert {driver: priced.get(driver, 0) for driver in expected} == expected


@pytest.mark.parametrize("stack", StackName)
def test_every_declared_type_is_paid_or_known_to_be_free(stack: StackName) -> None:
    """A type that nobody has looked up may cost anything."""
    _assert_known(declared(stack), _quantities(stack))


def test_a_cluster_is_paid_with_all_nodes_that_scaling_may_add() -> None:
    """And nothing that comes with it is forgotten."""
    found = estimated(settings(sparkClusterUnits=16))
    priced = {each.driver: each.quantity for each in found.lines if each.stack is StackName.PROD}
    made = with_cluster(StackName.PROD, 16)
    _assert_known(made, priced)
    (limits,) = made.one("aws:emr/managedScalingPolicy:ManagedScalingPolicy").inputs["computeLimits"]
    primary = made.one("aws:emr/cluster:Cluster").inputs["masterInstanceFleet"]["targetOnDemandCapacity"]
    assert priced["nodes of the cluster"] == (limits["maximumCapacityUnits"] + primary) * HOURS


def _assert_known(made: Recording, priced: Mapping[str, object]) -> None:
    custom = {each.type for each in made.registered if each.custom}
    unknown = {type_ for type_ in custom - _COUNTED - _PAID_BY_USE.keys() - _FREE if not _is_free(type_)}
    assert unknown == set()
    assert {driver for type_, driver in _PAID_BY_USE.items() if type_ in custom} <= priced.keys()


def _is_free(type_: str) -> bool:
    return type_.startswith(_FREE_SERVICES)


@pytest.mark.parametrize("stack", [StackName.DEV, StackName.STAGING, StackName.PROD])
def test_the_estimate_prices_the_sizes_that_the_stack_declares(stack: StackName) -> None:
    """The class of Airflow and the size of the warehouse decide the price, not only the number."""
    lines = {each.driver: each for each in estimated().lines if each.stack is stack}
    airflow = declared(stack).one("aws:mwaa/environment:Environment").inputs["environmentClass"]
    assert lines["environment"].price.item == f"airflow-{airflow}-hour"
    told = {
        factor.name.removeprefix("slipway:warehouseSizes."): factor.value
        for line in lines.values()
        for factor in line.factors
        if factor.name.startswith("slipway:warehouseSizes.")
    }
    warehouses = declared(stack).of("snowflake:index/warehouse:Warehouse")
    assert told == {each.name: each.inputs["warehouseSize"] for each in warehouses}


@pytest.mark.parametrize("stack", [StackName.DEV, StackName.STAGING, StackName.PROD])
def test_what_is_assumed_fits_what_the_stack_allows(stack: StackName) -> None:
    """Credits that the monitor would stop, or vCPUs that an application refuses, are no month that can be."""
    lines = {each.driver: each for each in estimated().lines if each.stack is stack}
    watched = ("audits of what runs publish", "candidates of releases", "checks of pull requests")
    credits_ = sum(lines[driver].quantity for driver in watched if driver in lines)
    monitor = declared(stack).one("snowflake:index/resourceMonitor:ResourceMonitor")
    assert credits_ <= monitor.inputs["creditQuota"]
    for kind, work in (("batch", "batch jobs"), ("streaming", "streaming queries")):
        (most,) = (
            each.inputs["maximumCapacity"]
            for each in declared(stack).of("aws:emrserverless/application:Application")
            if each.name.endswith(kind)
        )
        for measure, driver in (("cpu", f"vCPU of {work}"), ("memory", f"memory of {work}")):
            assert lines[driver].quantity <= int(most[measure].split()[0]) * HOURS


@pytest.mark.parametrize("stack", StackName)
def test_logs_are_priced_for_as_long_as_the_stack_keeps_them(stack: StackName) -> None:
    """All log groups of a stack keep what they have equally long."""
    (days,) = {
        each.inputs["retentionInDays"] for each in declared(stack).of("aws:cloudwatch/logGroup:LogGroup")
    }
    (kept,) = (each for each in estimated().lines if (each.stack, each.driver) == (stack, "logs kept"))
    assert {factor.name: factor.value for factor in kept.factors}["slipway:logRetentionDays"] == str(
        int(days)
    )
