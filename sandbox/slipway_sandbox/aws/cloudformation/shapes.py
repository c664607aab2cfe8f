"""What CloudFormation tells of stacks and events, in the API reference's words."""

from typing import Any

from slipway_sandbox.aws.cloudformation.query import moment
from slipway_sandbox.aws.cloudformation.stack import Event, Stack


def described(stack: Stack) -> dict[str, Any]:
    """What DescribeStacks tells of a stack."""
    parameters = {} if stack.template is None else stack.template.parameters
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "CreationTime": moment(stack.since),
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
        "EnableTerminationProtection": str(stack.protected).lower(),
        "Parameters": [{"ParameterKey": name, "ParameterValue": text} for name, text in parameters.items()],
        "Tags": [{"Key": name, "Value": text} for name, text in stack.tags.items()],
        "Outputs": [{"OutputKey": name, "OutputValue": text} for name, text in stack.outputs.items()],
    }


def told_of(stack: Stack, event: Event) -> dict[str, Any]:
    """What DescribeStackEvents tells of an event."""
    return {
        "StackId": stack.id,
        "EventId": event.id,
        "StackName": stack.name,
        "LogicalResourceId": event.resource,
        "PhysicalResourceId": event.physical,
        "ResourceType": event.type,
        "Timestamp": moment(event.at),
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason or None,
    }
