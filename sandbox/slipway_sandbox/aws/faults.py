"""Errors of the front, in the shape the calling AWS client expects.

A client that cannot parse an error shows a stack trace instead of the reason, and an HTTP 500 without a body
is retried for half a minute. So every refusal and every failure of the front leaves in the dialect of the
service that was called.
"""

import json
from dataclasses import replace
from enum import Enum, auto
from typing import assert_never
from uuid import uuid4
from xml.sax.saxutils import escape

from slipway_sandbox.aws.wire import Answer, Call

_REST_XML_SERVICES = frozenset({"cloudfront", "route53", "s3control"})
_EXPECTED_TOKEN = "The security token included in the request is "  # noqa: S105 - AWS's sentence, no secret


class AwsError(Exception):
    """A request that is refused or cannot be carried out.

    Attributes:
        code: AWS's error code.
        message: the sentence the user sees.
        status: the HTTP status.
    """

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class Dialect(Enum):
    """How a service writes its errors."""

    S3 = auto()
    EC2 = auto()
    QUERY = auto()
    JSON = auto()


def dialect_of(call: Call) -> Dialect:
    """The error shape that the client of this request can read."""
    content_type = call.header("Content-Type")
    if call.scope.service in {"s3", "s3express"} and not call.target and "Action" not in call.form:
        return Dialect.S3
    if call.scope.service == "ec2":
        return Dialect.EC2
    form = content_type.startswith("application/x-www-form-urlencoded") or "Action" in call.query
    if form or call.scope.service in _REST_XML_SERVICES:
        return Dialect.QUERY
    return Dialect.JSON


def unknown_key(call: Call) -> AwsError:
    """No account of this world has the key that signed."""
    match dialect_of(call):
        case Dialect.S3:
            message = "The AWS Access Key Id you provided does not exist in our records."
            return AwsError("InvalidAccessKeyId", message, status=403)
        case Dialect.EC2:
            message = "AWS was not able to validate the provided access credentials"
            return AwsError("AuthFailure", message, status=401)
        case Dialect.QUERY:
            return AwsError("InvalidClientTokenId", _EXPECTED_TOKEN + "invalid.", status=403)
        case Dialect.JSON:
            return AwsError("UnrecognizedClientException", _EXPECTED_TOKEN + "invalid.")
        case unreachable:
            assert_never(unreachable)


def bad_token(call: Call) -> AwsError:
    """The key is known and its session token is not the one it was issued with."""
    code = "InvalidToken" if dialect_of(call) is Dialect.S3 else "InvalidClientTokenId"
    return AwsError(code, _EXPECTED_TOKEN + "invalid.", status=403)


def expired_token(call: Call) -> AwsError:
    """The session is over."""
    code = "ExpiredToken" if dialect_of(call) is not Dialect.JSON else "ExpiredTokenException"
    return AwsError(code, _EXPECTED_TOKEN + "expired", status=403)


def bad_signature(call: Call) -> AwsError:
    """The secret that signed is not the key's secret."""
    code = "InvalidSignatureException" if dialect_of(call) is Dialect.JSON else "SignatureDoesNotMatch"
    message = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method."
    )
    return AwsError(code, message, status=403)


def unsigned(call: Call) -> AwsError:
    """Nobody signed, and nothing here is public."""
    if dialect_of(call) is Dialect.S3:
        return AwsError("AccessDenied", "Access Denied", status=403)
    message = "Missing Authentication Token"
    code = "MissingAuthenticationToken"
    return AwsError(code if dialect_of(call) is not Dialect.JSON else f"{code}Exception", message, status=403)


def answer_of(call: Call, fault: AwsError) -> Answer:
    """Write a fault in the dialect of the service that was called; the answer to a HEAD has no body."""
    answer = _written(call, fault)
    return replace(answer, body=b"") if call.method == "HEAD" else answer


def _written(call: Call, fault: AwsError) -> Answer:
    request_id = str(uuid4())
    match dialect_of(call):
        case Dialect.S3:
            return _xml(fault, request_id, "<Error>{error}<RequestId>{id}</RequestId></Error>")
        case Dialect.EC2:
            shape = "<Response><Errors><Error>{error}</Error></Errors><RequestID>{id}</RequestID></Response>"
            return _xml(fault, request_id, shape)
        case Dialect.QUERY:
            sender = "<Type>{type}</Type>".format(type="Sender" if fault.status < 500 else "Receiver")  # noqa: PLR2004 - HTTP
            shape = (
                "<ErrorResponse><Error>"
                + sender
                + "{error}</Error><RequestId>{id}</RequestId></ErrorResponse>"
            )
            return _xml(fault, request_id, shape)
        case Dialect.JSON:
            body = json.dumps({"__type": fault.code, "message": fault.message}).encode()
            headers = (
                ("Content-Type", "application/x-amz-json-1.0"),
                ("x-amzn-ErrorType", fault.code),
                ("x-amzn-RequestId", request_id),
            )
            return Answer.of(fault.status, body, headers)
        case unreachable:
            assert_never(unreachable)


def _xml(fault: AwsError, request_id: str, shape: str) -> Answer:
    error = f"<Code>{escape(fault.code)}</Code><Message>{escape(fault.message)}</Message>"
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + shape.format(error=error, id=request_id)
    headers = (("Content-Type", "application/xml"), ("x-amzn-RequestId", request_id))
    return Answer.of(fault.status, text.encode(), headers)
