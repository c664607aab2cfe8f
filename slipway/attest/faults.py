"""What can be wrong with an attestation, each by a name of its own. All are refusals: exit code 1."""

from slipway.model.errors import DefinitionError, SlipwayError


class AttestationRefused(SlipwayError):  # noqa: N818 - it says what happened
    """An attestation that is not believed."""


class NotCanonical(AttestationRefused):
    """Bytes that are no canonical JSON, or a value that has none."""


class DigestMismatch(AttestationRefused):
    """Bytes that are not those that their name promises."""


class NotAnEnvelope(AttestationRefused):
    """Bytes that are no DSSE envelope in canonical JSON."""


class Unsigned(AttestationRefused):
    """An envelope without any signature."""


class UnknownKey(AttestationRefused):
    """Signatures, and none of a key that is trusted."""


class BadSignature(AttestationRefused):
    """A signature that names a trusted key and is not that key's for these bytes."""


class TooFewSignatures(AttestationRefused):
    """Good signatures of fewer keys than are asked for."""


class WrongPayloadType(AttestationRefused):
    """A good envelope around something else."""


class NotAStatement(AttestationRefused):
    """A signed payload that is no in-toto statement with the predicate that is asked for."""


class NotAKey(DefinitionError):  # noqa: N818 - it says what is the case
    """A text that is no public key of the kind that signs here."""
