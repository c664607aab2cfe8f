"""The data sources of pulumi-aws that answer from the sandbox's AWS front.

Owned here: their table. A data source that is not in it fails by name in the core.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.data.identity import IDENTITY
from slipway_sandbox.provider.aws.data.images import IMAGES
from slipway_sandbox.provider.aws.data.lookups import LOOKUPS
from slipway_sandbox.provider.aws.data.network import NETWORK
from slipway_sandbox.provider.aws.data.places import PLACES
from slipway_sandbox.provider.aws.data.policy_document import get_policy_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke

DATA_SOURCES: Mapping[str, Invoke] = MappingProxyType(
    {
        "aws:iam/getPolicyDocument:getPolicyDocument": get_policy_document,
        **IDENTITY,
        **PLACES,
        **IMAGES,
        **NETWORK,
        **LOOKUPS,
    }
)
