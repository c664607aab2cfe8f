"""DSSE envelopes (Dead Simple Signing Envelope, protocol 1.0): bytes, their type, and signatures over both.

An envelope has one spelling: canonical JSON with standard base64. The protocol lets readers take others; ours
do not, so that there is no byte of a stored envelope that can be changed unnoticed.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ConfigDict, Field, ValidationError

from slipway.attest.canonical import canonical
from slipway.attest.faults import NotAnEnvelope
from slipway.attest.keys import KeyId, PublicKey
from slipway.model.frozen import Frozen


class SigningKey(Protocol):
    """What signs: `slipway.ports.signer.Signer` is one."""

    def sign(self, message: bytes) -> bytes:
        """Return a DER signature."""
        ...

    def public_key(self) -> bytes:
        """Return the public key, PEM."""
        ...


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature.

    Attributes:
        key_id: the key that is said to have made it.
        signature: DER.
    """

    key_id: KeyId
    signature: bytes


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A payload with signatures that nobody has checked yet; `slipway.attest.verify` does.

    Attributes:
        payload: what was signed.
        payload_type: how it is to be read; signed too.
        signatures: in any number.
    """

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...] = ()

    @property
    def message(self) -> bytes:
        """What is signed: the pre-authentication encoding of type and payload."""
        return pae(self.payload_type, self.payload)

    def write(self) -> bytes:
        """Return the envelope as it is stored."""
        signatures = [{"keyid": each.key_id, "sig": _encoded(each.signature)} for each in self.signatures]
        return canonical(
            {
                "payload": _encoded(self.payload),
                "payloadType": self.payload_type,
                "signatures": signatures,
            }
        )

    @classmethod
    def parse(cls, content: bytes, *, subject: str) -> "Envelope":
        """Read a stored envelope.

        Args:
            content: its bytes.
            subject: what it is about, for errors.

        Raises:
            NotAnEnvelope: they are no envelope, or not written as `write` does.
        """
        try:
            envelope = _Document.model_validate(json.loads(content)).envelope()
        except (ValueError, binascii.Error, RecursionError) as error:
            raise _not_an_envelope(subject, _reason(error)) from error
        if envelope.write() != content:
            raise _not_an_envelope(subject, "it is not written canonically")
        return envelope


class _SignatureDocument(Frozen):
    keyid: str
    sig: str


class _Document(Frozen):
    model_config = ConfigDict(strict=True)

    payload: str
    payload_type: str = Field(alias="payloadType")
    signatures: list[_SignatureDocument]

    def envelope(self) -> Envelope:
        signatures = tuple(
            Signature(key_id=KeyId(each.keyid), signature=_decoded(each.sig)) for each in self.signatures
        )
        return Envelope(payload=_decoded(self.payload), payload_type=self.payload_type, signatures=signatures)


def pae(payload_type: str, payload: bytes) -> bytes:
    """Join type and payload so that no two pairs give the same bytes (DSSE protocol, PAE)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, payload_type: str, *signers: SigningKey) -> bytes:
    """Sign a payload and return the stored form of its envelope.

    Args:
        payload: what is vouched for.
        payload_type: how it is to be read.
        signers: who vouches; each adds a signature.
    """
    message = pae(payload_type, payload)
    signatures = tuple(
        Signature(key_id=PublicKey.from_pem(signer.public_key()).id, signature=signer.sign(message))
        for signer in signers
    )
    return Envelope(payload=payload, payload_type=payload_type, signatures=signatures).write()


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first: Any = error.errors(include_url=False)[0]
        return f"{'.'.join(str(step) for step in first['loc']) or 'the whole'}: {first['msg']}"
    return str(error)


def _not_an_envelope(subject: str, reason: str) -> NotAnEnvelope:
    return NotAnEnvelope(
        f"{subject} is not in a DSSE envelope: {reason}",
        remedy="use the file that slipway wrote, byte for byte",
    )
