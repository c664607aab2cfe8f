"""Who changed this, and who allowed it: from a table or a release to everything that is known of it.

Everything is found by the ledger's index; nothing is scanned. What cannot be read is said, never left out.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from slipway.audit.evidence import EvidenceStore
from slipway.audit.ledger import event_of
from slipway.model.digest import Digest
from slipway.model.errors import SlipwayError, UsageError
from slipway.model.events import Event
from slipway.model.evidence import Evidence
from slipway.model.release import Manifest
from slipway.ports.ledger import LedgerEntry, LedgerStore

_READERS: Final = 8


class NothingKnown(UsageError):  # noqa: N818 - it says what is the case
    """The ledger tells nothing about a subject."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One event, and where the ledger has it.

    Attributes:
        chain: which chain.
        sequence: which entry of it.
        event: what it tells.
    """

    chain: str
    sequence: int
    event: Event


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document of evidence.

    Attributes:
        digest: its name.
        content: what it says; None when it cannot be read.
        trouble: why it cannot.
    """

    digest: Digest
    content: Evidence | None
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Attested:
    """A manifest that was verified.

    Attributes:
        manifest: what it says.
        signers: ids of the pinned keys that vouch for it.
    """

    manifest: Manifest
    signers: tuple[str, ...]


ManifestOf = Callable[[Digest], Attested]
"""Reads the verified manifest of a release; a SlipwayError when it cannot be read or believed."""


@dataclass(frozen=True, kw_only=True)
class ReleaseTrace:
    """Everything about one release.

    Attributes:
        release: its digest.
        manifest: what it ships and which pull requests it carries; None when it cannot be read.
        signers: ids of the pinned keys that have signed that.
        trouble: why it cannot.
        told: its events, oldest first, refused and failed ones among them, and those of its checks.
        documents: the evidence that manifest and events refer to, by digest.
    """

    release: Digest
    manifest: Manifest | None
    signers: tuple[str, ...]
    trouble: str
    told: tuple[Told, ...]
    documents: tuple[Document, ...]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """An answer.

    Attributes:
        subject: what was asked for.
        releases: the newest first.
        earlier: how many older releases were left out.
        others: events about the subject that belong to no release, oldest first.
    """

    subject: str
    releases: tuple[ReleaseTrace, ...]
    earlier: int
    others: tuple[Told, ...]


def trace(
    subject: str, *, store: LedgerStore, evidence: EvidenceStore, manifest_of: ManifestOf, newest: int
) -> Trace:
    """Follow a table or a release.

    Args:
        subject: a dataset's URI, a release's digest, a deployment's id or whatever else events are about.
        store: the ledger.
        evidence: documents by digest.
        manifest_of: reads manifests.
        newest: how many releases to tell of at most.

    Raises:
        NothingKnown: the ledger tells nothing about it.
    """
    found = tuple(map(_told, store.about(subject)))
    if not found:
        raise NothingKnown(
            f"the ledger tells nothing about {subject}",
            remedy="check the spelling: a table's URI as the catalog writes it, or a release's digest",
        )
    by_age = tuple(dict.fromkeys(each.event.release for each in reversed(found) if each.event.release))
    with ThreadPoolExecutor(_READERS) as readers:
        releases = tuple(
            readers.map(lambda release: _release(release, store, evidence, manifest_of), by_age[:newest])
        )
    return Trace(
        subject=subject,
        releases=releases,
        earlier=len(by_age) - len(releases),
        others=tuple(each for each in found if each.event.release is None),
    )


def _release(
    release: Digest, store: LedgerStore, evidence: EvidenceStore, manifest_of: ManifestOf
) -> ReleaseTrace:
    told = tuple(map(_told, store.about(release)))
    try:
        attested, trouble = manifest_of(release), ""
    except SlipwayError as error:
        attested, trouble = None, error.message
    manifest = attested.manifest if attested else None
    told = (*_checked(manifest, store), *told)
    named = [*(manifest.evidence if manifest else ()), *_evidence_of(told)]
    documents = tuple(_document(digest, evidence) for digest in dict.fromkeys(named))
    return ReleaseTrace(
        release=release,
        manifest=manifest,
        signers=attested.signers if attested else (),
        trouble=trouble,
        told=told,
        documents=documents,
    )


def _checked(manifest: Manifest | None, store: LedgerStore) -> Iterator[Told]:
    """Who ran the checks that the manifest names: they are about the tree, for there was no release yet."""
    if manifest is None or not manifest.evidence:
        return
    for told in map(_told, store.about(manifest.tree)):
        if {*told.event.evidence} & {*manifest.evidence}:
            yield told


def _evidence_of(told: Iterable[Told]) -> Iterator[Digest]:
    for each in told:
        yield from each.event.evidence


def _document(digest: Digest, evidence: EvidenceStore) -> Document:
    try:
        return Document(digest=digest, content=evidence.get(digest))
    except SlipwayError as error:
        return Document(digest=digest, content=None, trouble=error.message)


def _told(entry: LedgerEntry) -> Told:
    return Told(chain=entry.chain, sequence=entry.sequence, event=event_of(entry))
