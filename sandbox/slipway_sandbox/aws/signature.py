"""Whether a request was signed with the secret its access key id has.

botocore signs; verifying is signing the same request again with the secret we hold and comparing. The
algorithms are AWS's: "Signature Version 4 signing process", and version 2 for S3, which botocore still uses
for presigned URLs of us-east-1.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never
from urllib.parse import parse_qsl, quote, urlsplit

from botocore.auth import HmacV1Auth, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.wire import Call, Scheme

_V4_TIME = "%Y%m%dT%H%M%SZ"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_HEX_DIGEST = 64


def is_signed_with(call: Call, secret: str) -> bool:
    """Recompute the signature of a request with ``secret`` and compare.

    Raises:
        AwsError: a presigned URL is over, or the body is not the one that was signed.
    """
    match call.scope.scheme:
        case Scheme.HEADER_V4:
            _check_body_digest(call)
            expected = _v4(call, secret, call.header("X-Amz-Date"))
        case Scheme.QUERY_V4:
            _check_v4_expiry(call)
            expected = _v4(call, secret, call.query["X-Amz-Date"])
        case Scheme.QUERY_V2:
            _check_v2_expiry(call)
            expected = _v2(call, secret)
        case Scheme.ANONYMOUS:
            return False
        case unreachable:
            assert_never(unreachable)
    return hmac.compare_digest(expected, call.scope.signature)


class _HeaderSigner(SigV4Auth):  # type: ignore[misc] # botocore carries no types
    """Signs exactly the headers it is given; which ones to sign was the client's choice."""

    def headers_to_sign(self, request: Any) -> Any:
        return _folded(request)


class _S3HeaderSigner(S3SigV4Auth):  # type: ignore[misc] # botocore carries no types
    """The same for S3, whose paths are signed as sent."""

    def headers_to_sign(self, request: Any) -> Any:
        return _folded(request)


def _folded(request: Any) -> Any:
    headers = HTTPHeaders()
    for name, value in request.headers.items():
        headers[name.lower()] = value
    return headers


def _v4(call: Call, secret: str, timestamp: str) -> str:
    scope = call.scope
    signer = _S3HeaderSigner if scope.service in {"s3", "s3express"} else _HeaderSigner
    auth = signer(Credentials(scope.access_key_id, secret), scope.service, scope.region)
    request = AWSRequest(
        method=call.method, url=_signed_url(call), headers=_signed_headers(call), data=call.body
    )
    request.context["timestamp"] = timestamp
    if scope.scheme is Scheme.QUERY_V4 and scope.service == "s3":
        request.context["payload_signing_enabled"] = False
    canonical = auth.canonical_request(request)
    if scope.scheme is Scheme.QUERY_V4 and scope.service == "s3":
        canonical = canonical.rpartition("\n")[0] + "\n" + (call.header("X-Amz-Content-SHA256") or _UNSIGNED)
    return str(auth.signature(auth.string_to_sign(request, canonical), request))


def _signed_headers(call: Call) -> dict[str, str]:
    return {name: call.header(name) for name in call.scope.signed_headers}


def _signed_url(call: Call) -> str:
    """The URL without the signature, each part encoded as the canonical form wants it."""
    pairs = parse_qsl(call.raw_query.replace("+", "%2B"), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name != "X-Amz-Signature"]
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in kept)
    return f"http://{call.header('Host')}{call.raw_path}" + (f"?{query}" if query else "")


def _check_body_digest(call: Call) -> None:
    declared = call.header("X-Amz-Content-SHA256")
    if len(declared) != _HEX_DIGEST or hashlib.sha256(call.body).hexdigest() == declared:
        return
    message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    raise AwsError("XAmzContentSHA256Mismatch", message)


def _check_v4_expiry(call: Call) -> None:
    try:
        signed = datetime.strptime(call.query["X-Amz-Date"], _V4_TIME).replace(tzinfo=UTC)
        lifetime = timedelta(seconds=int(call.query["X-Amz-Expires"]))
    except (KeyError, ValueError) as error:
        message = "X-Amz-Date and X-Amz-Expires must be a time and a number of seconds"
        raise AwsError("AuthorizationQueryParametersError", message) from error
    if signed + lifetime < datetime.now(UTC):
        raise AwsError("AccessDenied", "Request has expired", status=403)


def _check_v2_expiry(call: Call) -> None:
    expires = call.query.get("Expires", "")
    if not expires.isdigit() or datetime.fromtimestamp(int(expires), UTC) < datetime.now(UTC):
        raise AwsError("AccessDenied", "Request has expired", status=403)


class _V2Signer(HmacV1Auth):  # type: ignore[misc] # botocore carries no types
    """Signs the expiry of the URL where a header would carry the date."""

    def __init__(self, credentials: Credentials, date: str) -> None:
        super().__init__(credentials)
        self._date = date

    def _get_date(self) -> str:
        return self._date


def _v2(call: Call, secret: str) -> str:
    token = call.query.get("x-amz-security-token")
    auth = _V2Signer(Credentials(call.scope.access_key_id, secret, token), call.query["Expires"])
    headers = HTTPHeaders()
    for name, value in call.environ.items():
        if name.startswith("HTTP_") or name == "CONTENT_TYPE":
            headers[name.removeprefix("HTTP_").replace("_", "-").lower()] = str(value)
    url = urlsplit(f"{call.raw_path}?{call.raw_query}")
    return str(auth.get_signature(call.method, url, headers))
