"""Reading a digest that a person typed."""

import re
from typing import Final

from slipway.model.digest import Digest
from slipway.model.errors import UsageError

_WHOLE: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


class DigestUnreadable(UsageError):  # noqa: N818 - it says what is the case
    """A text that is no whole digest."""


def whole_digest(text: str, *, what: str) -> Digest:
    """Read a digest with all its digits: what is signed is never completed from a beginning.

    Args:
        text: with or without `sha256:`.
        what: whose digest it is, for errors.

    Raises:
        DigestUnreadable: it is something else.
    """
    matched = _WHOLE.fullmatch(text)
    if matched is None:
        raise DigestUnreadable(
            f"{text!r} is no digest of {what}", remedy="copy the whole of it: sha256: and 64 digits"
        )
    return Digest(f"sha256:{matched[1]}")
