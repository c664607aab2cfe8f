"""What settings of a network may be: each type refuses a wrong value in words that name what is right."""

from ipaddress import IPv4Network
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from components.network.blocks import divide
from components.network.zones import ZONES
from slipway.model.errors import DefinitionError

NETWORKS: Final = "networks"
"""In the context of a validation: the networks of the other stacks, by stack."""

_ZONES_MIN: Final = 2
"""MWAA user guide, "About networking on Amazon MWAA": two private subnets, in two zones."""

_PRIVATE: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918."""


def _known_region(region: str) -> str:
    if region not in ZONES:
        raise ValueError(f"it is one of {', '.join(ZONES)}")
    return region


def _network(text: object) -> IPv4Network:
    try:
        network = IPv4Network(str(text), strict=False)
    except ValueError:
        raise ValueError("it is a network such as 10.20.0.0/16") from None
    if str(text).partition("/")[0] != str(network.network_address):
        raise ValueError(f"it has host bits set; the network is {network}")
    if not any(network.subnet_of(private) for private in _PRIVATE):
        raise ValueError("it is a network of private addresses (RFC 1918)")
    return _divisible(network)


def _divisible(network: IPv4Network) -> IPv4Network:
    try:
        divide(network, _ZONES_MIN)
    except DefinitionError as error:
        raise ValueError(f"{error.message}: {error.remedy}") from None
    return network


def _apart(network: IPv4Network, info: ValidationInfo) -> IPv4Network:
    """Refuse addresses that another stack has: what has both in reach could not tell them apart."""
    for other, taken in (info.context or {}).get(NETWORKS, {}).items():
        if network.overlaps(taken):
            raise ValueError(f"{taken} of Pulumi.{other}.yaml has addresses of it; no two stacks share any")
    return network


def _zones_of_region(zones: int, info: ValidationInfo) -> int:
    region = info.data.get("region")  # absent when it is itself wrong, and then named first
    if region and not _ZONES_MIN <= zones <= len(ZONES[region]):
        raise ValueError(f"it is {_ZONES_MIN} (MWAA needs two) to {len(ZONES[region])} (those of {region})")
    return zones


def _within_zones(number: int, info: ValidationInfo) -> int:
    zones = info.data.get("zones")  # absent when it is itself wrong, and then named first
    if zones is not None and number > zones:
        raise ValueError(f"it is at most the number of zones, {zones}")
    return number


Region = Annotated[str, AfterValidator(_known_region)]
NetworkCidr = Annotated[IPv4Network, BeforeValidator(_network), AfterValidator(_apart)]
Zones = Annotated[int, AfterValidator(_zones_of_region)]
NatGateways = Annotated[int, Field(ge=0), AfterValidator(_within_zones)]
EndpointZones = Annotated[int, Field(ge=1), AfterValidator(_within_zones)]
