"""The ledger's storage: chains of entries, each written once. The chaining is `slipway.audit`'s."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from slipway.model.digest import Digest
from slipway.model.errors import DependencyError, SlipwayError


class LedgerStoreError(DependencyError):
    """The store did not answer."""


class SequenceTaken(SlipwayError):  # noqa: N818 - it says what is the case
    """Somebody wrote that entry of the chain first."""


class EntryChanged(SlipwayError):  # noqa: N818 - same
    """An entry of the table is not what was written there."""

    def __init__(self, chain: str, sequence: int) -> None:
        super().__init__(
            f"entry {sequence} of the ledger's chain {chain} was changed after it was written",
            remedy=f"run slipway audit verify --chain {chain}, and tell the auditor what it finds",
        )


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """One entry of a chain.

    Attributes:
        chain: a deployment's id, or an environment's or the platform's own chain.
        sequence: 0 for the first, one more for each later one.
        previous: digest of the entry before; for the first the digest of the chain's name.
        digest: of this entry: of canonical {chain, sequence, previous, event}.
        event: canonical JSON of the event.
    """

    chain: str
    sequence: int
    previous: Digest
    digest: Digest
    event: bytes


class LedgerStore(Protocol):
    """Appends and reads entries."""

    def append(self, entry: LedgerEntry) -> None:
        """Write an entry, conditional on its sequence number being new, with its locked copy.

        The same entry again is no error and completes what a killed process has begun.

        Raises:
            SequenceTaken: another entry is there.
            LedgerStoreError: the store failed.
        """
        ...

    def last(self, chain: str) -> LedgerEntry | None:
        """The newest entry of a chain; None when there is none.

        Raises:
            EntryChanged: its digest is not that of its bytes.
        """
        ...

    def entries(self, chain: str, *, after: int = -1) -> tuple[LedgerEntry, ...]:
        """Every entry of a chain that comes after a sequence number, in order, as the table has them.

        Nothing is proven of them: this is what a verification reads.
        """
        ...

    def copies(self, chain: str) -> Mapping[int, bytes]:
        """The locked copies of a chain by sequence: the bytes that each entry's digest is over."""
        ...

    def heads(self, name: str) -> Mapping[str, bytes]:
        """The newest locked copy of each chain whose name begins so, by chain."""
        ...

    def about(self, subject: str) -> tuple[LedgerEntry, ...]:
        """Entries whose event is about that (`Event.about`), oldest first: an index, not a scan.

        Raises:
            EntryChanged: the digest of one is not that of its bytes.
        """
        ...

    def chains(self) -> tuple[str, ...]:
        """The name of every chain, sorted."""
        ...
