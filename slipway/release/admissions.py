"""Which deployments an approval has let in: what their gates wrote down, not what would count today."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from slipway.model.deployment import Purpose, purpose_of
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId, Event, EventKind, Outcome
from slipway.model.evidence import Admission
from slipway.ports.ledger import LedgerStore
from slipway.release.chains import Chain, chains_of
from slipway.release.gates.report import GateId
from slipway.release.gates.verdicts import EvidenceReader


@dataclass(frozen=True, kw_only=True)
class LetIn:
    """A deployment whose gates have counted an approval.

    Attributes:
        deployment: which.
        begun: when its gates let it in.
        ended: when it had ended; None while it is under way.
        completed: whether every stage was done; not where it was taken back, or goes on.
        rolled_back: when a later rollback had taken the release back; None where none has.
    """

    deployment: DeploymentId
    begun: datetime
    ended: datetime | None
    completed: bool
    rolled_back: datetime | None


def let_in_by(
    approvals: Collection[Digest],
    release: Digest,
    environment: Environment,
    ledger: LedgerStore,
    evidence: EvidenceReader,
) -> tuple[LetIn, ...]:
    """Find the deployments that approvals have let in.

    Args:
        approvals: digests of the approvals.
        release: of which release.
        environment: where.
        ledger: the chains of the deployments.
        evidence: what their gates wrote down.

    Returns:
        The oldest first.

    Raises:
        EntryChanged: the table does not have what is locked.
    """
    chains = tuple(chains_of(release, environment, ledger))
    found = (
        _let_in(chain, gate, chains)
        for chain in chains
        for gate in chain.events
        if gate.kind is EventKind.GATE_PASSED and {*approvals} & {*_counted(gate, evidence)}
    )
    return tuple(sorted(found, key=lambda each: each.begun))


def _counted(gate: Event, evidence: EvidenceReader) -> Iterator[Digest]:
    for digest in gate.evidence:
        admission = evidence.get(digest)
        if isinstance(admission, Admission):
            for answer in admission.gates:
                yield from answer.rests_on if answer.gate == GateId.APPROVALS else ()


def _let_in(chain: Chain, gate: Event, chains: Collection[Chain]) -> LetIn:
    sealed = _sealed(chain)
    completed = sealed is not None and sealed.outcome is Outcome.SUCCESS
    ways_back = (
        end.at
        for each in chains
        if purpose_of(each.deployment) is Purpose.ROLLBACK
        and (end := _sealed(each)) is not None
        and end.outcome is Outcome.SUCCESS
        and end.at >= gate.at
    )
    return LetIn(
        deployment=chain.deployment,
        begun=gate.at,
        ended=None if sealed is None else sealed.at,
        completed=completed,
        rolled_back=min(ways_back, default=None) if completed else None,
    )


def _sealed(chain: Chain) -> Event | None:
    return next((each for each in chain.events if each.kind is EventKind.DEPLOYMENT_SEALED), None)
