"""A cluster for steady load: fleets, Spot that scales, and steps that are their pipelines."""

import json

from components.spark import cluster_access as access
from components.spark.cluster import SparkCluster, SparkClusterArgs
from components.spark.runtime import RELEASE
from tests.doubles.entries import NAMING, PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

KEY = "arn:aws:kms:us-east-1:222233334444:key/k"
BOUNDARY = "arn:aws:iam::222233334444:policy/slipway-dev-boundary"
ARGS = SparkClusterArgs(
    naming=NAMING,
    most_units=32,
    vpc_id="vpc-1",
    subnet_ids=["subnet-1", "subnet-2"],
    group_id="sg-1",
    key_arn=KEY,
    boundary_arn=BOUNDARY,
    tags=PLATFORM_TAGS,
)


def _made() -> Recording:
    return record(lambda: SparkCluster("spark-cluster", ARGS))


def test_a_cluster_has_exactly_these_children() -> None:
    """The bucket of its logs is one of the platform's private ones."""
    counts = _made().counts()
    assert {each: number for each, number in counts.items() if not each.startswith("aws:s3/")} == {
        "aws:ec2/securityGroup:SecurityGroup": 2,
        "aws:emr/cluster:Cluster": 1,
        "aws:emr/instanceFleet:InstanceFleet": 1,
        "aws:emr/managedScalingPolicy:ManagedScalingPolicy": 1,
        "aws:emr/securityConfiguration:SecurityConfiguration": 1,
        "aws:iam/instanceProfile:InstanceProfile": 1,
        "aws:iam/role:Role": 2,
        "aws:iam/rolePolicy:RolePolicy": 2,
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
        "slipway:spark:SparkCluster": 1,
        "slipway:storage:PrivateBucket": 1,
    }


def test_nodes_are_bounded_and_emr_itself_is_not() -> None:
    """EMR starts machines, which no role within the boundary can."""
    roles = {each.name: each.inputs for each in _made().of("aws:iam/role:Role")}
    assert roles["spark-cluster-node"]["permissionsBoundary"] == BOUNDARY
    assert "permissionsBoundary" not in roles["spark-cluster-service"]


def test_the_cluster_is_pinned_private_and_open_to_emrs_own_policy() -> None:
    """EMR's policy reaches nothing without its tag; in a private subnet all three groups have to be named."""
    made = _made().one("aws:emr/cluster:Cluster").inputs
    assert (made["name"], made["releaseLabel"], made["applications"]) == (
        "slipway-dev-cluster",
        RELEASE,
        ["Spark"],
    )
    assert made["tags"] == {**PLATFORM_TAGS.as_aws(), "for-use-with-amazon-emr-managed-policies": "true"}
    place = made["ec2Attributes"]
    assert place["subnetIds"] == ["subnet-1", "subnet-2"]
    assert place["emrManagedMasterSecurityGroup"] == place["emrManagedSlaveSecurityGroup"]
    assert place["serviceAccessSecurityGroup"] == "spark-cluster-access-id"
    assert made["logUri"].startswith("s3://spark-cluster-logs-id/")


def test_core_nodes_stay_and_spot_nodes_scale() -> None:
    """A core node that Spot takes away takes the shuffled data of every running step along."""
    made = _made()
    cluster = made.one("aws:emr/cluster:Cluster").inputs
    assert cluster["masterInstanceFleet"]["targetOnDemandCapacity"] == 1
    assert cluster["coreInstanceFleet"]["targetOnDemandCapacity"] == 2
    assert "targetSpotCapacity" not in cluster["coreInstanceFleet"]
    fleet = made.one("aws:emr/instanceFleet:InstanceFleet").inputs
    assert fleet["launchSpecifications"]["spotSpecifications"][0]["timeoutAction"] == "SWITCH_TO_ON_DEMAND"
    (limits,) = made.one("aws:emr/managedScalingPolicy:ManagedScalingPolicy").inputs["computeLimits"]
    assert limits == {
        "unitType": "InstanceFleetUnits",
        "minimumCapacityUnits": 2,
        "maximumCapacityUnits": 32,
        "maximumOndemandCapacityUnits": 2,
        "maximumCoreCapacityUnits": 2,
    }


def test_steps_are_their_pipelines_and_disks_are_encrypted() -> None:
    """Without runtime roles every step would have the rights of the nodes, and those of all others."""
    security = json.loads(
        _made().one("aws:emr/securityConfiguration:SecurityConfiguration").inputs["configuration"]
    )
    iam = security["AuthorizationConfiguration"]["IAMConfiguration"]
    assert iam == {"EnableApplicationScopedIAMRole": True}
    disks = security["EncryptionConfiguration"]["AtRestEncryptionConfiguration"]
    assert disks["LocalDiskEncryptionConfiguration"]["AwsKmsKey"] == KEY
    assert security["InstanceMetadataServiceConfiguration"]["MinimumInstanceMetadataServiceVersion"] == 2


def test_nodes_write_logs_and_become_pipelines_and_no_more() -> None:
    """They read no data: the pipeline whose step they run does."""
    logs, key, become = json.loads(access.node_policy(NAMING, "arn:aws:s3:::logs", KEY))["Statement"]
    assert (logs["Action"], logs["Resource"]) == (["s3:PutObject"], ["arn:aws:s3:::logs/*"])
    assert key["Resource"] == [KEY]
    assert become["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert become["Condition"] == {"StringNotEquals": {"iam:ResourceTag/Pipeline": "platform"}}


def test_emr_hands_nodes_their_role_and_no_other() -> None:
    """Handing a node the deploy role would be a way around every approval."""
    hand, encrypt = json.loads(access.service_policy(NAMING, KEY))["Statement"]
    assert hand["Resource"] == ["arn:aws:iam::222233334444:role/slipway-dev-spark-node"]
    assert encrypt["Resource"] == [KEY]
    (emr,) = json.loads(access.service_trust(NAMING))["Statement"]
    assert emr["Condition"] == {"StringEquals": {"aws:SourceAccount": "222233334444"}}
