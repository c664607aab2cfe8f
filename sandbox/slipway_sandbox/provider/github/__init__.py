"""The types and data sources of pulumi-github that exist on the sandbox's GitHub server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke, Materialiser

GITHUB_TYPES: Mapping[str, Materialiser] = {}
GITHUB_INVOKES: Mapping[str, Invoke] = {}
