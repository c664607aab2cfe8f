"""An EMR cluster on EC2, for load that is steady enough to pay for nodes that stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.spark import cluster_access as access
from components.spark.runtime import RELEASE
from slipway.model.naming import Naming
from slipway.model.subjects import SPARK, SPARK_LOGS, SPARK_NODE, SPARK_SERVICE
from slipway.model.tags import Tags

# One unit is four vCPUs. Two kinds of nodes a fleet: where one is short in a zone, EMR takes the other.
_UNITS: Final = {"m7g.xlarge": 1, "m6g.xlarge": 1, "m7g.2xlarge": 2, "m6g.2xlarge": 2}
_CORE_UNITS: Final = 2
_SPOT_WAIT_MINUTES: Final = 20
_STEPS_AT_ONCE: Final = 16


@dataclass(frozen=True, kw_only=True)
class SparkClusterArgs:
    """How large a cluster is, and where it stands.

    Attributes:
        naming: names of the stack.
        most_units: nodes at most, in units of four vCPUs; two of them are on demand, the others Spot.
        vpc_id: the network.
        subnet_ids: private subnets; EMR takes the one with most capacity.
        group_id: security group that nodes share with everything that runs.
        key_arn: KMS key of the environment's data.
        boundary_arn: the most that nodes can do; EMR itself starts machines, and is outside of it.
        after: what has to be there before its machines start: the ways out of their subnets.
    """

    naming: Naming
    most_units: int
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    tags: Tags
    after: Sequence[pulumi.Resource] = ()


class SparkCluster(PlatformComponent, token="slipway:spark:SparkCluster"):
    """A primary and two core nodes that stay, and Spot nodes that come and go with the load."""

    def __init__(self, name: str, args: SparkClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self._tagged = self.tags.as_aws() | dict(access.EMR_TAG)
        self._rights: list[pulumi.Resource] = []
        self._logs = self._create_log_bucket(args)
        self._service_role = self._create_service_role(args)
        self._profile = self._create_node_profile(args)
        self._nodes, self._access = (self._create_group(args, role) for role in ("nodes", "access"))
        self._security = self._create_security(args)
        self._cluster = self._create_cluster(args)
        self._create_spot_fleet()
        self._create_scaling(args)
        self.arn: pulumi.Output[str] = self._cluster.arn
        self.publish(cluster=self._cluster.id)

    def _create_log_bucket(self, args: SparkClusterArgs) -> PrivateBucket:
        bucket = PrivateBucketArgs(
            bucket=args.naming.bucket(SPARK_LOGS), key_arn=args.key_arn, tags=self.tags
        )
        return PrivateBucket(f"{self.name}-logs", bucket, self.child())

    def _create_service_role(self, args: SparkClusterArgs) -> aws.iam.Role:
        name = f"{self.name}-service"
        role = aws.iam.Role(
            name,
            name=args.naming.role(SPARK_SERVICE),
            description="EMR itself, on clusters of this environment",
            assume_role_policy=access.service_trust(args.naming),
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        managed = aws.iam.RolePolicyAttachment(
            name, role=role.name, policy_arn=access.EMR_POLICY, opts=self.child()
        )
        policy = pulumi.Output.from_input(args.key_arn).apply(
            lambda key_arn: access.service_policy(args.naming, key_arn)
        )
        own = aws.iam.RolePolicy(name, role=role.name, policy=policy, opts=self.child())
        self._rights += [managed, own]
        return role

    def _create_node_profile(self, args: SparkClusterArgs) -> aws.iam.InstanceProfile:
        name = f"{self.name}-node"
        role = aws.iam.Role(
            name,
            name=args.naming.role(SPARK_NODE),
            description="Nodes of clusters, which become the pipeline whose step they run",
            assume_role_policy=access.node_trust(),
            permissions_boundary=args.boundary_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        arns = pulumi.Output.all(self._logs.arn, args.key_arn)
        policy = arns.apply(lambda known: access.node_policy(args.naming, *known))
        self._rights += [aws.iam.RolePolicy(name, role=role.name, policy=policy, opts=self.child())]
        return aws.iam.InstanceProfile(
            name,
            name=args.naming.role(SPARK_NODE),
            role=role.name,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_group(self, args: SparkClusterArgs, role: str) -> aws.ec2.SecurityGroup:
        """Create a group whose rules EMR writes: in a private subnet it wants one for nodes, one for it."""
        return aws.ec2.SecurityGroup(
            f"{self.name}-{role}",
            name=args.naming.security_group(f"{SPARK}-{role}"),
            description=f"EMR's {role}; EMR writes the rules",
            vpc_id=args.vpc_id,
            revoke_rules_on_delete=True,  # the two name each other, and neither could be deleted
            tags=self._tagged,
            opts=self.child(),
        )

    def _create_security(self, args: SparkClusterArgs) -> aws.emr.SecurityConfiguration:
        configuration = pulumi.Output.from_input(args.key_arn).apply(access.security)
        return aws.emr.SecurityConfiguration(
            self.name, name=args.naming.role(SPARK), configuration=configuration, opts=self.child()
        )

    def _create_cluster(self, args: SparkClusterArgs) -> aws.emr.Cluster:
        return aws.emr.Cluster(
            self.name,
            name=args.naming.spark_application("cluster"),
            release_label=RELEASE,
            applications=["Spark"],
            service_role=self._service_role.arn,
            security_configuration=self._security.name,
            ec2_attributes={
                "instance_profile": self._profile.arn,
                "subnet_ids": list(args.subnet_ids),
                "emr_managed_master_security_group": self._nodes.id,
                "emr_managed_slave_security_group": self._nodes.id,
                "service_access_security_group": self._access.id,
                "additional_master_security_groups": args.group_id,
                "additional_slave_security_groups": args.group_id,
            },
            master_instance_fleet=_primary(),
            core_instance_fleet=_core(),
            log_uri=pulumi.Output.concat("s3://", self._logs.id, "/clusters/"),
            step_concurrency_level=_STEPS_AT_ONCE,
            keep_job_flow_alive_when_no_steps=True,
            tags=self._tagged,
            opts=self.child(after=[self._logs, *self._rights, *args.after]),
        )

    def _create_spot_fleet(self) -> aws.emr.InstanceFleet:
        spot = aws.emr.InstanceFleetLaunchSpecificationsSpotSpecificationArgs(
            allocation_strategy="price-capacity-optimized",
            timeout_action="SWITCH_TO_ON_DEMAND",
            timeout_duration_minutes=_SPOT_WAIT_MINUTES,
        )
        types = [
            aws.emr.InstanceFleetInstanceTypeConfigArgs(instance_type=each, weighted_capacity=units)
            for each, units in _UNITS.items()
        ]
        return aws.emr.InstanceFleet(
            f"{self.name}-spot",
            cluster_id=self._cluster.id,
            name="spot",
            instance_type_configs=types,
            target_spot_capacity=1,
            launch_specifications={"spot_specifications": [spot]},
            # Scaling moves it from the first minute on.
            opts=pulumi.ResourceOptions.merge(
                self.child(), pulumi.ResourceOptions(ignore_changes=["targetSpotCapacity"])
            ),
        )

    def _create_scaling(self, args: SparkClusterArgs) -> aws.emr.ManagedScalingPolicy:
        limits = aws.emr.ManagedScalingPolicyComputeLimitArgs(
            unit_type="InstanceFleetUnits",
            minimum_capacity_units=_CORE_UNITS,
            maximum_capacity_units=args.most_units,
            maximum_ondemand_capacity_units=_CORE_UNITS,
            maximum_core_capacity_units=_CORE_UNITS,
        )
        return aws.emr.ManagedScalingPolicy(
            self.name, cluster_id=self._cluster.id, compute_limits=[limits], opts=self.child()
        )


def _primary() -> aws.emr.ClusterMasterInstanceFleetArgs:
    types = [
        aws.emr.ClusterMasterInstanceFleetInstanceTypeConfigArgs(instance_type=each, weighted_capacity=1)
        for each in ("m7g.xlarge", "m6g.xlarge")
    ]
    return aws.emr.ClusterMasterInstanceFleetArgs(
        name="primary", target_on_demand_capacity=1, instance_type_configs=types
    )


def _core() -> aws.emr.ClusterCoreInstanceFleetArgs:
    """Return the nodes that hold shuffled data of running steps: never Spot."""
    types = [
        aws.emr.ClusterCoreInstanceFleetInstanceTypeConfigArgs(instance_type=each, weighted_capacity=1)
        for each in ("m7g.xlarge", "m6g.xlarge")
    ]
    return aws.emr.ClusterCoreInstanceFleetArgs(
        name="core", target_on_demand_capacity=_CORE_UNITS, instance_type_configs=types
    )
