"""Gathers what the gates are judged from. Whatever cannot be had becomes unknown; nothing is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from slipway.attest.control import Control
from slipway.model.digest import Digest, short
from slipway.model.environment import Environment
from slipway.model.errors import DefinitionError
from slipway.model.evidence import CheckRun, Evidence, Verdict
from slipway.model.people import principal_of
from slipway.model.principal import Principal
from slipway.model.release import Release
from slipway.model.touched import touched_pipelines
from slipway.ports.clock import Clock
from slipway.ports.identity import Identity
from slipway.ports.ledger import LedgerStore
from slipway.release.approvals import Approvals
from slipway.release.control import RunningControl
from slipway.release.gates.facts import Facts, Known, Stopped, Unknown, learn
from slipway.release.gates.verdicts import EvidenceReader, history_on

WordT = TypeVar("WordT", Verdict, Stopped)


class EvidenceUnfit(DefinitionError):  # noqa: N818 - it says what is the case
    """Evidence of another kind than what names it says."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where the facts are.

    Attributes:
        control: who decides.
        evidence: documents by digest.
        ledger: has how a release did, in the chains of its deployments.
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
    history = learn(lambda: tuple(_history(sources, release, environment)))
    given = learn(sources.approvals.given)
    control = learn(lambda: sources.control.of(environment, touched_pipelines(release.manifest)))
    return Facts(
        now=sources.clock.now(),
        deployer=_deployer(sources.identity, control),
        control=control,
        running=learn(lambda: sources.control.documents.newest(environment)),
        runs=learn(lambda: tuple(_runs(sources.evidence, release))),
        approvals=Known(given.value.standing) if isinstance(given, Known) else given,
        withdrawn=Known(given.value.withdrawn) if isinstance(given, Known) else given,
        verdicts=_those(history, Verdict),
        stops=_those(history, Stopped),
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


def _history(sources: Sources, release: Release, environment: Environment) -> Iterator[Verdict | Stopped]:
    if environment.below is None:
        return  # the first environment asks neither for the one below nor for approvals
    for each in (environment.below, environment):
        yield from history_on(release.digest, each, sources.ledger, sources.evidence)


def _those(
    history: Known[tuple[Verdict | Stopped, ...]] | Unknown, kind: type[WordT]
) -> Known[tuple[WordT, ...]] | Unknown:
    match history:
        case Known(value):
            return Known(tuple(each for each in value if isinstance(each, kind)))
        case Unknown():
            return history


def _unfit(digest: Digest, found: Evidence, wanted: str) -> EvidenceUnfit:
    return EvidenceUnfit(
        f"the evidence {short(digest)} is no {wanted}: it is of the kind {found.kind}",
        remedy="build the release again",
    )
