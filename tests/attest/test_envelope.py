"""DSSE envelopes: what is signed is what is read, and nothing of it can be changed unnoticed."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined] # re-exported without saying so

from slipway.attest import Envelope, PublicKey, canonical, seal, verify
from slipway.attest.envelope import pae
from slipway.attest.faults import (
    AttestationRefused,
    BadSignature,
    NotAKey,
    NotAnEnvelope,
    TooFewSignatures,
    UnknownKey,
    Unsigned,
    WrongPayloadType,
)
from tests.doubles.local_signer import LocalSigner

TYPE = "application/vnd.slipway.test+json"
PAYLOAD = b'{"approved":true}'
SIGNER, SECOND = LocalSigner("one"), LocalSigner("two")
STORED = seal(PAYLOAD, TYPE, SIGNER)


def _refusal(content: bytes, *signers: LocalSigner, threshold: int = 1) -> AttestationRefused:
    with pytest.raises(AttestationRefused) as refused:
        verify(
            content,
            subject="the manifest",
            payload_type=TYPE,
            keys=[signer.pinned for signer in signers],
            threshold=threshold,
        )
    assert "the manifest" in refused.value.message
    return refused.value


def _edited(**fields: Any) -> bytes:
    return canonical({**json.loads(STORED), **fields})


def test_the_encoding_of_the_protocol() -> None:
    """The test vector of the DSSE protocol."""
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_the_length_of_a_type_is_in_bytes() -> None:
    """Counted in characters, another type and payload could give the same message."""
    assert pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_what_was_signed_is_what_is_read() -> None:
    """The payload comes out of the verification, with those who vouch for it."""
    verified = verify(STORED, subject="the manifest", payload_type=TYPE, keys=[SECOND.pinned, SIGNER.pinned])
    assert (verified.payload, verified.signers) == (PAYLOAD, (SIGNER.pinned.id,))


@given(st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    """Not in the payload, not in the type, not in the key's id, not in a signature, not in the spelling."""
    changed = bytearray(STORED)
    changed[data.draw(st.integers(0, len(STORED) - 1))] ^= data.draw(st.integers(1, 255))
    _refusal(bytes(changed), SIGNER)


@given(st.binary(max_size=60))
def test_nothing_else_is_an_envelope(content: bytes) -> None:
    """Whatever comes in is refused as what it is, never by a traceback."""
    assert isinstance(_refusal(content, SIGNER), NotAnEnvelope)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'"\\ud800"',
        b"[" * 100_000,
        STORED + b"\n",
        json.dumps(json.loads(STORED)).encode(),
        _edited(payload=base64.b64encode(PAYLOAD).decode().rstrip("=")),
        _edited(payload="not base64!"),
        _edited(payloadType="\\ud800"),
        _edited(signatures={}),
        _edited(more=1),
    ],
)
def test_an_envelope_has_one_spelling(content: bytes) -> None:
    """Blanks, other base64 and further fields are refused: a reader who skips them can be fooled by them."""
    refused = _refusal(content, SIGNER)
    assert isinstance(refused, NotAnEnvelope | WrongPayloadType)


def test_an_unsigned_envelope() -> None:
    """It vouches for nothing."""
    refused = _refusal(_edited(signatures=[]), SIGNER)
    assert isinstance(refused, Unsigned)
    assert refused.message == "the manifest is not signed"


def test_a_key_that_is_not_pinned() -> None:
    """Anybody can make a key; the message tells the two apart."""
    refused = _refusal(STORED, SECOND)
    assert isinstance(refused, UnknownKey)
    assert SIGNER.pinned.id[:12] in refused.message
    assert SECOND.pinned.id[:12] in refused.remedy


def test_a_payload_that_was_exchanged() -> None:
    """The signature is there and is of other bytes."""
    exchanged = _edited(payload=base64.b64encode(b'{"approved":false}').decode())
    refused = _refusal(exchanged, SIGNER)
    assert isinstance(refused, BadSignature)
    assert "was changed after it was signed" in refused.message


def test_another_key_under_a_trusted_ones_name() -> None:
    """The key's id is a hint; the key decides."""
    forged = json.loads(seal(PAYLOAD, TYPE, SECOND))
    forged["signatures"][0]["keyid"] = SIGNER.pinned.id
    assert isinstance(_refusal(canonical(forged), SIGNER), BadSignature)


def test_an_envelope_of_another_kind() -> None:
    """A checkpoint that is properly signed is still no manifest."""
    refused = _refusal(seal(PAYLOAD, "text/plain", SIGNER), SIGNER)
    assert isinstance(refused, WrongPayloadType)
    assert "as 'text/plain'" in refused.message


def test_a_threshold_counts_keys_not_signatures() -> None:
    """Who signs twice is still one."""
    twice = _refusal(seal(PAYLOAD, TYPE, SIGNER, SIGNER), SIGNER, SECOND, threshold=2)
    assert isinstance(twice, TooFewSignatures)
    assert "1 of the 2" in twice.message
    both = verify(
        seal(PAYLOAD, TYPE, SIGNER, SECOND),
        subject="the manifest",
        payload_type=TYPE,
        keys=[SIGNER.pinned, SECOND.pinned],
        threshold=2,
    )
    assert set(both.signers) == {SIGNER.pinned.id, SECOND.pinned.id}


def test_a_threshold_of_nobody_is_a_fault_of_the_caller() -> None:
    """It would believe every envelope."""
    with pytest.raises(ValueError, match="threshold below 1"):
        verify(STORED, subject="x", payload_type=TYPE, keys=[SIGNER.pinned], threshold=0)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "it is of another kind"),
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), "it is of another kind"),
        (None, "it cannot be read"),
    ],
)
def test_only_keys_of_the_signers_kind_are_pinned(key: Any, reason: str) -> None:
    """A key of another curve would verify by other rules."""
    pem = (
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        if key
        else b"no key"
    )
    with pytest.raises(NotAKey) as refused:
        PublicKey.from_pem(pem)
    assert reason in refused.value.message
    assert "ECC_NIST_P256" in refused.value.remedy


def test_another_implementation_reads_ours() -> None:
    """securesystemslib verifies what we sealed, with the same key under the same id."""
    key = SSlibKey(
        SIGNER.pinned.id,
        "ecdsa",
        "ecdsa-sha2-nistp256",
        {"public": SIGNER.public_key().decode()},
    )
    theirs = OtherEnvelope.from_dict(json.loads(STORED))
    assert theirs.pae() == Envelope.parse(STORED, subject="it").message
    assert list(theirs.verify([key], 1)) == [SIGNER.pinned.id]
