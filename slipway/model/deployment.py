"""What a deployment is for, and what it is called: its chain of the ledger has the same name."""

from enum import StrEnum, unique

from slipway.model.digest import Digest, short
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId


@unique
class Purpose(StrEnum):
    """What a deployment is for."""

    BOOTSTRAP = "bootstrap"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    SECOND_LOOK = "second-look"
    """A release runs, and of the first look it could not be told how it does."""


def deployment_id(environment: Environment, purpose: Purpose, release: Digest, attempt: int) -> DeploymentId:
    """Name a deployment: the same release in the same environment finds its own again."""
    return DeploymentId(f"{_name(environment, purpose, release)}{attempt}")


def deployment_names(environment: Environment, release: Digest) -> tuple[str, ...]:
    """Return what the ids of a release's deployments in an environment begin with, whatever they are for."""
    return tuple(_name(environment, purpose, release) for purpose in Purpose)


def purpose_of(deployment: DeploymentId) -> Purpose:
    """Tell from its id what a deployment is for."""
    _, _, named = deployment.partition("-")
    return next((each for each in Purpose if named.startswith(f"{each}-")), Purpose.DEPLOY)


def _name(environment: Environment, purpose: Purpose, release: Digest) -> str:
    what = "" if purpose is Purpose.DEPLOY else f"{purpose}-"
    return f"{environment}-{what}{short(release)}-"
