"""The types and data sources of pulumi-aws that are real on the sandbox's AWS front.

Owned here: the table of them. Each type creates, reads back, updates and deletes its object with boto3; a
type that is not in the table is kept by the core's generic store.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.cloudwatch import CLOUDWATCH
from slipway_sandbox.provider.aws.data import DATA_SOURCES
from slipway_sandbox.provider.aws.data_services import DATA_SERVICES
from slipway_sandbox.provider.aws.delivery import DELIVERY
from slipway_sandbox.provider.aws.dynamodb import Table
from slipway_sandbox.provider.aws.dynamodb_item import TableItem
from slipway_sandbox.provider.aws.ec2_endpoints import VPC_ENDPOINT
from slipway_sandbox.provider.aws.ec2_flow_log import FLOW_LOG
from slipway_sandbox.provider.aws.ec2_instance import Instance
from slipway_sandbox.provider.aws.ec2_network import NETWORK
from slipway_sandbox.provider.aws.ec2_routes import ROUTES
from slipway_sandbox.provider.aws.ec2_security import SECURITY
from slipway_sandbox.provider.aws.emr_serverless import APPLICATION
from slipway_sandbox.provider.aws.events import EVENTS
from slipway_sandbox.provider.aws.functions import FUNCTIONS
from slipway_sandbox.provider.aws.iam_access import AccessKey, GroupMembership, OpenIdConnectProvider
from slipway_sandbox.provider.aws.iam_policies import POLICY_ROWS, Policy
from slipway_sandbox.provider.aws.iam_principals import GROUP, InstanceProfile, Role, User
from slipway_sandbox.provider.aws.kms import Alias, Key
from slipway_sandbox.provider.aws.logs import LOGS
from slipway_sandbox.provider.aws.mwaa import ENVIRONMENT
from slipway_sandbox.provider.aws.route53 import ROUTE53
from slipway_sandbox.provider.aws.s3_bucket import Bucket
from slipway_sandbox.provider.aws.s3_object import BucketObject, BucketObjectv2
from slipway_sandbox.provider.aws.s3_parts import PARTS
from slipway_sandbox.provider.aws.s3_parts_coded import CODED_PARTS
from slipway_sandbox.provider.aws.secrets_store import SECRETS
from slipway_sandbox.provider.aws.sns import SNS
from slipway_sandbox.provider.aws.sqs import SQS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.resource import Resource
    from slipway_sandbox.provider.contract import Invoke, Materialiser

_TYPES: tuple[Resource, ...] = (
    Bucket(),
    *PARTS,
    *CODED_PARTS,
    BucketObject(),
    BucketObjectv2(),
    Key(),
    Alias(),
    Table(),
    TableItem(),
    Role(),
    User(),
    GROUP,
    Policy(),
    *POLICY_ROWS,
    InstanceProfile(),
    AccessKey(),
    GroupMembership(),
    OpenIdConnectProvider(),
    *LOGS,
    *CLOUDWATCH,
    *EVENTS,
    *SNS,
    *SQS,
    *SECRETS,
    *NETWORK,
    *ROUTES,
    *SECURITY,
    VPC_ENDPOINT,
    FLOW_LOG,
    Instance(),
    *ROUTE53,
    *DELIVERY,
    *FUNCTIONS,
    *DATA_SERVICES,
    ENVIRONMENT,
    APPLICATION,
)

AWS_TYPES: Mapping[str, Materialiser] = MappingProxyType({resource.token: resource for resource in _TYPES})
AWS_INVOKES: Mapping[str, Invoke] = DATA_SOURCES
