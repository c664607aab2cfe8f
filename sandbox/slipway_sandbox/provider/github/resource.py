"""What every type here has."""

from __future__ import annotations

from slipway_sandbox.provider.indexed import IndexedType


class GithubType(IndexedType):
    """A materialised type of GitHub."""

    package = "github"
