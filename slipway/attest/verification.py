"""Whether an envelope is believed: which pinned keys vouch for it, and the payload that they vouch for."""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.attest.envelope import Envelope
from slipway.attest.faults import BadSignature, TooFewSignatures, UnknownKey, Unsigned, WrongPayloadType
from slipway.attest.keys import KeyId, PublicKey


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was vouched for. Only `verify` makes one: read this payload, never the envelope's again.

    Attributes:
        payload: the bytes that the signatures are over.
        payload_type: how they are to be read.
        signers: the trusted keys that signed, sorted.
    """

    payload: bytes
    payload_type: str
    signers: tuple[KeyId, ...]


def verify(
    content: bytes, *, subject: str, payload_type: str, keys: Sequence[PublicKey], threshold: int = 1
) -> Verified:
    """Check an envelope against pinned keys.

    A signature counts when the key that it names is pinned and made it. Signatures of unknown keys count for
    nothing; a wrong one of a pinned key refuses the whole, because then somebody has changed something.

    Args:
        content: the stored envelope.
        subject: what it is about, for errors.
        payload_type: what its payload has to be.
        keys: who is trusted.
        threshold: how many different keys must have signed.

    Returns:
        The payload that they signed.

    Raises:
        AttestationRefused: in the form that says why: NotAnEnvelope, Unsigned, WrongPayloadType, UnknownKey,
            BadSignature or TooFewSignatures.
    """
    if threshold < 1:
        message = "a threshold below 1 would believe everybody"
        raise ValueError(message)
    envelope = Envelope.parse(content, subject=subject)
    if not envelope.signatures:
        raise Unsigned(f"{subject} is not signed", remedy="sign it, or take the signed copy from the store")
    if envelope.payload_type != payload_type:
        raise WrongPayloadType(
            f"{subject} is signed as {envelope.payload_type!r}, not as {payload_type!r}",
            remedy="name the file that holds the right attestation",
        )
    signers = _signers(envelope, subject, {key.id: key for key in keys})
    if len(signers) < threshold:
        raise TooFewSignatures(
            f"{subject} is signed by {len(signers)} of the {threshold} trusted keys that are needed",
            remedy="have it signed by another trusted key",
        )
    return Verified(
        payload=envelope.payload, payload_type=envelope.payload_type, signers=tuple(sorted(signers))
    )


def _signers(envelope: Envelope, subject: str, trusted: dict[KeyId, PublicKey]) -> set[KeyId]:
    named = [each for each in envelope.signatures if each.key_id in trusted]
    if not named:
        unknown = ", ".join(each.key_id[:12] for each in envelope.signatures)
        raise UnknownKey(
            f"{subject} is signed by {unknown}, which is no trusted key",
            remedy=f"trusted are {', '.join(key[:12] for key in sorted(trusted)) or 'no keys'}: "
            "check where it comes from, or pin the key if it is yours",
        )
    for each in named:
        if not trusted[each.key_id].has_signed(envelope.message, each.signature):
            raise BadSignature(
                f"{subject} was changed after it was signed: "
                f"the signature of {each.key_id[:12]} is of other bytes",
                remedy="take the copy from the store, and find out who changed this one",
            )
    return {each.key_id for each in named}
