"""Forty types of three packages in one program: recorded and materialised ones, secrets, nested blocks, references."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_github as github
import pulumi_snowflake as snowflake

config = pulumi.Config()
size = config.get_int("size") or 1
password = config.require_secret("password")

# Network: ids of one resource are inputs of the next.
vpc = aws.ec2.Vpc("net", cidr_block="10.20.0.0/16", enable_dns_hostnames=True)
subnets = [
    aws.ec2.Subnet(f"net-{zone}", vpc_id=vpc.id, cidr_block=f"10.20.{place}.0/24", availability_zone=f"us-east-1{zone}")
    for place, zone in enumerate("ab")
]
gateway = aws.ec2.InternetGateway("net", vpc_id=vpc.id)
routes = aws.ec2.RouteTable("net", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}])
aws.ec2.RouteTableAssociation("net", subnet_id=subnets[0].id, route_table_id=routes.id)
group = aws.ec2.SecurityGroup(
    "db",
    vpc_id=vpc.id,
    ingress=[{"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": [vpc.cidr_block]}],
    tags={"Name": "db"},
)

# Storage and keys.
key = aws.kms.Key("key", description="everything", deletion_window_in_days=7)
aws.kms.Alias("key", name="alias/forty-types", target_key_id=key.key_id)
bucket = aws.s3.Bucket("lake", force_destroy=True, tags={"Size": str(size)})
aws.s3.BucketPublicAccessBlock("lake", bucket=bucket.id, block_public_acls=True, block_public_policy=True)
aws.s3.BucketObject("readme", bucket=bucket.id, key="readme.txt", content="forty types")
repository = aws.ecr.Repository("jobs", force_delete=True)
secret = aws.secretsmanager.Secret("db", recovery_window_in_days=0)
aws.secretsmanager.SecretVersion("db", secret_id=secret.id, secret_string=password)
aws.ssm.Parameter("size", name="/forty-types/size", type="String", value=str(size))

# Data services that are recorded: their outputs are synthesised, and indexed into below.
subnet_group = aws.rds.SubnetGroup("db", subnet_ids=[subnet.id for subnet in subnets])
cluster = aws.rds.Cluster(
    "db",
    engine="aurora-postgresql",
    master_username="owner",
    master_password=password,
    db_subnet_group_name=subnet_group.name,
    vpc_security_group_ids=[group.id],
    backup_retention_period=size,
    skip_final_snapshot=True,
)
aws.rds.ClusterInstance("db", cluster_identifier=cluster.id, instance_class="db.t4g.medium", engine="aurora-postgresql")
kafka = aws.msk.Cluster(
    "stream",
    kafka_version="3.7.x",
    number_of_broker_nodes=2,
    broker_node_group_info={
        "instance_type": "kafka.t3.small",
        "client_subnets": [subnet.id for subnet in subnets],
        "security_groups": [group.id],
    },
)
spark = aws.emrserverless.Application("spark", release_label="emr-7.5.0", type="spark")
cache = aws.elasticache.ReplicationGroup("cache", description="cache", node_type="cache.t4g.micro")
aws.efs.FileSystem("lake", encrypted=True)
aws.athena.Workgroup("lake", force_destroy=True)
aws.servicediscovery.HttpNamespace("jobs", name="jobs")
certificate = aws.acm.Certificate("site", domain_name="finedge.example", validation_method="DNS")
kubernetes = aws.eks.Cluster(
    "k8s", role_arn="arn:aws:iam::222233334444:role/eks", vpc_config={"subnet_ids": [subnet.id for subnet in subnets]}
)

# Messaging, compute, identity and observation.
queue = aws.sqs.Queue("jobs", visibility_timeout_seconds=30 + size)
topic = aws.sns.Topic("alarms")
aws.sns.TopicSubscription("jobs", topic=topic.arn, protocol="sqs", endpoint=queue.arn)
assume = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
})
role = aws.iam.Role("worker", assume_role_policy=assume)
aws.iam.RolePolicy("worker", role=role.id, policy=queue.arn.apply(lambda arn: json.dumps({
    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": arn}],
})))
aws.lambda_.LayerVersion("shared", layer_name="shared", code=pulumi.AssetArchive({"a.py": pulumi.StringAsset("A = 1")}))
log = aws.cloudwatch.LogGroup("worker", retention_in_days=7)
aws.cloudwatch.MetricAlarm(
    "late", comparison_operator="GreaterThanThreshold", evaluation_periods=size, metric_name="Age", namespace="Forty",
    period=60, statistic="Maximum", threshold=10, alarm_actions=[topic.arn],
)
table = aws.dynamodb.Table(
    "ledger", billing_mode="PAY_PER_REQUEST", hash_key="id", attributes=[{"name": "id", "type": "S"}]
)

# The other packages.
database = snowflake.Database("forty", name="FORTY", comment=f"size {size}")
schema = snowflake.Schema("staging", name="STAGING", database=database.name)
warehouse = snowflake.Warehouse("load", name="LOAD", warehouse_size="XSMALL", auto_suspend=60)
account_role = snowflake.AccountRole("reader", name="READER")
snowflake.GrantPrivilegesToAccountRole(
    "reader",
    account_role_name=account_role.name,
    privileges=["USAGE"],
    on_schema={"schema_name": schema.fully_qualified_name},
)
repo = github.Repository("forty", name="forty-types", auto_init=True, description="made by a test")
github.BranchProtection("main", repository_id=repo.node_id, pattern="main", enforce_admins=True)

pulumi.export("certificate_record", certificate.domain_validation_options[0].resource_record_name)
pulumi.export("cluster_ca", kubernetes.certificate_authority.data)
pulumi.export("endpoint", cluster.endpoint)
pulumi.export("fully_qualified", schema.fully_qualified_name)
pulumi.export("zones", cluster.availability_zones[0])
pulumi.export("password", cluster.master_password)
pulumi.export("types", 40)
