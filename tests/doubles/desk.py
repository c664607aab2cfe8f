"""The commands' desk with everything on it in memory, the workspace's history too."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from slipway.attest import PinnedKeys
from slipway.audit import EvidenceStore, Ledger
from slipway.cli.desk import Approver, Factor
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.events import Event, EventKind, Outcome
from slipway.model.evidence import CheckRun, Verdict
from slipway.model.principal import Caller, UserId
from slipway.model.release import MergedPullRequest
from slipway.ports.documents import DocumentStoreError
from slipway.ports.identity import Identity, IdentityUnknown
from slipway.ports.ledger import LedgerEntry, LedgerStoreError
from slipway.ports.source_control import Changes, Reports
from slipway.ports.source_control_errors import TokenRefused
from slipway.ports.source_control_results import (
    Carried,
    CheckReport,
    CheckRunId,
    CombinedStatus,
    CommitStatus,
)
from slipway.release.bundles import every_bundle
from slipway.release.committed import read_commit
from slipway.release.releases import Releases
from tests.doubles.commits import Commits
from tests.doubles.deployments import ManualClock
from tests.doubles.local_signer import LocalSigner
from tests.doubles.records import MemoryDocuments, MemoryLedger, MemoryObjects
from tests.doubles.releases import EVERY_CHECK, NOW, REQUEST, approving, check_run
from tests.doubles.workspace_folder import FILES

_PERSON = """\
  - id: {id}
    name: {id}
    github: {login}
    aws_principal: arn:aws:iam::111122223333:user/{id}
    roles: [{roles}]
"""
_PEOPLE = {
    "ana.silva": "data-engineer, approver",
    "ben.okoro": "data-engineer, approver",
    "grace.kim": "platform-engineer",
    "henrik.olsen": "approver",
    "ines.duarte": "control-owner",
}
TEAM = (
    "people:\n"
    + "".join(
        _PERSON.format(id=id_, login=id_.replace(".", ""), roles=roles) for id_, roles in _PEOPLE.items()
    )
    + """\
teams:
  - {name: settlements, members: [ana.silva], contact: settlements@finedge.example}
  - {name: payments, members: [ben.okoro], contact: payments@finedge.example}
"""
)
"""Ana writes, Grace deploys, Ben and Henrik approve, Inês owns the controls."""


@dataclass
class Acting(Identity):
    """Whoever the test says.

    Attributes:
        person: id of the person; empty: there are no credentials.
    """

    person: str = "grace.kim"

    def caller(self) -> Caller:
        if not self.person:
            raise IdentityUnknown("there are no AWS credentials", remedy="log in")
        arn = f"arn:aws:iam::111122223333:user/{self.person}"
        return Caller(arn=arn, user_id=UserId(f"AIDA{self.person}"), account="111122223333")


@dataclass
class Carrying(Changes):
    """The same pull request, whatever is asked; all of it is on the default branch, or nothing.

    Attributes:
        carries: what is answered.
        merged: whether the default branch has it.
        wrote: who wrote the commits of a change that is checked.
    """

    carries: Carried = field(default_factory=lambda: Carried(pull_requests=(REQUEST,)))
    merged: bool = True
    wrote: tuple[str, ...] = ("anasilva",)

    def writers(self, base: str, head: str) -> tuple[str, ...]:  # noqa: ARG002
        return self.wrote

    def pull_requests_of(self, commit: str) -> tuple[MergedPullRequest, ...]:  # noqa: ARG002
        return self.carries.pull_requests

    def carried(self, base: str, head: str) -> Carried:  # noqa: ARG002
        return self.carries

    def has_merged(self, commit: str) -> bool:  # noqa: ARG002
        return self.merged


@dataclass
class Reporting(Reports):
    """Remembers what was said of commits.

    Attributes:
        said: the newest status of each commit.
        refused: what a token that may not write is told.
    """

    said: dict[str, CommitStatus] = field(default_factory=dict)
    refused: TokenRefused | None = None

    def set_status(self, commit: str, status: CommitStatus) -> None:
        if self.refused is not None:
            raise self.refused
        self.said[commit] = status

    def combined_status(self, commit: str) -> CombinedStatus:
        return CombinedStatus(state=self.said[commit].state, statuses=(self.said[commit],))

    def report_check(self, commit: str, report: CheckReport, run: CheckRunId | None = None) -> CheckRunId:
        raise NotImplementedError


@dataclass
class LosableLedger(MemoryLedger):
    """A ledger whose table a test may take away."""

    reachable: bool = True

    def append(self, entry: LedgerEntry) -> None:
        self._answer()
        super().append(entry)

    def about(self, subject: str) -> tuple[LedgerEntry, ...]:
        self._answer()
        return super().about(subject)

    def heads(self, name: str) -> Mapping[str, bytes]:
        self._answer()
        return super().heads(name)

    def _answer(self) -> None:
        if not self.reachable:
            raise LedgerStoreError("the ledger does not answer", remedy="try again once it does")


@dataclass
class LosableDocuments(MemoryDocuments):
    """Environment documents whose table a test may take away."""

    reachable: bool = True

    def newest(self, environment: Environment) -> EnvironmentDocument | None:
        self._answer()
        return super().newest(environment)

    def version(self, environment: Environment, version: int) -> EnvironmentDocument | None:
        self._answer()
        return super().version(environment, version)

    def add(self, document: EnvironmentDocument) -> None:
        self._answer()
        super().add(document)

    def _answer(self) -> None:
        if not self.reachable:
            raise DocumentStoreError("the document store does not answer", remedy="try again once it does")


@dataclass
class MemoryDesk:
    """Everything in memory.

    Attributes:
        commits: the workspace's history.
    """

    commits: Commits = field(default_factory=Commits)
    artifacts: MemoryObjects = field(default_factory=MemoryObjects)
    evidence: MemoryObjects = field(default_factory=MemoryObjects)
    ledger: LosableLedger = field(default_factory=LosableLedger)
    signer: LocalSigner = field(default_factory=LocalSigner)
    approval_signer: LocalSigner = field(default_factory=LocalSigner)
    identity: Acting = field(default_factory=Acting)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    pull_requests: Carrying = field(default_factory=Carrying)
    statuses: Reporting = field(default_factory=Reporting)
    running: LosableDocuments = field(default_factory=LosableDocuments)

    @property
    def trusted(self) -> PinnedKeys:
        """The key that signs, and the one of approvals."""
        return PinnedKeys(signing=(self.signer.pinned,), approvals=(self.approval_signer.pinned,))

    def approver(self, factor: Factor) -> Approver:  # noqa: ARG002 - whoever acts has theirs at hand
        """Who acts, in a session that is called after them."""
        return Approver(
            caller=approving(self.identity.person), evidence=self.evidence, signer=self.approval_signer
        )

    def repository(self, workspace: str) -> str:
        """As the platform names it."""
        return f"finedge/{workspace}-pipelines"

    def changes(self, workspace: str) -> Changes:  # noqa: ARG002 - there is one repository
        """Who made what."""
        return self.pull_requests

    def reports(self, workspace: str) -> Reporting:  # noqa: ARG002 - same
        """Says what was found."""
        return self.statuses

    def documents(self, environment: Environment) -> MemoryDocuments:  # noqa: ARG002 - one store has them all
        """What runs in an environment."""
        return self.running

    def found(self, **files: str) -> None:
        """Commit a workspace, and let it run in every environment.

        Args:
            files: further files, or others than the workspace of `workspace_folder` has.
        """
        self.commits.commit({**FILES, "team.yaml": TEAM, **files})
        committed = read_commit(self.commits, self.commits.resolve("HEAD"))
        bundles = every_bundle(committed)
        for bundle in bundles:
            Releases(self.artifacts, self.trusted.signing).put(bundle)
        commit = committed.revision.commit
        entries = tuple(
            Entry(part=each.artifact.part, artifact=each.artifact.digest, release=None, commit=commit)
            for each in bundles
        )
        for environment in Environment:
            self.running.add(
                EnvironmentDocument(
                    environment=environment, version=1, entries=entries, deployment="bootstrap"
                )
            )

    def change(self) -> None:
        """Commit a change of a model of settlements, which passed its checks."""
        self.commits.change(**{"dbt/models/marts/settlements/settlements.sql": "select 2"})
        self.check()

    def check(self, **changes: object) -> Digest:
        """Keep a check run of HEAD against the commit before, and tell the ledger."""
        head, base = self.commits.resolve("HEAD"), self.commits.resolve("HEAD^")
        run: CheckRun = check_run(tree=head.tree, base=base.commit, checks=EVERY_CHECK).model_copy(
            update=changes
        )
        digest = EvidenceStore(self.evidence, self.clock).put(run)
        self.tell(
            Event(
                kind=EventKind.CHECKED,
                outcome=Outcome.SUCCESS,
                at=NOW,
                actor="ci",
                subject=head.tree,
                evidence=(digest,),
            )
        )
        return digest

    def judge(self, verdict: Verdict) -> None:
        """Keep a verdict, and tell the ledger in the deployment's own chain."""
        digest = EvidenceStore(self.evidence, self.clock).put(verdict)
        Ledger(self.ledger).record(
            verdict.deployment,
            Event(
                kind=EventKind.VERDICT,
                outcome=Outcome.SUCCESS,
                at=NOW,
                actor="deployer",
                environment=verdict.environment,
                deployment=verdict.deployment,
                release=verdict.release,
                subject=str(verdict.environment),
                evidence=(digest,),
            ),
        )

    def tell(self, event: Event) -> None:
        """Record an event on the platform's chain."""
        Ledger(self.ledger).record("platform", event)

    @property
    def told(self) -> list[Event]:
        """Everything that the ledger was told, in the order of the chains."""
        return [Event.model_validate_json(entry.event) for entry in self.ledger.stored.values()]
