"""Amazon Resource Names and ids in the form that each service gives them."""

from __future__ import annotations

import re

SERVICES = {
    "alb": "elasticloadbalancing",
    "amp": "aps",
    "apigatewayv2": "apigateway",
    "appautoscaling": "application-autoscaling",
    "cfg": "config",
    "chimesdkmediapipelines": "chime",
    "cloudwatch": "cloudwatch",
    "cognito": "cognito-idp",
    "costexplorer": "ce",
    "docdb": "rds",
    "ebs": "ec2",
    "ec2transitgateway": "ec2",
    "efs": "elasticfilesystem",
    "elasticbeanstalk": "elasticbeanstalk",
    "elasticsearch": "es",
    "elb": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "emrserverless": "emr-serverless",
    "lb": "elasticloadbalancing",
    "msk": "kafka",
    "mskconnect": "kafkaconnect",
    "mwaa": "airflow",
    "neptune": "rds",
    "opensearch": "es",
    "servicecatalogappregistry": "servicecatalog",
    "servicediscovery": "servicediscovery",
    "sesv2": "ses",
    "sfn": "states",
    "vpc": "ec2",
}
"""Modules of pulumi-aws whose service has another name in an ARN."""
LOGS = {"logGroup", "logStream", "logMetricFilter", "logDestination", "logDelivery"}
GLOBAL = {"iam", "route53", "cloudfront", "organizations", "globalaccelerator", "shield", "waf"}
"""Services whose ARNs name no region."""
EC2_IDS = {
    "ami": "ami",
    "customerGateway": "cgw",
    "eip": "eipalloc",
    "eipAssociation": "eipassoc",
    "flowLog": "fl",
    "instance": "i",
    "internetGateway": "igw",
    "launchTemplate": "lt",
    "natGateway": "nat",
    "networkAcl": "acl",
    "networkInterface": "eni",
    "routeTable": "rtb",
    "routeTableAssociation": "rtbassoc",
    "securityGroup": "sg",
    "securityGroupRule": "sgr",
    "snapshot": "snap",
    "subnet": "subnet",
    "transitGateway": "tgw",
    "volume": "vol",
    "vpc": "vpc",
    "vpcDhcpOptions": "dopt",
    "vpcEndpoint": "vpce",
    "vpcPeeringConnection": "pcx",
    "vpnConnection": "vpn",
    "vpnGateway": "vgw",
}
"""Prefixes of EC2's ids; a resource's id there is never its name."""


def module_and_kind(token: str) -> tuple[str, str]:
    """("s3", "bucket") of "aws:s3/bucket:Bucket"."""
    path = token.split(":")[1]
    module, _, kind = path.partition("/")
    return module, kind or module


def partition(region: str) -> str:
    """The AWS partition that a region belongs to."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def arn(token: str, property_: str, id_: str, *, region: str, account: str) -> str:
    """An ARN for the output ``property_`` of a resource; its own for `arn`, a related one for `roleArn`."""
    module, kind = module_and_kind(token)
    service = "logs" if kind in LOGS else SERVICES.get(module, module.rstrip("_"))
    if property_ != "arn":
        kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", property_.removesuffix("Arn")).lower()
    if service == "s3" and kind == "bucket":
        return f"arn:{partition(region)}:s3:::{id_}"
    where = "" if service in GLOBAL else region
    kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind).lower()
    return f"arn:{partition(region)}:{service}:{where}:{account}:{kind}/{id_}"


def ec2_prefix(token: str) -> str | None:
    """The prefix of a generated id, None where ids are names."""
    module, kind = module_and_kind(token)
    return EC2_IDS.get(kind) if module in {"ec2", "ebs", "ec2transitgateway"} else None
