"""The one table of the types and data sources that are real on the sandbox's servers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws import AWS_INVOKES, AWS_TYPES
from slipway_sandbox.provider.github import GITHUB_INVOKES, GITHUB_TYPES
from slipway_sandbox.provider.snowflake import SNOWFLAKE_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke, Materialiser

MATERIALISED: Mapping[str, Materialiser] = MappingProxyType({**AWS_TYPES, **GITHUB_TYPES, **SNOWFLAKE_TYPES})
INVOKES: Mapping[str, Invoke] = MappingProxyType({**AWS_INVOKES, **GITHUB_INVOKES})
