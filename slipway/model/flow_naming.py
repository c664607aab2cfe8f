"""Physical names of what carries releases: logs of builds, buses, rules, queues, roles for other accounts."""

from typing import Final

from slipway.model.environment import StackName
from slipway.model.naming import Naming

UNDELIVERED: Final = "undelivered"
"""The role of the queue of events that reached nobody, and the name of its alarm."""


def role_for(duty: str, stack: StackName) -> str:
    """Name the subject of the role that a duty of one stack works with in another one."""
    return f"{duty}-{stack}"


def build_log_group(naming: Naming, duty: str) -> str:
    """Name the log group of a CodeBuild project."""
    return naming.log_group(f"builds/{duty}")


def event_bus(naming: Naming) -> str:
    """Name the bus on which other accounts tell a stack's of a release."""
    return f"slipway-{naming.stack}"


def event_bus_arn(naming: Naming, region: str) -> str:
    """Return the ARN that this bus has or will have."""
    return f"arn:aws:events:{region}:{naming.account_id}:event-bus/{event_bus(naming)}"


def event_rule(naming: Naming, subject: str) -> str:
    """Name an EventBridge rule."""
    return f"slipway-{naming.stack}-{subject}"


def queue(naming: Naming, role: str) -> str:
    """Name an SQS queue."""
    return f"slipway-{naming.stack}-{role}"
