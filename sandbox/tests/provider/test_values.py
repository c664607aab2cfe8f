"""Values on the wire and in the store: whatever the engine sends comes back as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given
from hypothesis import strategies as st

from slipway_sandbox.provider.contract import Archive, Asset, ProviderFault
from slipway_sandbox.provider.values import (
    UNKNOWN,
    Secret,
    bare,
    decode,
    encode,
    flat,
    is_secret,
    is_unknown,
    revived,
    secretly,
)
from tests.provider.engine import SIG, struct
from tests.provider.engine import UNKNOWN as UNKNOWN_ON_WIRE

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=8),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just(UNKNOWN),
    st.builds(Asset, text=st.text(min_size=1, max_size=4), hash=st.just("ab")),
    st.builds(Archive, assets=st.dictionaries(st.text(max_size=3), st.just(Asset(path="p")), max_size=2)),
)
NAMES = st.text(min_size=1, max_size=5).filter(lambda name: name != SIG)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3), st.builds(Secret, inner)
    ),
    max_leaves=12,
)
PROPERTIES = st.dictionaries(NAMES, VALUES, max_size=4)


@given(PROPERTIES)
def test_the_wire_loses_nothing(properties: dict[str, Any]) -> None:
    """Encoded and decoded, every value is itself, secrets and unknowns inside of anything included."""
    assert decode(encode(properties)) == properties


@given(PROPERTIES)
def test_the_store_loses_nothing(properties: dict[str, Any]) -> None:
    """The same through JSON text."""
    assert revived(json.loads(json.dumps(flat(properties)))) == properties


@given(PROPERTIES)
def test_our_coding_is_protobufs_own(properties: dict[str, Any]) -> None:
    """The message is the one that protobuf's JSON mapping makes of the wire form."""
    assert MessageToDict(encode(properties)) == MessageToDict(struct(flat(properties)))


@given(VALUES)
def test_bare_values_hold_no_secret_marks(value: Any) -> None:
    """What a materialiser gets; marks put back on lie where they were."""
    assert not is_secret(bare(value))
    assert is_secret(secretly(value, bare(value))) == is_secret(value)


@pytest.mark.parametrize(
    "unknown",
    [
        UNKNOWN_ON_WIRE,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        {SIG: "d0e6a833031e9bbcd3f4e8bde6ca49a4"},
    ],
)
def test_every_form_of_an_unknown_is_one(unknown: Any) -> None:
    """The engine marks an unknown by the type it will have; a missing output value is one too."""
    assert decode(struct({"a": [unknown]})) == {"a": [UNKNOWN]}
    assert is_unknown(decode(struct({"a": {"b": [unknown]}})))


def test_output_values_and_references_become_plain() -> None:
    """Forms that this provider does not ask for, but an engine may send."""
    output = {
        SIG: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
        "value": "x",
        "secret": True,
        "dependencies": ["urn:x"],
    }
    reference = {SIG: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:x", "id": "i-1"}
    assert decode(struct({"a": output, "b": reference})) == {"a": Secret("x"), "b": "i-1"}


def test_a_value_of_a_kind_that_nobody_knows_is_refused() -> None:
    """Silently taking it for an object would send it to a server."""
    with pytest.raises(ProviderFault, match="unknown kind 00ff"):
        decode(struct({"a": {SIG: "00ff"}}))
