"""What exists in each stack. `deploy` is the one entrance, `settings` the only reader of configuration."""

from typing import assert_never

from stacks.environment import deploy_environment
from stacks.settings import EnvironmentSettings, Settings, SharedSettings
from stacks.shared import deploy_shared


def deploy(settings: Settings) -> None:
    """Declare every resource of the stack that the settings describe."""
    match settings:
        case SharedSettings():
            deploy_shared(settings)
        case EnvironmentSettings():
            deploy_environment(settings)
        case _:
            assert_never(settings)
