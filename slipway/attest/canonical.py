"""Canonical JSON (RFC 8785) and digests: the same value is the same bytes, and so has one name."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

import rfc8785
from pydantic import BaseModel, TypeAdapter, ValidationError

from slipway.attest.faults import DigestMismatch, NotCanonical
from slipway.model.digest import Digest, short

Document = BaseModel | Mapping[str, Any]
"""Something that has a canonical form: one of our models, or JSON values by name."""

_Model = TypeVar("_Model", bound=BaseModel)
_Value = TypeVar("_Value")


def canonical(document: Document) -> bytes:
    """Write a document in the one way that it can be written.

    Args:
        document: numbers within what JSON's readers agree on (RFC 8785, appendix B), names that are texts.

    Raises:
        NotCanonical: it holds a number or a value that JSON has no agreed form for.
    """
    plain = _plain(document)
    try:
        return rfc8785.dumps(plain)
    except rfc8785.CanonicalizationError as error:
        raise NotCanonical(
            f"{_name(document)} has no canonical form: {error}",
            remedy="write numbers beyond 2^53, infinities and other values as text",
        ) from error


def digest_of(content: bytes) -> Digest:
    """Return the digest of bytes."""
    return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")


def digest_of_document(document: Document) -> Digest:
    """Return the digest of a document's canonical form."""
    return digest_of(canonical(document))


def read_document(content: bytes, model: type[_Model], *, digest: Digest | None = None) -> _Model:
    """Read what `canonical` wrote.

    Args:
        content: the document's bytes.
        model: what it has to be.
        digest: its name; None when something else, such as a signature, vouches for the bytes.

    Raises:
        DigestMismatch: the bytes are others than those of that name.
        NotCanonical: they are no such document in canonical form.
    """
    return read_value(content, TypeAdapter(model), name=model.__name__, digest=digest)


def check_digest(content: bytes, digest: Digest, *, name: str) -> None:
    """Prove that bytes are those that a digest names.

    Raises:
        DigestMismatch: they are others.
    """
    if (found := digest_of(content)) != digest:
        raise DigestMismatch(
            f"the {name} {short(digest)} was changed: its bytes have the digest {short(found)}",
            remedy="restore the object's first version, and find out who wrote the later one",
        )


def read_value(
    content: bytes, reader: TypeAdapter[_Value], *, name: str, digest: Digest | None = None
) -> _Value:
    """Read one of several kinds of documents; `read_document` explains arguments and errors."""
    if digest is not None:
        check_digest(content, digest, name=name)
    try:
        document = reader.validate_json(content)
        is_canonical = rfc8785.dumps(json.loads(content)) == content
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise _unreadable(name, f"{place}: {first['msg']}") from error
    except rfc8785.CanonicalizationError as error:
        raise _unreadable(name, str(error)) from error
    if not is_canonical:  # judged by the bytes: a model that has learned a field since writes others
        raise _unreadable(name, "it is not written canonically")
    return document


def _unreadable(name: str, reason: str) -> NotCanonical:
    return NotCanonical(
        f"these bytes are no {name} in canonical JSON: {reason}",
        remedy="use what slipway wrote, byte for byte; a later version of slipway may have written it",
    )


def _plain(document: Document) -> Any:
    if isinstance(document, BaseModel):
        return document.model_dump(mode="json", by_alias=True)
    return dict(document)


def _name(document: Document) -> str:
    return type(document).__name__ if isinstance(document, BaseModel) else "the document"
