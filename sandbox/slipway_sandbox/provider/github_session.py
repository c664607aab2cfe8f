"""From the github provider's settings to a session with the sandbox's GitHub."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from slipway_sandbox.provider.contract import GithubClient, ProviderFault
from slipway_sandbox.provider.github.client import Github

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.world import World


def connect(world: World, settings: Properties) -> GithubClient:
    """The client that the settings describe; the environment and the world stand in for what they leave out.

    Raises:
        ProviderFault: the settings name another server than the sandbox's.
    """
    base: str = settings.get("baseUrl") or os.environ.get("GITHUB_BASE_URL") or world.github
    if _root(base) != _root(world.github):
        raise ProviderFault(
            f"github:baseUrl {base} is not the sandbox's GitHub",
            remedy=f"leave it out, or set it to {world.github}",
        )
    token = settings.get("token") or os.environ.get("GITHUB_TOKEN", "")
    owner = settings.get("owner") or os.environ.get("GITHUB_OWNER") or world.github_owner
    return Github(base, token, owner)


def _root(url: str) -> str:
    return url.rstrip("/").removesuffix("/api/v3")
