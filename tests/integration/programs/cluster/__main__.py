"""An EMR cluster in a network of its own."""

import pulumi
import pulumi_aws as aws

from components.spark.cluster import SparkCluster, SparkClusterArgs
from components.spark.cluster_access import EMR_TAG
from slipway.model.environment import StackName
from slipway.model.naming import Naming
from slipway.model.tags import Tags

configuration = pulumi.Config()
account = aws.get_caller_identity().account_id
vpc = aws.ec2.Vpc("network", cidr_block="10.96.0.0/24")
subnet = aws.ec2.Subnet("private", vpc_id=vpc.id, cidr_block="10.96.0.0/25", tags=dict(EMR_TAG))
group = aws.ec2.SecurityGroup("workloads", name="cluster-workloads", vpc_id=vpc.id, tags=dict(EMR_TAG))
key = aws.kms.Key("data")
boundary = aws.iam.Policy(
    "boundary",
    name="cluster-boundary",
    policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}]}',
)
args = SparkClusterArgs(
    naming=Naming(organization="drill", stack=StackName.DEV, account_id=account),
    most_units=configuration.require_int("units"),
    vpc_id=vpc.id,
    subnet_ids=[subnet.id],
    group_id=group.id,
    key_arn=key.arn,
    boundary_arn=boundary.arn,
    after=[subnet],
    tags=Tags(
        owner="platform",
        pipeline="platform",
        criticality="standard",
        cost_center="CC-1000",
        data_class="internal",
        stack=StackName.DEV,
    ),
)
pulumi.export("cluster", SparkCluster("cluster", args).arn)
