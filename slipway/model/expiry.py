"""How an object tells when it may be dropped: a mark at the end of its comment.

A comment needs no privilege beyond ownership and no edition (a tag needs both), is in INFORMATION_SCHEMA at
once and follows the object through clones and swaps. Because it follows, the mark names the object that it is
meant for: after a swap or in a clone the names differ, and a mark under another name never expires anything.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_MARK: Final = re.compile(r"(?:\n|^)\[slipway-expiry (?P<body>\{.*\})\]$")


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """When an object may be dropped.

    Attributes:
        object: the full name for which it was said.
        at: the moment, with a time zone.
    """

    object: str
    at: datetime

    def allows_drop_of(self, name: str, now: datetime) -> bool:
        """Whether an object with this mark may be dropped.

        Args:
            name: the full name that the object has now.
            now: the moment that counts.
        """
        return self.object == name and self.at <= now


def marked(comment: str, expiry: Expiry) -> str:
    """Add the mark to a comment, in place of one that is there.

    Args:
        comment: what the object's owner wrote.
        expiry: what the mark says.
    """
    own = unmarked(comment)
    body = json.dumps({"object": expiry.object, "at": expiry.at.isoformat()}, sort_keys=True)
    return f"{own}\n[slipway-expiry {body}]" if own else f"[slipway-expiry {body}]"


def unmarked(comment: str) -> str:
    """Return what the object's owner wrote.

    Args:
        comment: the whole comment.
    """
    found = _MARK.search(comment)
    return comment if found is None or expiry_in(comment) is None else comment[: found.start()]


def expiry_in(comment: str) -> Expiry | None:
    """Read the mark of a comment.

    Args:
        comment: the whole comment.

    Returns:
        What it says; None without a mark that this module wrote, which is then somebody's own text.
    """
    found = _MARK.search(comment)
    if found is None:
        return None
    try:
        body = json.loads(found["body"])
        at = datetime.fromisoformat(body["at"])
        return Expiry(object=str(body["object"]), at=at) if at.tzinfo else None
    except (ValueError, KeyError, TypeError):
        return None
