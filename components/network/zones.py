"""The availability zones of each region, by ids that mean the same place in every account: pure.

Zone names (`us-east-1a`) are shuffled from account to account, so that two environments with the same names
could stand in different places. Only regions that are enabled in every account are known.
Source: EC2 user guide, "Regions and Zones".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_ZONES: Final = {
    "ap-northeast-1": ("apne1", (1, 2, 4)),
    "ap-northeast-2": ("apne2", (1, 2, 3, 4)),
    "ap-northeast-3": ("apne3", (1, 2, 3)),
    "ap-south-1": ("aps1", (1, 2, 3)),
    "ap-southeast-1": ("apse1", (1, 2, 3)),
    "ap-southeast-2": ("apse2", (1, 2, 3)),
    "ca-central-1": ("cac1", (1, 2, 4)),
    "eu-central-1": ("euc1", (1, 2, 3)),
    "eu-north-1": ("eun1", (1, 2, 3)),
    "eu-west-1": ("euw1", (1, 2, 3)),
    "eu-west-2": ("euw2", (1, 2, 3)),
    "eu-west-3": ("euw3", (1, 2, 3)),
    "sa-east-1": ("sae1", (1, 2, 3)),
    "us-east-1": ("use1", (1, 2, 4, 5, 6)),  # without az3, which lacks most of the services that we call
    "us-east-2": ("use2", (1, 2, 3)),
    "us-west-1": ("usw1", (1, 3)),
    "us-west-2": ("usw2", (1, 2, 3, 4)),
}

ZONES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        region: tuple(f"{prefix}-az{number}" for number in numbers)
        for region, (prefix, numbers) in _ZONES.items()
    }
)
"""Region -> ids of its zones, in the order in which an environment takes them."""
