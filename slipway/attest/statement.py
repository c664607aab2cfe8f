"""in-toto statements (v1): what is said (the predicate) about which bytes (the subjects)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum, unique
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from slipway.attest.canonical import canonical, read_document
from slipway.attest.faults import NotAStatement, NotCanonical
from slipway.attest.keys import PublicKey
from slipway.attest.verification import verify
from slipway.model.digest import Digest, hex_of
from slipway.model.frozen import Frozen

STATEMENT_PAYLOAD: Final = "application/vnd.in-toto+json"
"""The DSSE payload type of a statement (in-toto attestation framework, envelope layer)."""

_Predicate = TypeVar("_Predicate", bound=BaseModel)


@unique
class PredicateType(StrEnum):
    """What our statements say; each URI belongs to one model."""

    RELEASE = "urn:slipway:predicate:release:v1"
    """The predicate is a manifest, the subjects are its artifacts and the manifest itself."""

    APPROVAL = "urn:slipway:predicate:approval:v1"
    """The predicate is an approval, the subject is the manifest."""

    REVOCATION = "urn:slipway:predicate:revocation:v1"
    """The predicate takes approvals back, the subject is the manifest."""

    FIRST_DOCUMENT = "urn:slipway:predicate:first-document:v1"
    """The predicate is an environment's first document, the subject is that document."""

    CHECKPOINT = "urn:slipway:predicate:checkpoint:v1"
    """The predicate lists the heads of the ledger's chains, the subjects are those heads."""


class _DigestSet(Frozen):
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Subject(Frozen):
    """Bytes that a statement is about.

    Attributes:
        name: what they are called; for people.
        digest: what they are.
    """

    name: str
    digest: _DigestSet

    @classmethod
    def of(cls, name: str, digest: Digest) -> "Subject":
        """Name bytes by their digest."""
        return cls(name=name, digest=_DigestSet(sha256=hex_of(digest)))


class Statement(Frozen):
    """One statement.

    Attributes:
        statement_type: which version of statements this is.
        subject: what it is about.
        predicate_type: what kind of thing it says.
        predicate: what it says, as JSON values; `says` reads it.
    """

    model_config = ConfigDict(populate_by_name=True)

    statement_type: Literal["https://in-toto.io/Statement/v1"] = Field(
        default="https://in-toto.io/Statement/v1", alias="_type"
    )
    subject: tuple[Subject, ...]
    predicate_type: PredicateType = Field(alias="predicateType")
    predicate: Mapping[str, Any]

    @classmethod
    def of(
        cls, predicate_type: PredicateType, predicate: BaseModel, subjects: Sequence[Subject]
    ) -> "Statement":
        """Say something about subjects."""
        said = predicate.model_dump(mode="json", by_alias=True)
        return cls(subject=tuple(subjects), predicate_type=predicate_type, predicate=said)

    def payload(self) -> bytes:
        """Return what is signed of it: canonical JSON."""
        return canonical(self)

    def is_about(self, digest: Digest) -> bool:
        """Whether bytes of that digest are among its subjects."""
        return any(each.digest.sha256 == hex_of(digest) for each in self.subject)

    def says(self, model: type[_Predicate]) -> _Predicate:
        """Read the predicate.

        Raises:
            NotAStatement: it is no such predicate.
        """
        try:
            return model.model_validate_json(canonical(self.predicate))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            raise NotAStatement(
                f"the statement's predicate is no {model.__name__}: {place}: {first['msg']}",
                remedy="read it with the version of slipway that wrote it",
            ) from error


def open_statement(
    content: bytes,
    *,
    subject: str,
    predicate_type: PredicateType,
    keys: Sequence[PublicKey],
    threshold: int = 1,
) -> Statement:
    """Check a stored envelope and read the statement in it.

    Args:
        content: the stored envelope.
        subject: what it is about, for errors.
        predicate_type: what it has to say.
        keys: who is trusted.
        threshold: how many different keys must have signed.

    Raises:
        AttestationRefused: it is not believed (`verify` says why), or says something else (NotAStatement).
    """
    verified = verify(
        content, subject=subject, payload_type=STATEMENT_PAYLOAD, keys=keys, threshold=threshold
    )
    try:
        statement = read_document(verified.payload, Statement)
    except NotCanonical as error:
        raise NotAStatement(
            f"{subject} is signed and no statement: {error.message}", remedy=error.remedy
        ) from error
    if statement.predicate_type is not predicate_type:
        raise NotAStatement(
            f"{subject} says {statement.predicate_type.value}, not {predicate_type.value}",
            remedy="name the file that holds the right attestation",
        )
    return statement
