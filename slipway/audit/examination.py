"""One chain looked at: each entry of the table against its locked copy and against the entry before."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slipway.attest import digest_of, entry_content, origin_of
from slipway.attest.faults import NotCanonical
from slipway.audit.discrepancy import Discrepancy, Fault
from slipway.model.digest import Digest, short
from slipway.model.events import Event
from slipway.ports.ledger import LedgerEntry

_RESTORE: Final = "the locked copy is what happened: tell the auditor who may write the table"
_LOOK: Final = "tell the auditor: the ledger itself never does this"


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a chain really is.

    Attributes:
        chain: its name.
        digests: of its entries in order, as the locked copies have them; None where there is none.
        events: what the entries tell, those that can be read.
        discrepancies: what is wrong in it.
    """

    chain: str
    digests: tuple[Digest | None, ...]
    events: tuple[Event, ...]
    discrepancies: tuple[Discrepancy, ...]


def examine(chain: str, entries: Sequence[LedgerEntry], copies: Mapping[int, bytes]) -> Examined:
    """Look at one chain.

    Args:
        chain: its name.
        entries: the table's.
        copies: the locked ones, by sequence.
    """
    table = {entry.sequence: entry for entry in entries}
    length = max([*table, *copies], default=-1) + 1
    places = [_Place(chain, number, table.get(number), copies.get(number)) for number in range(length)]
    before: list[Digest | None] = [origin_of(chain), *(place.digest for place in places)]
    found = [each for place, digest in zip(places, before, strict=False) for each in place.wrong(digest)]
    return Examined(
        chain=chain,
        digests=tuple(place.digest for place in places),
        events=tuple(place.event for place in places if place.event is not None),
        discrepancies=tuple(found),
    )


@dataclass(frozen=True)
class _Place:
    """One place of a chain: what the table and the lock have there."""

    chain: str
    number: int
    entry: LedgerEntry | None
    copy: bytes | None

    @property
    def digest(self) -> Digest | None:
        """What the entry is: the locked copy's word counts more than the table's."""
        if self.copy is not None:
            return digest_of(self.copy)
        return self.entry.digest if self.entry else None

    @property
    def event(self) -> Event | None:
        told = self._told.get("event") if self._told else None
        try:
            return Event.model_validate_json(json.dumps(told)) if told else None
        except ValueError:
            return None

    @property
    def _told(self) -> dict[str, Any]:
        """What the entry says, by the locked copy or else by the table."""
        content = self.copy if self.copy is not None else _content(self.entry)
        try:
            document = json.loads(content or b"null")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}

    def wrong(self, before: Digest | None) -> Iterator[Discrepancy]:
        if self.entry is None and self.copy is None:
            yield self._found(Fault.MISSING_ENTRY, "is missing", _LOOK)
            return
        if self.entry is None:
            remedy = "the next to append restores it if its writer was killed; else it was deleted"
            yield self._found(
                Fault.MISSING_ENTRY, "is missing in the table; its locked copy is there", remedy
            )
        elif self.copy is None:
            yield self._found(Fault.NOT_LOCKED, "is in the table and has no locked copy", _LOOK)
        elif not self._agree(self.entry, self.copy):
            yield self._found(Fault.CHANGED, "was changed in the table after it was written", _RESTORE)
        yield from self._misplaced(before)

    def _agree(self, entry: LedgerEntry, copy: bytes) -> bool:
        return _content(entry) == copy and entry.digest == digest_of(copy)

    def _misplaced(self, before: Digest | None) -> Iterator[Discrepancy]:
        place = (self._told.get("chain"), self._told.get("sequence"))
        if place != (self.chain, self.number):
            yield self._found(Fault.BROKEN_LINK, f"is of another place: {place[0]} {place[1]}", _LOOK)
        elif before is not None and self._told.get("previous") != before:
            yield self._found(Fault.BROKEN_LINK, f"does not follow {short(before)}, the one before it", _LOOK)

    def _found(self, fault: Fault, what: str, remedy: str) -> Discrepancy:
        subject = f"{self.chain} {self.number}"
        return Discrepancy(
            fault=fault,
            subject=subject,
            message=f"entry {self.number} of the ledger's chain {self.chain} {what}",
            remedy=remedy,
        )


def _content(entry: LedgerEntry | None) -> bytes | None:
    """Return the bytes that an entry of the table stands for; None when its event was rewritten."""
    if entry is None:
        return None
    try:
        content = entry_content(
            chain=entry.chain, sequence=entry.sequence, previous=entry.previous, event=entry.event
        )
    except (ValueError, NotCanonical):
        return None
    return content if b'"event":' + entry.event in content else None
