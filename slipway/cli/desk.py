"""What the commands of a release work with, so that none of them knows where a bucket or a key is."""

from dataclasses import dataclass
from typing import Annotated, Protocol

import typer

from slipway.attest import PinnedKeys
from slipway.attest.pinned import read_pinned
from slipway.audit import EvidenceStore, Ledger
from slipway.audit.in_charge import controls_in_charge
from slipway.audit.ledger import event_of
from slipway.environment.composition import read_artifact
from slipway.model.digest import Digest, short
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry
from slipway.model.errors import SlipwayError
from slipway.model.parts import CONTROL
from slipway.model.principal import Caller
from slipway.model.release import Release
from slipway.ports.clock import Clock
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.identity import Identity
from slipway.ports.ledger import LedgerStore, LedgerStoreError
from slipway.ports.objects import ObjectStore
from slipway.ports.signer import Signer
from slipway.ports.source_control import Changes, Reports
from slipway.release.approvals import Approvals
from slipway.release.control import RunningControl
from slipway.release.effects_record import EffectsRecord
from slipway.release.gates.gathering import Sources
from slipway.release.releases import Releases

EnvironmentOption = Annotated[
    Environment,
    typer.Option("--environment", "-s", metavar="ENV", help="dev, staging or prod.", show_default=False),
]

ReleaseArgument = Annotated[
    str,
    typer.Argument(
        metavar="RELEASE",
        help="At least eight digits of its digest, as slipway build printed it.",
        show_default=False,
    ),
]


@dataclass(frozen=True, kw_only=True)
class Factor:
    """The second factor of whoever approves.

    Attributes:
        code: what it shows now; None where the session is open already.
        device: which one; None: the one that is called after the user.
    """

    code: str | None
    device: str | None


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Somebody in a session of the role for approvals.

    Attributes:
        caller: the session.
        evidence: the evidence bucket with its credentials: it writes below its own id alone.
        signer: the key that approvals are signed with; the session's role alone may use it.
    """

    caller: Caller
    evidence: ObjectStore
    signer: Signer


class Desk(Protocol):
    """Stores, servers and keys of one workspace; each is reached when it is first asked for."""

    @property
    def artifacts(self) -> ObjectStore:
        """The bucket of artifacts and manifests."""
        ...

    @property
    def evidence(self) -> ObjectStore:
        """The bucket of evidence."""
        ...

    @property
    def ledger(self) -> LedgerStore:
        """The ledger's entries."""
        ...

    @property
    def signer(self) -> Signer:
        """The key that releases and checkpoints are signed with."""
        ...

    @property
    def trusted(self) -> PinnedKeys:
        """The public keys that the checkout pins."""
        ...

    @property
    def identity(self) -> Identity:
        """Who acts."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    def approver(self, factor: Factor) -> Approver:
        """Who acts, in a session in which their approvals count.

        Raises:
            SlipwayError: it cannot be opened.
        """
        ...

    def repository(self, workspace: str) -> str:
        """owner/name of a workspace's repository on GitHub."""
        ...

    def changes(self, workspace: str) -> Changes:
        """Who made, reviewed and merged what in a workspace's repository."""
        ...

    def reports(self, workspace: str) -> Reports:
        """Says on a commit of a workspace's repository what was found."""
        ...

    def documents(self, environment: Environment) -> EnvironmentDocuments:
        """What runs in an environment."""
        ...


class ControlUntold(SlipwayError):  # noqa: N818 - it says what is the case
    """An environment document that names another control part than the ledger was told of."""


def running_control(desk: Desk, environment: Environment) -> Entry | None:
    """What judges changes of an environment; None: no document names anything.

    Whoever can write a document in the environment's account could name other rules, keys or another program.
    Without having told the ledger so, in the audit account, nothing goes on.

    Raises:
        ControlUntold: the ledger was told of another one.
        LedgerStoreError: the ledger does not answer.
    """
    document = desk.documents(environment).newest(environment)
    running = None if document is None else document.entry(CONTROL)
    told = told_controls(desk, environment)
    if document is None or not told or (running is not None and running.artifact in told):
        return running
    named = "nothing" if running is None else short(running.artifact)
    known = " or ".join(sorted(short(Digest(each)) for each in told))
    raise ControlUntold(
        f"{environment}'s document {document.version} has {named} judge changes; the ledger knows {known}",
        remedy="find out who wrote it (CloudTrail of the environment's account); a control owner puts in "
        f"charge what is to judge: slipway policy adopt -s {environment} --reason TEXT",
    )


def told_controls(desk: Desk, environment: Environment) -> frozenset[str]:
    """The digests of what may judge an environment, as the ledger knows it; none: it was told of none."""
    events = map(event_of, desk.ledger.about(str(CONTROL)))
    return controls_in_charge(environment, events, desk.clock.now())


def releases_of(desk: Desk) -> Releases:
    """The releases, believed by the keys that the checkout pins."""
    return Releases(desk.artifacts, desk.trusted.signing)


def keys_in(desk: Desk, environment: Environment) -> PinnedKeys:
    """The keys that are believed in an environment: those that run there.

    Those of the checkout only where no document names others (docs/adr/0024).

    Raises:
        ArtifactDamaged: what runs there is missing or was changed.
        DefinitionError: one of its keys is none.
        ControlUntold: the ledger was told of another control part than the one that is named.
    """
    try:
        running = running_control(desk, environment)
    except LedgerStoreError:  # a gate that needs the ledger says so; a deployment asks once more, and stops
        document = desk.documents(environment).newest(environment)
        running = None if document is None else document.entry(CONTROL)
    if running is None:
        return desk.trusted
    files = read_artifact(desk.artifacts, running)
    return read_pinned({each.path: each.content for each in files if each.path.endswith(".pem")})


def releases_in(desk: Desk, environment: Environment) -> Releases:
    """The releases, believed by the keys of an environment."""
    return Releases(desk.artifacts, keys_in(desk, environment).signing)


def approvals_of(desk: Desk, release: Release, environment: Environment) -> Approvals:
    """The approvals of a release in an environment, believed by its keys."""
    return Approvals(desk.evidence, keys_in(desk, environment).approvals, release.digest, environment)


def control_of(desk: Desk, environment: Environment) -> RunningControl:
    """Who decides in an environment."""
    return RunningControl(documents=desk.documents(environment), releases=releases_of(desk))


def effects_of(desk: Desk) -> EffectsRecord:
    """What was explained."""
    return EffectsRecord(desk.evidence)


def sources_of(desk: Desk, release: Release, environment: Environment) -> Sources:
    """Where the gates' facts are."""
    return Sources(
        control=control_of(desk, environment),
        evidence=EvidenceStore(desk.evidence, desk.clock),
        ledger=desk.ledger,
        approvals=approvals_of(desk, release, environment),
        identity=desk.identity,
        clock=desk.clock,
    )


def ledger_of(desk: Desk) -> Ledger:
    """The ledger, to be written."""
    return Ledger(desk.ledger)
