"""Reads the workspace whose pipelines a stack makes real."""

import pulumi

from slipway.catalog import load_workspace
from slipway.model.errors import SlipwayError
from slipway.model.workspace import Workspace
from stacks.settings import Settings


def load(settings: Settings) -> Workspace:
    """Return the checked workspace.

    Raises:
        pulumi.RunError: the workspace has findings; each is named with file, line and remedy.
    """
    try:
        return load_workspace(settings.workspace)
    except SlipwayError as error:
        raise pulumi.RunError(str(error)) from None
