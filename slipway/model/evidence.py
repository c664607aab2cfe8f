"""Evidence: documents named by their digest. Keyed hashes and counts, never row values or secrets."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Annotated, Final, Literal

from pydantic import Field

from slipway.model.adoption import AdoptionProof, OwnershipChange
from slipway.model.digest import DigestField
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.model.frozen import Frozen
from slipway.model.principal import Principal
from slipway.model.shard import Shard

STATUS_CONTEXT: Final = "slipway/check"
"""The commit status that says how a commit's checks ended; the default branch's rules require it."""


@unique
class Severity(StrEnum):
    """How much a finding counts."""

    ERROR = "error"
    WARNING = "warning"


class Finding(Frozen):
    """Something that a check found.

    Attributes:
        rule: the tool's own name of the rule.
        severity: an error fails the check.
        file: relative to the workspace; empty when it is about no file.
        line: from 1; 0 when it is about no line.
        message: what is wrong.
        remedy: what to do.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    message: str
    remedy: str


@unique
class CheckResult(StrEnum):
    """How a check ended; one that could not be judged is no pass."""

    PASSED = "passed"
    FAILED = "failed"
    UNJUDGED = "unjudged"


class CheckOutcome(Frozen):
    """One check of a run.

    Attributes:
        check: its name.
        result: how it ended.
        tool: name and version of the tool behind it.
        subjects: what it looked at, such as parts or files.
        findings: what it found.
        seconds: how long it took.
    """

    check: str
    result: CheckResult
    tool: str
    subjects: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconds: float


class CheckRun(Frozen):
    """Evidence: every check that a change needed, on one git tree."""

    kind: Literal["check-run"] = "check-run"
    tree: str
    commit: str
    base: str
    impact: tuple[str, ...]
    outcomes: tuple[CheckOutcome, ...]
    began: datetime
    ended: datetime

    @property
    def passed(self) -> bool:
        """Whether every check was judged and passed."""
        return all(outcome.result is CheckResult.PASSED for outcome in self.outcomes)


class CheckShard(Frozen):
    """Evidence: what one shard of a check found, on one git tree. A release needs all of them.

    Attributes:
        shard: which one, of how many.
        selection: digest of all of the work, that of the other shards too.
        work: what of it was this shard's, as `<check> <target>`: sorted.
        run: its outcomes; a check of which nothing was this shard's has none.
    """

    kind: Literal["check-shard"] = "check-shard"
    shard: Shard
    selection: DigestField
    work: tuple[str, ...]
    run: CheckRun

    @property
    def passed(self) -> bool:
        """Whether everything that was this shard's was judged and passed."""
        return self.run.passed


class Approval(Frozen):
    """Evidence: somebody allows one release into one environment, with these effects and no others."""

    kind: Literal["approval"] = "approval"
    release: DigestField
    environment: Environment
    effects_digest: DigestField
    effects: Effects
    approver: Principal
    at: datetime
    expires: datetime


class Revocation(Frozen):
    """Evidence: somebody takes back every approval that they gave a release in an environment before."""

    kind: Literal["revocation"] = "revocation"
    release: DigestField
    environment: Environment
    approver: Principal
    at: datetime


class GateAnswer(Frozen):
    """One gate that let a release in.

    Attributes:
        gate: its name.
        why: one sentence that names what it was judged from.
        rests_on: digests of the evidence that it counted.
    """

    gate: str
    why: str
    rests_on: tuple[DigestField, ...]


class Admission(Frozen):
    """Evidence: every gate of an environment let a release in, at the moment of its deployment."""

    kind: Literal["admission"] = "admission"
    deployment: DeploymentId
    release: DigestField
    environment: Environment
    effects_digest: DigestField
    gates: tuple[GateAnswer, ...]
    at: datetime


class DataAudit(Frozen):
    """One comparison of a candidate with its contract or with production.

    Attributes:
        table: URI of the production table.
        audit: contract, keys, row-band or control-sum.
        passed: whether it may be published.
        expected: what was asked for, as text.
        found: what was there, as text.
        message: one sentence, which names the figure, by how much it differs, and from what.
    """

    table: str
    audit: str
    passed: bool
    expected: str
    found: str
    message: str


class AuditRun(Frozen):
    """Evidence: every data audit of the candidates of one deployment."""

    kind: Literal["audit-run"] = "audit-run"
    deployment: DeploymentId
    audits: tuple[DataAudit, ...]

    @property
    def passed(self) -> bool:
        """Whether all of them passed."""
        return all(audit.passed for audit in self.audits)


@unique
class VerdictResult(StrEnum):
    """What the look after a deployment says."""

    HEALTHY = "healthy"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


class Verdict(Frozen):
    """Evidence: how a release does in an environment, after it went in.

    Attributes:
        deployment: after which.
        release: its digest.
        environment: where.
        result: how it does.
        basis: what that rests on: runs that were observed, and what could not be looked at here.
        observations: what the stages said.
        at: the moment.
    """

    kind: Literal["verdict"] = "verdict"
    deployment: DeploymentId
    release: DigestField
    environment: Environment
    result: VerdictResult
    basis: tuple[str, ...] = ()
    observations: tuple[str, ...]
    at: datetime


Evidence = Annotated[
    CheckRun
    | CheckShard
    | Approval
    | Revocation
    | Admission
    | AuditRun
    | Verdict
    | AdoptionProof
    | OwnershipChange,
    Field(discriminator="kind"),
]
"""Any evidence; `kind` tells which."""
