"""How a release did in an environment: the verdicts on it, and the deployments that came to none.

Both are read from the chains of its deployments. A deployment that was stopped has no verdict: what its own
chain says of its end is the only record of that, and so there are not two that could differ.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Protocol

from slipway.model.deployment import Purpose, purpose_of
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.events import REMEDY, Event, EventKind, Outcome
from slipway.model.evidence import AuditRun, DataAudit, Evidence, Verdict, VerdictResult
from slipway.ports.ledger import LedgerStore
from slipway.release.chains import Chain, chains_of
from slipway.release.gates.facts import Stopped

_BRINGS: Final = (Purpose.DEPLOY, Purpose.SECOND_LOOK)
"""What a deployment is for that leaves nothing of the release where it is taken back."""


class EvidenceReader(Protocol):
    """Documents by digest: `slipway.audit.EvidenceStore` is one."""

    def get(self, digest: Digest) -> Evidence:
        """Read a document whose bytes are those of its digest."""
        ...


def history_on(
    release: Digest, environment: Environment, ledger: LedgerStore, evidence: EvidenceReader
) -> Iterator[Verdict | Stopped]:
    """Read how every deployment of a release has ended in an environment, as far as it has.

    Args:
        release: its digest.
        environment: where.
        ledger: the chains of the deployments.
        evidence: the verdicts, and the data audits that stopped it.

    Raises:
        EntryChanged: the table does not have what is locked.
    """
    for chain in chains_of(release, environment, ledger):
        for event in chain.events:
            yield from _verdicts(event, evidence)
        yield from _stop(chain, release, environment, evidence)


def verdicts_on(
    release: Digest, environment: Environment, ledger: LedgerStore, evidence: EvidenceReader
) -> Iterator[Verdict]:
    """Read every verdict that the deployments of a release have given in an environment.

    Raises:
        EntryChanged: the table does not have what is locked.
    """
    for each in history_on(release, environment, ledger, evidence):
        if isinstance(each, Verdict):
            yield each


def newest_word(
    said: Iterable[Verdict | Stopped], release: Digest, environment: Environment
) -> Verdict | Stopped | None:
    """Choose what counts of all that is known of a release in an environment; None where nothing is.

    Args:
        said: verdicts and stops, also of other releases and environments.
        release: its digest.
        environment: where.
    """
    of_it = (each for each in said if (each.release, each.environment) == (release, environment))
    return max(of_it, key=lambda each: (each.at, isinstance(each, Stopped)), default=None)


def last_failure(verdicts: Iterable[Verdict], release: Digest, environment: Environment) -> datetime | None:
    """Say when a release was last taken back in an environment: what people have seen fail they want anew."""
    failures = (
        verdict.at
        for verdict in verdicts
        if verdict.environment is environment
        and verdict.release == release
        and verdict.result is VerdictResult.FAILED
    )
    return max(failures, default=None)


def _verdicts(event: Event, evidence: EvidenceReader) -> Iterator[Verdict]:
    if event.kind is not EventKind.VERDICT:
        return
    for digest in event.evidence:
        found = evidence.get(digest)
        if isinstance(found, Verdict):
            yield found


def _stop(
    chain: Chain, release: Digest, environment: Environment, evidence: EvidenceReader
) -> Iterator[Stopped]:
    if purpose_of(chain.deployment) not in _BRINGS:
        return
    failed = next((each for each in chain.events if each.kind is EventKind.STAGE_FAILED), None)
    for event in chain.events:
        if event.kind is EventKind.DEPLOYMENT_SEALED and event.outcome is not Outcome.SUCCESS:
            yield Stopped(
                deployment=chain.deployment,
                release=release,
                environment=environment,
                at=event.at,
                why=_why(event, failed),
                remedy="" if failed is None else failed.figures.get(REMEDY, ""),
                audits=tuple(_audits(failed, evidence)),
            )


def _why(sealed: Event, failed: Event | None) -> str:
    if failed is not None:
        return f"{failed.subject} failed: {failed.message}"
    return sealed.message.partition("was taken back: ")[2] or sealed.message


def _audits(failed: Event | None, evidence: EvidenceReader) -> Iterator[DataAudit]:
    for digest in () if failed is None else failed.evidence:
        found = evidence.get(digest)
        if isinstance(found, AuditRun):
            yield from found.audits
