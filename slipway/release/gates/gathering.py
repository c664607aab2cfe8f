"""Gathers what the gates are judged from. Whatever cannot be had becomes unknown; nothing is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from slipway.model.digest import Digest, short
from slipway.model.environment import Environment
from slipway.model.errors import DefinitionError
from slipway.model.events import Event, EventKind
from slipway.model.evidence import CheckRun, Evidence, Verdict
from slipway.model.principal import Principal
from slipway.model.release import Release
from slipway.ports.clock import Clock
from slipway.ports.identity import Identity
from slipway.ports.ledger import LedgerStore
from slipway.release.approvals import Approvals
from slipway.release.control import RunningControl
from slipway.release.gates.facts import Control, Facts, Known, Unknown, learn
from slipway.release.people import principal_of
from slipway.release.touched import touched_pipelines


class EvidenceUnfit(DefinitionError):  # noqa: N818 - it says what is the case
    """Evidence of another kind than what names it says."""


class EvidenceReader(Protocol):
    """Documents by digest: `slipway.audit.EvidenceStore` is one."""

    def get(self, digest: Digest) -> Evidence:
        """Read a document whose bytes are those of its digest."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where the facts are.

    Attributes:
        control: who decides.
        evidence: documents by digest.
        ledger: finds the verdicts on a release.
        approvals: of this release in this environment.
        identity: who acts.
        clock: the moment.
    """

    control: RunningControl
    evidence: EvidenceReader
    ledger: LedgerStore
    approvals: Approvals
    identity: Identity
    clock: Clock


def gather(sources: Sources, release: Release, environment: Environment) -> Facts:
    """Ask for every fact of the gates of an environment.

    Args:
        sources: where they are.
        release: verified.
        environment: where it wants to go.
    """
    control = learn(lambda: sources.control.of(environment, touched_pipelines(release.manifest)))
    return Facts(
        now=sources.clock.now(),
        deployer=_deployer(sources.identity, control),
        control=control,
        running=learn(lambda: sources.control.documents.newest(environment)),
        runs=learn(lambda: tuple(_runs(sources.evidence, release))),
        approvals=learn(sources.approvals.standing),
        verdicts=learn(lambda: tuple(_verdicts(sources, release))),
    )


def _deployer(identity: Identity, control: Known[Control] | Unknown) -> Known[Principal] | Unknown:
    match control:
        case Known(value):
            return learn(lambda: principal_of(identity.caller(), value.roster))
        case Unknown():
            return control


def _runs(evidence: EvidenceReader, release: Release) -> Iterator[CheckRun]:
    for digest in release.manifest.evidence:
        found = evidence.get(digest)
        if not isinstance(found, CheckRun):
            raise _unfit(digest, found, "check run")
        yield found


def _verdicts(sources: Sources, release: Release) -> Iterator[Verdict]:
    for entry in sources.ledger.about(release.digest):
        event = Event.model_validate_json(entry.event)
        if event.kind is not EventKind.VERDICT:
            continue
        for digest in event.evidence:
            found = sources.evidence.get(digest)
            if isinstance(found, Verdict):
                yield found


def _unfit(digest: Digest, found: Evidence, wanted: str) -> EvidenceUnfit:
    return EvidenceUnfit(
        f"the evidence {short(digest)} is no {wanted}: it is of the kind {found.kind}",
        remedy="build the release again",
    )
