"""Who acts in the request that this thread answers, for rules deep inside moto that depend on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_user_id: ContextVar[str] = ContextVar("user_id", default="")


@contextmanager
def acting_as(user_id: str) -> Iterator[None]:
    """Answer a request for a principal.

    Args:
        user_id: what STS calls its UserId.
    """
    token = _user_id.set(user_id)
    try:
        yield
    finally:
        _user_id.reset(token)


def acting_user_id() -> str:
    """The UserId of who acts: what ``${aws:userid}`` stands for."""
    return _user_id.get()
