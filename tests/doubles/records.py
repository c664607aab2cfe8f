"""Where a deployment's records are, in memory: objects, leases, environment documents, ledger entries."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from slipway.attest import entry_content, is_whole
from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.events import Event
from slipway.ports.documents import EnvironmentDocuments, VersionTaken
from slipway.ports.leases import Lease, LeaseHeld, LeaseLost, Leases
from slipway.ports.ledger import EntryChanged, LedgerEntry, LedgerStore, SequenceTaken
from slipway.ports.objects import ErasableObjects, ObjectAbsent, ObjectStoreError, ObjectTaken, StoredObject


@dataclass
class MemoryObjects(ErasableObjects):
    """Objects by key.

    Attributes:
        stored: content by key; a test that forges writes into it.
        locks: the date of each object that was locked with one.
        writes: keys in the order in which they were written.
        reachable: False: every call fails, as when the server is down.
        moments: when an object was written; where a test says nothing, long ago.
    """

    stored: dict[str, bytes] = field(default_factory=dict)
    locks: dict[str, datetime] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    reachable: bool = True
    moments: dict[str, datetime] = field(default_factory=dict)

    def create(self, key: str, content: bytes, *, retain_until: datetime | None = None) -> bool:
        self._answer()
        if key in self.stored and self.stored[key] != content:
            raise ObjectTaken(f"{key} is there already with other content", remedy="use another name")
        is_new = key not in self.stored
        if is_new:
            self._put(key, content)
        if retain_until is not None:
            self.locks[key] = retain_until
        return is_new

    def replace(self, key: str, content: bytes, *, version: str | None) -> str:
        self._answer()
        current = repr(self.stored[key]) if key in self.stored else None
        if current != version and self.stored.get(key) != content:
            raise ObjectTaken(f"{key} was written by somebody else since it was read", remedy="read it again")
        self._put(key, content)
        return repr(content)

    def read(self, key: str) -> StoredObject:
        self._answer()
        if key not in self.stored:
            raise ObjectAbsent(f"{key} does not exist", remedy="check the name")
        return StoredObject(content=self.stored[key], version=repr(self.stored[key]))

    def keys(self, prefix: str) -> tuple[str, ...]:
        self._answer()
        return tuple(sorted(key for key in self.stored if key.startswith(prefix)))

    def written(self, prefix: str) -> Mapping[str, datetime]:
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        return {key: self.moments.get(key, long_ago) for key in self.keys(prefix)}

    def delete(self, key: str) -> None:
        self._answer()
        self.stored.pop(key, None)

    def _put(self, key: str, content: bytes) -> None:
        self.stored[key] = content
        self.writes.append(key)

    def _answer(self) -> None:
        if not self.reachable:
            raise ObjectStoreError("the bucket does not answer", remedy="try again once it does")


@dataclass
class MemoryLeases(Leases):
    """The newest lease of each target; one that was given back has ended."""

    newest: dict[str, Lease] = field(default_factory=dict)

    def acquire(
        self, target: str, *, holder: str, now: datetime, lasting: timedelta, take_over: bool = False
    ) -> Lease:
        held = self.newest.get(target)
        if held is not None and held.until > now and held.holder != holder and not take_over:
            raise LeaseHeld(
                f"{target} is being changed by {held.holder}",
                remedy=f"wait for {held.holder} to end",
                holder=held.holder,
                until=held.until,
            )
        token = held.token + 1 if held else 1
        self.newest[target] = Lease(target=target, holder=holder, token=token, until=now + lasting)
        return self.newest[target]

    def renew(self, lease: Lease, *, now: datetime, lasting: timedelta) -> Lease:
        held = self.newest[lease.target]
        if held.token != lease.token or held.until <= now:
            raise LeaseLost(f"the lease of {lease.target} has ended", remedy="take the lease anew")
        self.newest[lease.target] = replace(held, until=now + lasting)
        return self.newest[lease.target]

    def held(self, *, now: datetime) -> tuple[Lease, ...]:
        return tuple(
            sorted((each for each in self.newest.values() if each.until > now), key=lambda e: e.target)
        )

    def release(self, lease: Lease) -> None:
        if self.newest[lease.target].token == lease.token:
            self.newest[lease.target] = replace(lease, until=datetime.min.replace(tzinfo=lease.until.tzinfo))


@dataclass
class MemoryDocuments(EnvironmentDocuments):
    """Environment documents by environment and version."""

    stored: dict[tuple[Environment, int], EnvironmentDocument] = field(default_factory=dict)

    def newest(self, environment: Environment) -> EnvironmentDocument | None:
        versions = [version for place, version in self.stored if place is environment]
        return self.stored[environment, max(versions)] if versions else None

    def version(self, environment: Environment, version: int) -> EnvironmentDocument | None:
        return self.stored.get((environment, version))

    def add(self, document: EnvironmentDocument) -> None:
        before = self.newest(document.environment)
        if before == document:
            return
        if document.version != (before.version if before else 0) + 1:
            raise VersionTaken(f"version {document.version} cannot be written", remedy="begin anew")
        self.stored[document.environment, document.version] = document


@dataclass
class MemoryLedger(LedgerStore):
    """Entries and locked copies by chain and sequence; a test that forges writes into them."""

    stored: dict[tuple[str, int], LedgerEntry] = field(default_factory=dict)
    locked: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def append(self, entry: LedgerEntry) -> None:
        place = (entry.chain, entry.sequence)
        if self.stored.get(place, entry) != entry:
            raise SequenceTaken(f"entry {entry.sequence} of {entry.chain} is taken", remedy="read again")
        self.stored[place] = entry
        self.locked[place] = entry_content(
            chain=entry.chain, sequence=entry.sequence, previous=entry.previous, event=entry.event
        )

    def last(self, chain: str) -> LedgerEntry | None:
        return next(map(_whole, reversed(self.entries(chain))), None)

    def entries(self, chain: str, *, after: int = -1) -> tuple[LedgerEntry, ...]:
        places = [place for place in sorted(self.stored) if place[0] == chain and place[1] > after]
        return tuple(self.stored[place] for place in places)

    def copies(self, chain: str) -> Mapping[int, bytes]:
        return {place[1]: self.locked[place] for place in sorted(self.locked) if place[0] == chain}

    def heads(self, name: str) -> Mapping[str, bytes]:
        return {chain: copy for (chain, _), copy in sorted(self.locked.items()) if chain.startswith(name)}

    def about(self, subject: str) -> tuple[LedgerEntry, ...]:
        found = [_whole(entry) for entry in self.stored.values() if subject in _event(entry).about]
        return tuple(sorted(found, key=lambda entry: (_event(entry).at, entry.chain, entry.sequence)))

    def chains(self) -> tuple[str, ...]:
        return tuple(sorted({chain for chain, _ in [*self.stored, *self.locked]}))


def _whole(entry: LedgerEntry) -> LedgerEntry:
    if not is_whole(**vars(entry)):
        raise EntryChanged(entry.chain, entry.sequence)
    return entry


def _event(entry: LedgerEntry) -> Event:
    return Event.model_validate(json.loads(entry.event))
