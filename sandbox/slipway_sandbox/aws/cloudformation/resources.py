"""The resource types of the sandbox's CloudFormation: each made, changed and removed in moto's accounts.

Properties that a type does not know are refused by name: a template must not seem to do what nothing does.
"""

from collections.abc import Mapping
from typing import Final

from slipway_sandbox.aws.cloudformation.identities import ManagedPolicy, OidcProvider, Role
from slipway_sandbox.aws.cloudformation.resource_type import Properties, ResourceType
from slipway_sandbox.aws.cloudformation.storage import Alias, Bucket, BucketPolicy, Key
from slipway_sandbox.aws.faults import AwsError

TYPES: Final[Mapping[str, ResourceType]] = {
    "AWS::IAM::ManagedPolicy": ManagedPolicy(),
    "AWS::IAM::OIDCProvider": OidcProvider(),
    "AWS::IAM::Role": Role(),
    "AWS::KMS::Alias": Alias(),
    "AWS::KMS::Key": Key(),
    "AWS::S3::Bucket": Bucket(),
    "AWS::S3::BucketPolicy": BucketPolicy(),
}
"""Every type that the sandbox's CloudFormation makes."""


def type_of(name: str) -> ResourceType:
    """Return a type.

    Raises:
        AwsError: the sandbox does not make it.
    """
    if name not in TYPES:
        message = f"the sandbox's CloudFormation does not make {name}; it makes {', '.join(sorted(TYPES))}"
        raise AwsError("NotImplemented", message, status=501)
    return TYPES[name]


def check_properties(name: str, told: Properties) -> None:
    """Refuse properties that the sandbox would not heed.

    Raises:
        AwsError: there is one; it is named.
    """
    if unknown := sorted(told.keys() - type_of(name).known):
        message = f"the sandbox's CloudFormation does not know {', '.join(unknown)} of {name}"
        raise AwsError("NotImplemented", message, status=501)
