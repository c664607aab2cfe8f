"""Signed checkpoints: where each chain of the ledger ended at a moment, so that none can be cut later.

A checkpoint names the heads of the shared chains and of the deployments that are going on. A deployment that
has ended is covered too: its environment's chain says how it ended.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from slipway.attest import (
    STATEMENT_PAYLOAD,
    PredicateType,
    PublicKey,
    Statement,
    Subject,
    digest_of,
    open_statement,
    seal,
)
from slipway.audit.ledger import SHARED_CHAINS, event_of
from slipway.model.digest import Digest, DigestField
from slipway.model.errors import SlipwayError
from slipway.model.events import EventKind
from slipway.model.frozen import Frozen
from slipway.ports.ledger import LedgerStore
from slipway.ports.objects import ObjectStore
from slipway.ports.signer import Signer

_FOLDER: Final = "checkpoints/"


class CheckpointMissing(SlipwayError):  # noqa: N818 - it says what is the case
    """A gap in the row of checkpoints."""


class Head(Frozen):
    """Where a chain ended.

    Attributes:
        chain: its name.
        entries: how many it had.
        digest: of the last one.
    """

    chain: str
    entries: int
    digest: DigestField


class Checkpoint(Frozen):
    """All heads at a moment.

    Attributes:
        number: 0 for the first, one more for each later one.
        at: the moment.
        previous: digest of the stored checkpoint before; None for the first.
        heads: sorted by chain.
    """

    schema_version: Literal["slipway.checkpoint/v1"] = "slipway.checkpoint/v1"
    number: int
    at: datetime
    previous: DigestField | None
    heads: tuple[Head, ...]

    @property
    def open_deployments(self) -> tuple[str, ...]:
        """The chains of deployments that were going on."""
        return tuple(head.chain for head in self.heads if head.chain not in SHARED_CHAINS)

    def entries_of(self, chain: str) -> int:
        """How many entries a chain had; 0 when it is not named."""
        return next((head.entries for head in self.heads if head.chain == chain), 0)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    checkpoint: Checkpoint
    digest: Digest


class Checkpoints:
    """The row of checkpoints in the evidence bucket, under the bucket's default lock.

    Args:
        objects: the evidence bucket.
        keys: the pinned public keys of who may sign one.
    """

    def __init__(self, objects: ObjectStore, keys: Sequence[PublicKey]) -> None:
        self._objects = objects
        self._keys = tuple(keys)

    def all(self) -> tuple[Checkpoint, ...]:
        """Read every checkpoint, oldest first.

        Raises:
            AttestationRefused: one is not believed.
            CheckpointMissing: one is missing, or does not follow the one before.
        """
        return tuple(kept.checkpoint for kept in self._row())

    def add(self, store: LedgerStore, signer: Signer, at: datetime) -> Checkpoint:
        """Write the next checkpoint.

        Args:
            store: the ledger.
            signer: who vouches.
            at: the moment.

        Raises:
            ObjectTaken: somebody else has just written it.
        """
        row = tuple(self._row())
        last = row[-1] if row else None
        chains = {*SHARED_CHAINS, *_open(store, last.checkpoint if last else None)}
        checkpoint = Checkpoint(
            number=len(row), at=at, previous=last.digest if last else None, heads=tuple(_heads(store, chains))
        )
        subjects = [Subject.of(head.chain, head.digest) for head in checkpoint.heads]
        statement = Statement.of(PredicateType.CHECKPOINT, checkpoint, subjects)
        self._objects.create(_key(checkpoint.number), seal(statement.payload(), STATEMENT_PAYLOAD, signer))
        return checkpoint

    def _row(self) -> Iterator[_Kept]:
        previous: Digest | None = None
        for number, key in enumerate(self._objects.keys(_FOLDER)):
            if key != _key(number):
                raise CheckpointMissing(
                    f"checkpoint {number} of the ledger is missing: {key} comes next",
                    remedy="restore its first version (Object Lock keeps it), and find out who deleted it",
                )
            kept = self._read(key)
            if (kept.checkpoint.number, kept.checkpoint.previous) != (number, previous):
                raise CheckpointMissing(
                    f"{key} does not follow checkpoint {number - 1}",
                    remedy="restore the first versions of both, and find out who wrote the later ones",
                )
            previous = kept.digest
            yield kept

    def _read(self, key: str) -> _Kept:
        content = self._objects.read(key).content
        statement = open_statement(
            content, subject=key, predicate_type=PredicateType.CHECKPOINT, keys=self._keys
        )
        return _Kept(checkpoint=statement.says(Checkpoint), digest=digest_of(content))


def _open(store: LedgerStore, last: Checkpoint | None) -> set[str]:
    """Return the deployments that go on: open at the last checkpoint or opened since, and not sealed."""
    going_on = set(last.open_deployments) if last else set()
    for chain in SHARED_CHAINS:
        known = last.entries_of(chain) if last else 0
        for entry in store.entries(chain, after=known - 1):
            event = event_of(entry)
            if event.kind is EventKind.DEPLOYMENT_OPENED and event.deployment:
                going_on.add(event.deployment)
            if event.kind is EventKind.DEPLOYMENT_SEALED and event.deployment:
                going_on.discard(event.deployment)
    return going_on


def _heads(store: LedgerStore, chains: Iterable[str]) -> Iterator[Head]:
    for chain in sorted(chains):
        last = store.last(chain)
        if last is not None:
            yield Head(chain=chain, entries=last.sequence + 1, digest=last.digest)


def _key(number: int) -> str:
    return f"{_FOLDER}{number:09d}.json"
