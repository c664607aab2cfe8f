"""One AWS request as it came in, with its body read and its signature's scope parsed.

Owned here: reading a WSGI environment into a ``Call``. Not owned: whether the signature is right
(``signature``), whose key it is (``identity``).
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

Environ = dict[str, Any]

_BODY_FREE = frozenset({"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"})
"""Headers about the transport, which is over once the body is read."""


class Scheme(StrEnum):
    """How a request proves who sent it."""

    ANONYMOUS = "anonymous"
    HEADER_V4 = "AWS4-HMAC-SHA256 header"
    QUERY_V4 = "AWS4-HMAC-SHA256 query"
    QUERY_V2 = "AWS query"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the signature says about itself.

    Attributes:
        scheme: where and how it was given.
        access_key_id: whose key signed; empty when anonymous.
        date: the day of the signing key, ``20260131``; empty before version 4.
        region: the region signed for.
        service: the signing name (``monitoring``, not ``cloudwatch``).
        signature: the signature itself.
        signed_headers: lower-case names of the headers it covers.
    """

    scheme: Scheme
    access_key_id: str = ""
    date: str = ""
    region: str = "us-east-1"
    service: str = "s3"
    signature: str = ""
    signed_headers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, complete.

    Attributes:
        environ: the WSGI environment, its input replaced by the body that was read.
        body: the whole body.
        scope: what its signature says.
    """

    environ: Environ = field(repr=False)
    body: bytes = field(repr=False)
    scope: Scope

    @staticmethod
    def read(environ: Environ) -> "Call":
        """Read the body to its end and parse the signature's scope.

        Raises:
            ValueError: the authorization is present and is not of a known form.
        """
        body = _drained(environ)
        return Call(environ=environ, body=body, scope=parse_scope(environ))

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def raw_path(self) -> str:
        """The path as it was sent, still percent-encoded: signatures cover this form."""
        return str(self.environ["RAW_URI"]).partition("?")[0]

    @property
    def raw_query(self) -> str:
        """The query string as it was sent."""
        return str(self.environ.get("QUERY_STRING", ""))

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The query parameters, decoded; the last of equal names wins."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The form fields of a query-protocol request; empty for any other."""
        if not self.header("Content-Type").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def target(self) -> str:
        """``X-Amz-Target`` of a JSON-protocol request, or nothing."""
        return self.header("X-Amz-Target")

    @property
    def action(self) -> str:
        """The operation's name where the protocol carries it, else method and path."""
        named = self.target.rpartition(".")[2] or self.form.get("Action") or self.query.get("Action")
        return named or f"{self.method} {self.environ['RAW_URI']}"

    def header(self, name: str) -> str:
        """The value of a header, or an empty string."""
        return str(self.environ.get(_environ_key(name), ""))


def parse_scope(environ: Mapping[str, Any]) -> Scope:
    """Find the signature of a request, in its headers or in its query string.

    Raises:
        ValueError: an authorization is present and is not of a known form.
    """
    authorization = str(environ.get("HTTP_AUTHORIZATION", ""))
    query = dict(parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True))
    if authorization.startswith("AWS4-HMAC-SHA256 "):
        return _header_v4(authorization)
    if authorization:
        raise ValueError(f"Authorization of an unknown kind: {authorization.partition(' ')[0]}")
    if "X-Amz-Credential" in query:
        return _query_v4(query)
    if "AWSAccessKeyId" in query and "Signature" in query:
        key_id, signature = query["AWSAccessKeyId"], query["Signature"]
        return Scope(scheme=Scheme.QUERY_V2, access_key_id=key_id, signature=signature)
    return Scope(scheme=Scheme.ANONYMOUS)


def _header_v4(authorization: str) -> Scope:
    parts = authorization.removeprefix("AWS4-HMAC-SHA256 ").split(",")
    fields = dict(part.strip().partition("=")[::2] for part in parts)
    signed, signature = fields.get("SignedHeaders", ""), fields.get("Signature", "")
    return _v4(Scheme.HEADER_V4, fields.get("Credential", ""), signed, signature)


def _query_v4(query: Mapping[str, str]) -> Scope:
    signed, signature = query.get("X-Amz-SignedHeaders", ""), query.get("X-Amz-Signature", "")
    return _v4(Scheme.QUERY_V4, query["X-Amz-Credential"], signed, signature)


def _v4(scheme: Scheme, credential: str, signed_headers: str, signature: str) -> Scope:
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request":  # noqa: PLR2004 - key, date, region, service, "aws4_request"
        raise ValueError("Credential must be KEY/DATE/REGION/SERVICE/aws4_request")
    return Scope(
        scheme=scheme,
        access_key_id=parts[0],
        date=parts[1],
        region=parts[2],
        service=parts[3].lower(),
        signature=signature,
        signed_headers=tuple(signed_headers.split(";")),
    )


def _environ_key(header: str) -> str:
    key = header.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


def _drained(environ: Environ) -> bytes:
    """Read the body and leave an environment in which it can be read again."""
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        body = bytes(environ["wsgi.input"].read())
    else:
        body = bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    for name in _BODY_FREE & environ.keys():
        del environ[name]
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = io.BytesIO(body)
    environ.setdefault("RAW_URI", environ.get("REQUEST_URI") or environ["PATH_INFO"])
    environ["PATH_INFO"] = unquote(environ["RAW_URI"].partition("?")[0], "latin-1")
    return body


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One response, complete.

    Attributes:
        status: the HTTP status code.
        headers: its headers, in order.
        body: its whole body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    @staticmethod
    def of(status: int, body: bytes, headers: Iterable[tuple[str, str]]) -> "Answer":
        """An answer whose length header is that of its body."""
        kept = tuple((name, value) for name, value in headers if name.lower() != "content-length")
        return Answer(status=status, headers=(*kept, ("Content-Length", str(len(body)))), body=body)
