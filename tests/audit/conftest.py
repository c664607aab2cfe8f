"""A ledger with one finished deployment to prod, its evidence, and a signed checkpoint after it."""

from dataclasses import dataclass, field
from functools import partial

import pytest

from slipway.audit import EvidenceStore, Ledger
from slipway.audit.checkpoints import Checkpoints
from slipway.audit.verify import Verification, Verifier
from slipway.model.digest import Digest
from slipway.model.events import EventKind
from tests.doubles.audited import DEPLOYMENT, NOON, TABLE, event, verdict
from tests.doubles.deployments import ManualClock
from tests.doubles.local_signer import LocalSigner
from tests.doubles.records import MemoryLedger, MemoryObjects


@dataclass(kw_only=True)
class Books:
    """Everything that an auditor reads; tests forge in `ledger` and `objects`.

    Attributes:
        signer: whose checkpoints are believed.
    """

    signer: LocalSigner = field(default_factory=LocalSigner)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    objects: MemoryObjects = field(default_factory=MemoryObjects)

    @property
    def evidence(self) -> EvidenceStore:
        """The evidence."""
        return EvidenceStore(self.objects, ManualClock(NOON))

    @property
    def checkpoints(self) -> Checkpoints:
        """The checkpoints."""
        return Checkpoints(self.objects, [self.signer.pinned])

    def deploy(self, deployment: str = DEPLOYMENT, *, sealed: bool = True) -> Digest:
        """Record a deployment; return the digest of its verdict."""
        ledger, own = Ledger(self.ledger), partial(event, deployment=deployment)
        ledger.open_deployment(own(EventKind.DEPLOYMENT_OPENED, subject=deployment))
        ledger.record(deployment, own(subject="swap", datasets=(TABLE,), figures={"rows": "315"}))
        digest = self.evidence.put(verdict(deployment=deployment))
        ledger.record(deployment, own(EventKind.VERDICT, subject="verdict", evidence=(digest,)))
        if sealed:
            ledger.seal_deployment(own(EventKind.DEPLOYMENT_SEALED, subject=deployment))
        return digest

    def check(self, chain: str | None = None) -> Verification:
        """Verify."""
        return Verifier(self.ledger, self.evidence, self.checkpoints).verify(chain)

    def faults(self, chain: str | None = None) -> list[tuple[str, str]]:
        """Verify; return kind and subject of what was found."""
        return [(each.fault.value, each.subject) for each in self.check(chain).discrepancies]


@pytest.fixture
def books() -> Books:
    """One finished deployment, and a checkpoint."""
    made = Books()
    made.deploy()
    made.checkpoints.add(made.ledger, made.signer, NOON)
    return made
