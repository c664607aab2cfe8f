"""Environments and the stacks that make them real."""

from enum import StrEnum, unique


@unique
class Environment(StrEnum):
    """Where pipelines run: an AWS account, an Airflow and a Snowflake database each. Not a stack name."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"

    @property
    def below(self) -> "Environment | None":
        """The environment that a release passes before this one; None for the first."""
        order = list(Environment)
        place = order.index(self)
        return order[place - 1] if place else None

    @property
    def above(self) -> "Environment | None":
        """The environment that a release passes after this one; None for the last."""
        return next((each for each in Environment if each.below is self), None)


@unique
class StackName(StrEnum):
    """A Pulumi stack: one an environment, and `shared` for what exists once (it is no environment)."""

    SHARED = "shared"
    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"

    @property
    def environment(self) -> Environment | None:
        """The environment that this stack makes real; None for `shared`."""
        return None if self is StackName.SHARED else Environment(self.value)
