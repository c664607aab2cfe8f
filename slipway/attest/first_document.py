"""What ran in an environment before its first release, signed: no manifest of a release vouches for that."""

from collections.abc import Sequence
from typing import Final

from slipway.attest.canonical import digest_of_document
from slipway.attest.envelope import SigningKey, seal
from slipway.attest.faults import AttestationRefused
from slipway.attest.keys import PublicKey
from slipway.attest.statement import STATEMENT_PAYLOAD, PredicateType, Statement, Subject, open_statement
from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument

FIRST: Final = 1
"""The version of an environment's first document."""


def first_document_key(environment: Environment) -> str:
    """Where the signed document is kept in the artifact store."""
    return f"first-documents/{environment}.json"


def seal_first_document(document: EnvironmentDocument, signer: SigningKey) -> bytes:
    """Sign what runs in an environment before its first release.

    Args:
        document: the environment's first.
        signer: who vouches for it.
    """
    subject = Subject.of(f"first document of {document.environment}", digest_of_document(document))
    statement = Statement.of(PredicateType.FIRST_DOCUMENT, document, [subject])
    return seal(statement.payload(), STATEMENT_PAYLOAD, signer)


def open_first_document(
    content: bytes, environment: Environment, *, keys: Sequence[PublicKey]
) -> EnvironmentDocument:
    """Read what ran in an environment before its first release.

    Args:
        content: the stored envelope.
        environment: whose it has to be.
        keys: the pinned public keys.

    Raises:
        AttestationRefused: it is not believed, or is another document.
    """
    subject = f"the first document of {environment}"
    statement = open_statement(
        content, subject=subject, predicate_type=PredicateType.FIRST_DOCUMENT, keys=keys
    )
    document = statement.says(EnvironmentDocument)
    if (document.environment, document.version) != (environment, FIRST):
        raise AttestationRefused(
            f"{subject} is version {document.version} of {document.environment}'s",
            remedy=f"take the one of {environment}: slipway release bootstrap -s {environment} writes it",
        )
    return document
