"""Whether ledger and evidence are as they were written: everything that was touched is found and named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from slipway.attest.faults import AttestationRefused, DigestMismatch
from slipway.audit.checkpoints import Checkpoint, CheckpointMissing, Checkpoints
from slipway.audit.discrepancy import Discrepancy, Fault
from slipway.audit.evidence import EvidenceMissing, EvidenceStore
from slipway.audit.examination import Examined, examine
from slipway.audit.ledger import SHARED_CHAINS, event_of
from slipway.model.digest import Digest, short
from slipway.model.errors import UsageError
from slipway.model.events import Event, EventKind
from slipway.ports.ledger import LedgerStore

_READERS: Final = 16
_ANNOUNCEMENTS: Final = frozenset({EventKind.DEPLOYMENT_OPENED, EventKind.DEPLOYMENT_SEALED})

_Announced = Mapping[str, Sequence[Event]]
"""What the environments' chains say of deployments, by their ids."""


class ChainUnknown(UsageError):  # noqa: N818 - it says what is the case
    """A name that is no chain's."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What a look at the records found.

    Attributes:
        discrepancies: what is wrong; empty when everything is as it was written.
        chains: how many were read.
        entries: how many were recomputed.
        evidence: how many documents were compared with their digests.
        checkpoints: how many signed ones were compared with the chains.
    """

    discrepancies: tuple[Discrepancy, ...]
    chains: int
    entries: int
    evidence: int
    checkpoints: int


class Verifier:
    """Reads everything again.

    Args:
        store: the ledger.
        evidence: documents by digest.
        checkpoints: the signed heads.
    """

    def __init__(self, store: LedgerStore, evidence: EvidenceStore, checkpoints: Checkpoints) -> None:
        self._store = store
        self._evidence = evidence
        self._checkpoints = checkpoints

    def verify(self, chain: str | None = None) -> Verification:
        """Look at all chains, or at one.

        Args:
            chain: a deployment's id, an environment or `platform`; None: everything.

        Raises:
            ChainUnknown: nothing was ever written to that chain, and nothing mentions it.
        """
        checkpoints, unbelieved = self._signed()
        named = {head.chain for checkpoint in checkpoints for head in checkpoint.heads}
        examined, announced = self._everything(named) if chain is None else self._one(chain, named)
        documents = sorted(
            {digest for each in examined for event in each.events for digest in event.evidence}
        )
        found = [
            *unbelieved,
            *(fault for each in examined for fault in each.discrepancies),
            *(fault for each in examined for fault in _against_announcement(each, announced)),
            *(fault for each in examined for fault in _against_checkpoints(each, checkpoints)),
            *self._against_digests(documents),
        ]
        return Verification(
            discrepancies=tuple(found),
            chains=sum(bool(each.digests) for each in examined),
            entries=sum(len(each.digests) for each in examined),
            evidence=len(documents),
            checkpoints=len(checkpoints),
        )

    def _everything(self, named: set[str]) -> tuple[list[Examined], _Announced]:
        """Examine all chains: those that are listed, that were opened, and that a checkpoint names."""
        shared = [self._examined(chain) for chain in SHARED_CHAINS]
        announced = _announcements(event for each in shared for event in each.events)
        others = sorted({*self._store.chains(), *announced, *named} - set(SHARED_CHAINS))
        return [*shared, *(self._examined(chain) for chain in others)], announced

    def _one(self, chain: str, named: set[str]) -> tuple[list[Examined], _Announced]:
        """Examine one chain, with what the index knows of its announcement."""
        entries = [entry for entry in self._store.about(chain) if entry.chain in SHARED_CHAINS]
        announced = _announcements(map(event_of, entries))
        examined = self._examined(chain)
        if not examined.digests and chain not in {*SHARED_CHAINS, *announced, *named}:
            raise ChainUnknown(
                f"the ledger has no chain {chain}",
                remedy="name a deployment, as slipway audit trace prints it, an environment, or platform",
            )
        return [examined], announced

    def _examined(self, chain: str) -> Examined:
        """Read the copies first: an entry that is written meanwhile lacks one, and they are read again."""
        copies = self._store.copies(chain)
        entries = self._store.entries(chain)
        if any(entry.sequence not in copies for entry in entries):
            copies = self._store.copies(chain)
        return examine(chain, entries, copies)

    def _signed(self) -> tuple[tuple[Checkpoint, ...], list[Discrepancy]]:
        try:
            return self._checkpoints.all(), []
        except (AttestationRefused, CheckpointMissing) as error:
            refused = Discrepancy(
                fault=Fault.CHECKPOINT, subject="checkpoints", message=error.message, remedy=error.remedy
            )
            return (), [refused]

    def _against_digests(self, documents: Iterable[Digest]) -> Iterator[Discrepancy]:
        with ThreadPoolExecutor(_READERS) as readers:
            for found in readers.map(self._against_digest, documents):
                yield from found

    def _against_digest(self, digest: Digest) -> list[Discrepancy]:
        try:
            self._evidence.check(digest)
        except EvidenceMissing as error:
            return [_of_evidence(Fault.EVIDENCE_MISSING, digest, error)]
        except DigestMismatch as error:
            return [_of_evidence(Fault.EVIDENCE_CHANGED, digest, error)]
        return []


def _announcements(events: Iterable[Event]) -> _Announced:
    told: dict[str, list[Event]] = {}
    for event in events:
        if event.deployment and event.kind in _ANNOUNCEMENTS:
            told.setdefault(event.deployment, []).append(event)
    return told


def _against_announcement(examined: Examined, announced: _Announced) -> Iterator[Discrepancy]:
    """Compare a deployment's chain with what its environment's chain says of it."""
    chain, length = examined.chain, len(examined.digests)
    if chain in SHARED_CHAINS:
        return
    told = announced.get(chain, ())
    if not told:
        yield _of_chain(
            Fault.UNANNOUNCED, chain, f"the ledger's chain {chain} was never opened in its environment's"
        )
    elif not examined.digests:
        yield _of_chain(
            Fault.MISSING_CHAIN, chain, f"the deployment {chain} was opened, and its chain is gone"
        )
    for event in told:
        if event.kind is EventKind.DEPLOYMENT_SEALED and not _is_sealed(examined, event):
            entries, head = event.figures.get("entries"), short(Digest(event.figures.get("head", "")))
            message = (
                f"the ledger's chain {chain} was sealed with {entries} entries, the last of which was {head}"
            )
            yield _of_chain(Fault.BROKEN_SEAL, chain, f"{message}: it has {length} and ends otherwise")


def _is_sealed(examined: Examined, seal: Event) -> bool:
    last = examined.digests[-1] if examined.digests else None
    return seal.figures.get("entries") == str(len(examined.digests)) and seal.figures.get("head") == last


def _against_checkpoints(examined: Examined, checkpoints: Iterable[Checkpoint]) -> Iterator[Discrepancy]:
    """Compare a chain with each signed head; the first that does not fit tells enough."""
    for checkpoint in checkpoints:
        for head in checkpoint.heads:
            if head.chain != examined.chain or _has(examined, head.entries, head.digest):
                continue
            had = f"the ledger's chain {head.chain} had {head.entries} entries at {checkpoint.at.isoformat()}"
            fault = Fault.CUT if examined.digests else Fault.MISSING_CHAIN
            message = f"{had}, the last of which was {short(head.digest)}: they are no longer there"
            yield _of_chain(fault, head.chain, message)
            return


def _has(examined: Examined, entries: int, digest: Digest) -> bool:
    return examined.digests[entries - 1 : entries] == (digest,)


def _of_chain(fault: Fault, chain: str, message: str) -> Discrepancy:
    remedy = "look for the locked copies in the evidence bucket (ledger/), and tell the auditor"
    return Discrepancy(fault=fault, subject=chain, message=message, remedy=remedy)


def _of_evidence(fault: Fault, digest: Digest, error: EvidenceMissing | DigestMismatch) -> Discrepancy:
    return Discrepancy(fault=fault, subject=digest, message=error.message, remedy=error.remedy)
