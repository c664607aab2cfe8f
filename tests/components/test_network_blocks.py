"""The allocator's promises hold for every network and every number of zones."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.blocks import ZONES_MAX, ZoneBlocks, divide
from components.network.zones import ZONES
from slipway.model.errors import DefinitionError


@st.composite
def networks(draw: st.DrawFn) -> IPv4Network:
    """Any network of the size of an environment."""
    prefix = draw(st.integers(16, 21))
    number = draw(st.integers(0, 2 ** (prefix - 8) - 1))
    return IPv4Network((10 << 24 | number << 32 - prefix, prefix))


zone_counts = st.integers(1, ZONES_MAX)


def _flat(blocks: tuple[ZoneBlocks, ...]) -> list[IPv4Network]:
    return [block for each in blocks for block in (each.private, each.public)]


@given(network=networks(), zones=zone_counts)
def test_no_two_blocks_overlap_and_all_are_inside(network: IPv4Network, zones: int) -> None:
    """An overlap is refused by EC2 half-way through, and a block outside of the network too."""
    blocks = _flat(divide(network, zones))
    assert len(blocks) == 2 * zones
    assert all(block.subnet_of(network) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


@given(network=networks(), zones=st.integers(1, ZONES_MAX - 1))
def test_a_zone_that_is_added_at_the_end_moves_no_other(network: IPv4Network, zones: int) -> None:
    """A moved subnet is a replaced one, and everything in it goes down."""
    assert divide(network, zones + 1)[:zones] == divide(network, zones)


@given(network=networks(), zones=zone_counts)
def test_every_block_has_room(network: IPv4Network, zones: int) -> None:
    """EC2 wants at least a /28; a private block holds 251 hosts at least, EC2 keeps five of 256."""
    for each in divide(network, zones):
        assert each.private.num_addresses >= 256
        assert each.public.prefixlen <= 28


def test_a_network_is_divided_as_the_docstring_says() -> None:
    """Six eighths private, a quarter of an eighth public: known by heart when somebody reads a flow log."""
    assert divide(IPv4Network("10.20.0.0/16"), 2) == (
        ZoneBlocks(private=IPv4Network("10.20.0.0/19"), public=IPv4Network("10.20.192.0/21")),
        ZoneBlocks(private=IPv4Network("10.20.32.0/19"), public=IPv4Network("10.20.200.0/21")),
    )


@pytest.mark.parametrize(
    ("network", "zones", "message", "remedy"),
    [
        ("10.20.0.0/22", 2, "network 10.20.0.0/22 is too small", "from /16 to /21"),
        ("10.0.0.0/8", 2, "network 10.0.0.0/8 is too large", "from /16 to /21"),
        ("10.20.0.0/16", 7, "network 10.20.0.0/16 cannot be divided among 7 zones", "1 to 6 zones"),
        ("10.20.0.0/16", 0, "network 10.20.0.0/16 cannot be divided among 0 zones", "1 to 6 zones"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(network: str, zones: int, message: str, remedy: str) -> None:
    """Half a network would be worse than none."""
    with pytest.raises(DefinitionError, match=message) as caught:
        divide(IPv4Network(network), zones)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("region", sorted(ZONES))
def test_every_regions_zones_fit(region: str) -> None:
    """A region with more zones than places would be cut off without a word."""
    assert 2 <= len(set(ZONES[region])) == len(ZONES[region]) <= ZONES_MAX
