"""Canonical JSON: one spelling a value, one value a spelling."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.attest import canonical, digest_of, digest_of_document, read_document
from slipway.attest.faults import DigestMismatch, NotCanonical
from slipway.model.effects import Effect, Effects, Operation, Reversibility
from slipway.model.environment import Environment
from slipway.model.events import Event, EventKind, Outcome

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
EFFECTS = Effects.of(
    [
        Effect(
            target="snowflake://FINEDGE.MARTS.REVENUE",
            operation=Operation.PUBLISH,
            reversibility=Reversibility.POINTER,
        )
    ]
)


def test_the_example_of_the_standard() -> None:
    """RFC 8785, section 3.2.2 and 3.2.3: numbers, escapes and the order of names."""
    document = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical(document).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@given(st.dictionaries(st.text(), _JSON))
def test_the_order_of_names_makes_no_difference(document: dict[str, Any]) -> None:
    """Two writers who fill a mapping in different orders mean the same document."""
    turned = dict(reversed(document.items()))
    assert digest_of_document(document) == digest_of_document(turned)


@pytest.mark.parametrize("value", [2**53 + 1, float("inf"), float("nan"), "\ud800", b"bytes"])
def test_what_json_readers_disagree_on_is_refused(value: object) -> None:
    """A number that another reader rounds would be another document there."""
    with pytest.raises(NotCanonical) as refused:
        canonical({"value": value})
    assert "the document has no canonical form" in refused.value.message
    assert "as text" in refused.value.remedy


def test_a_model_is_read_back_from_its_own_bytes() -> None:
    """Times, enums and tuples survive."""
    event = Event(
        kind=EventKind.APPROVED,
        outcome=Outcome.SUCCESS,
        at=datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
        actor="arn:aws:iam::111122223333:user/ana.silva",
        environment=Environment.PROD,
        subject="settlements/dbt",
        datasets=("snowflake://FINEDGE.MARTS.REVENUE",),
        figures={"rows": "315"},
    )
    content = canonical(event)
    assert read_document(content, Event, digest=digest_of(content)) == event


@given(st.data())
def test_a_changed_byte_is_refused_by_the_name_of_the_document(data: st.DataObject) -> None:
    """The digest is the document's name: other bytes are another document."""
    content = canonical(EFFECTS)
    position = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DigestMismatch) as refused:
        read_document(bytes(changed), Effects, digest=digest_of(content))
    assert refused.value.message.startswith(f"the Effects {digest_of(content)[7:19]} was changed")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no json", "the whole: Invalid JSON"),
        (b'{"effects": []}', "it is not written canonically"),
        (b'{"effects":[],"more":1}', "more: Extra inputs are not permitted"),
        (b'{"effects":[1],"effects":[]}', "it is not written canonically"),
    ],
)
def test_what_is_no_such_document_is_refused(content: bytes, reason: str) -> None:
    """Two spellings of one document would have two digests."""
    with pytest.raises(NotCanonical) as refused:
        read_document(content, Effects)
    assert reason in refused.value.message
    assert "byte for byte" in refused.value.remedy
