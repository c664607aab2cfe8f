"""Who acts in the request that this thread answers, and how, for rules deep inside moto that depend on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from slipway_sandbox.aws.identity import Caller
from slipway_sandbox.aws.wire import Call


@dataclass(frozen=True, kw_only=True)
class Acting:
    """What policies may ask of a request.

    Attributes:
        user_id: what STS calls the UserId of who acts: what ``${aws:userid}`` stands for.
        principal: ARN of the user, or of the role of a session: what ``aws:PrincipalArn`` is.
        conditions: condition keys in small letters to values; a key that is not there has none.
    """

    user_id: str = ""
    principal: str = ""
    conditions: Mapping[str, str] = field(default_factory=dict)


_NOBODY = Acting()
_acting: ContextVar[Acting] = ContextVar("acting", default=_NOBODY)


@contextmanager
def acting_as(caller: Caller, call: Call) -> Iterator[None]:
    """Answer a request for a principal.

    Args:
        caller: whose credentials signed the request.
        call: the request.
    """
    who = Acting(
        user_id=caller.user_id, principal=caller.role_arn or caller.arn, conditions=_conditions(call)
    )
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


def acting() -> Acting:
    """Who acts, and how."""
    return _acting.get()


def _conditions(call: Call) -> dict[str, str]:
    """The keys that conditional writes are demanded with.

    Parts of a large upload create no object (S3 user guide, "Enforce conditional writes").
    """
    is_part = "partNumber" in call.query or "uploads" in call.query
    known = {"s3:objectcreationoperation": str(not is_part).lower()}
    condition = call.header("If-None-Match")
    return {**known, "s3:if-none-match": condition} if condition else known
