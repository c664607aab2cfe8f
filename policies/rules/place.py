"""Where a resource is: its stack and the component that it belongs to, both from its URN."""

from typing import Annotated, Final, Literal

from pydantic import Field

from policies.rules.rule import Resource
from slipway.model.environment import Environment
from slipway.model.frozen import Frozen

StackWord = Literal["shared", "dev", "staging", "prod"]
"""A stack in a threshold: another word would be a rule that judges nowhere."""
Amount = Annotated[int, Field(ge=0)]
"""A threshold that counts something."""

_QUALIFIED: Final = 2
"""The part of a URN that names the type, after those of all components around it."""


def stack_of(urn: str) -> str:
    """Return the stack of a resource."""
    return urn.split(":")[2]


def is_within(resource: Resource, component: str) -> bool:
    """Whether a resource belongs to a component.

    Args:
        resource: the resource.
        component: what the component's type begins with.
    """
    around = resource.urn.split("::")[_QUALIFIED].split("$")[:-1]
    return any(each.startswith(component) for each in around)


def environment_of(urn: str) -> Environment:
    """Return whose thresholds a resource has; what is in no environment is held like dev."""
    stack = stack_of(urn)
    return Environment(stack) if stack in tuple(Environment) else Environment.DEV


class ByEnvironment(Frozen):
    """A threshold of each environment.

    Attributes:
        dev: in dev, and where there is no environment.
        staging: in staging.
        prod: in prod.
    """

    dev: Amount
    staging: Amount
    prod: Amount

    def of(self, environment: Environment) -> int:
        """Return the threshold of an environment."""
        return {Environment.STAGING: self.staging, Environment.PROD: self.prod}.get(environment, self.dev)
