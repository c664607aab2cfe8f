"""How the addresses of a network are divided among its zones: pure.

Each zone has a fixed place, however many zones there are: a zone that is added at the end moves no subnet of
another. Six eighths of the network are private blocks, one a zone; the rest is cut into public ones.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from slipway.model.errors import DefinitionError

ZONES_MAX: Final = 6

_PRIVATE_BITS: Final = 3
_PUBLIC_BITS: Final = 5
# A VPC has at most a /16. Below a /21 a private block has less than 251 free addresses: each Spark worker,
# Airflow worker and endpoint takes one.
_LARGEST_PREFIX: Final = 16
_SMALLEST_PREFIX: Final = 21


@dataclass(frozen=True, kw_only=True)
class ZoneBlocks:
    """The addresses of one zone.

    Attributes:
        private: of everything that runs; four times as large as the public block.
        public: of ways out, nothing else.
    """

    private: IPv4Network
    public: IPv4Network


def divide(network: IPv4Network, zones: int) -> tuple[ZoneBlocks, ...]:
    """Return the blocks of the first `zones` zones.

    Raises:
        DefinitionError: the network has not the size of an environment, or there are too many zones.
    """
    _refuse(network, zones)
    private = list(network.subnets(prefixlen_diff=_PRIVATE_BITS))
    public = [block for block in network.subnets(prefixlen_diff=_PUBLIC_BITS) if _behind(block, private)]
    return tuple(ZoneBlocks(private=private[zone], public=public[zone]) for zone in range(zones))


def _behind(block: IPv4Network, private: list[IPv4Network]) -> bool:
    """Tell whether a block is in the part of the network that no zone's private block takes."""
    return block.network_address > private[ZONES_MAX - 1].broadcast_address


def _refuse(network: IPv4Network, zones: int) -> None:
    if not _LARGEST_PREFIX <= network.prefixlen <= _SMALLEST_PREFIX:
        size = "large" if network.prefixlen < _LARGEST_PREFIX else "small"
        raise DefinitionError(
            f"network {network} is too {size}",
            remedy=f"choose a prefix from /{_LARGEST_PREFIX} to /{_SMALLEST_PREFIX}",
        )
    if not 1 <= zones <= ZONES_MAX:
        raise DefinitionError(
            f"network {network} cannot be divided among {zones} zones",
            remedy=f"choose 1 to {ZONES_MAX} zones",
        )
