"""Attestations: canonical JSON, digests, in-toto statements, DSSE envelopes; pure functions.

Private keys stay behind `slipway.ports.signer`; which public keys are trusted is the caller's to say.
"""

from slipway.attest.canonical import canonical, digest_of, digest_of_document, read_document
from slipway.attest.chain import entry_content, is_whole, origin_of
from slipway.attest.envelope import Envelope, seal
from slipway.attest.keys import KeyId, PublicKey
from slipway.attest.pinned import PinnedKeys
from slipway.attest.statement import STATEMENT_PAYLOAD, PredicateType, Statement, Subject, open_statement
from slipway.attest.verification import Verified, verify

__all__ = [
    "STATEMENT_PAYLOAD",
    "Envelope",
    "KeyId",
    "PinnedKeys",
    "PredicateType",
    "PublicKey",
    "Statement",
    "Subject",
    "Verified",
    "canonical",
    "digest_of",
    "digest_of_document",
    "entry_content",
    "is_whole",
    "open_statement",
    "origin_of",
    "read_document",
    "seal",
    "verify",
]
