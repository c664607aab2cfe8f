"""Effects on cloud resources: what a change of each type of resource takes to undo. Pure."""

from collections.abc import Iterable
from typing import Final, assert_never

from slipway.model.effects import Effect, Operation, Reversibility
from slipway.ports.stack_engine import ResourceChange

HOLDS_DATA: Final = frozenset(
    {
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:dynamodb/table:Table",
        "aws:kms/key:Key",
        "aws:s3/bucket:Bucket",
        "aws:secretsmanager/secret:Secret",
        "snowflake:index/database:Database",
        "snowflake:index/schema:Schema",
        "snowflake:index/stageInternal:StageInternal",
        "snowflake:index/table:Table",
    }
)
"""Types whose deletion, or replacement, loses what nobody can declare again."""


def resource_effects(changes: Iterable[ResourceChange]) -> tuple[Effect, ...]:
    """Say what people approve of a preview: each resource, what is done to it, and the way back."""
    return tuple(
        Effect(
            target=change.urn,
            operation=change.operation,
            reversibility=reversibility_of(type_of(change.urn), change.operation),
        )
        for change in changes
    )


def reversibility_of(type_: str, operation: Operation) -> Reversibility:
    """What it takes to undo an operation on a type of resource.

    What is created fills: taking it back deletes what it holds by then.
    """
    match operation:
        case Operation.UPDATE | Operation.PUBLISH:
            return Reversibility.REDEPLOY
        case Operation.CREATE | Operation.REPLACE | Operation.DELETE:
            return Reversibility.FORWARD_ONLY if type_ in HOLDS_DATA else Reversibility.REDEPLOY
        case _:
            assert_never(operation)


def lost(effects: Iterable[Effect]) -> tuple[str, ...]:
    """URNs of the resources whose data effects would delete."""
    gone = (Operation.DELETE, Operation.REPLACE)
    return tuple(
        each.target for each in effects if each.operation in gone and type_of(each.target) in HOLDS_DATA
    )


def type_of(urn: str) -> str:
    """Read a resource's own type from its URN: `urn:pulumi:<stack>::<project>::<parents>$<type>::<name>`.

    Source: https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
    """
    return urn.split("::")[2].rpartition("$")[2]
