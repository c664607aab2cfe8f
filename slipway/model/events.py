"""What the ledger tells: an event for each thing done, refused or tried. No row values, no secrets."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Final, Literal, NewType

from pydantic import Field

from slipway.model.digest import DigestField
from slipway.model.environment import Environment
from slipway.model.frozen import Frozen

DeploymentId = NewType("DeploymentId", str)
"""`<environment>-<release's first digits>-<attempt>`, or `...-rollback-...`: a chain of the ledger."""


REMEDY: Final = "remedy"
"""The figure of `stage-failed`, and of `stage-owed`, that says what to do about it."""

REASON: Final = "reason"
"""The figure of `deployment-opened` and `state-recorded` that says why, in the words of who decided it."""


@unique
class EventKind(StrEnum):
    """What happened."""

    BOOTSTRAPPED = "bootstrapped"
    CONTROL_CHANGED = "control-changed"
    CHECKED = "checked"
    BUILT = "built"
    APPROVED = "approved"
    APPROVAL_REVOKED = "approval-revoked"
    GATE_PASSED = "gate-passed"
    GATE_REFUSED = "gate-refused"
    DEPLOYMENT_OPENED = "deployment-opened"
    STAGE_BEGUN = "stage-begun"
    STAGE_DONE = "stage-done"
    STAGE_FAILED = "stage-failed"
    STAGE_UNDONE = "stage-undone"
    STAGE_OWED = "stage-owed"
    PARKED = "parked"
    RESUMED = "resumed"
    VERDICT = "verdict"
    ROLLED_BACK = "rolled-back"
    LATE_ROWS = "late-rows"
    DEPLOYMENT_SEALED = "deployment-sealed"
    STATE_RECORDED = "state-recorded"
    OWNERSHIP_CHANGED = "ownership-changed"
    LAYER_VERIFIED = "layer-verified"
    DENIED = "denied"


@unique
class Outcome(StrEnum):
    """How it went."""

    SUCCESS = "success"
    FAILURE = "failure"
    DENIAL = "denial"


class Event(Frozen):
    """One event, before it gets its place in a chain.

    Attributes:
        kind: what happened.
        outcome: how it went.
        at: with a time zone, UTC.
        actor: ARN of who did it.
        environment: where; None for what is no environment's (a check, a build).
        deployment: which deployment; None outside one.
        release: digest of the release; None before there is one.
        subject: what it was done to: a stage's id, a dataset's URI, a part id, a commit.
        datasets: URIs of the tables, topics and prefixes that it wrote, for `audit trace`.
        evidence: digests of the documents that prove it.
        figures: small facts for people, such as `rows: 315`; never a row's values.
        message: one sentence for people.
    """

    schema_version: Literal["slipway.event/v1"] = "slipway.event/v1"
    kind: EventKind
    outcome: Outcome
    at: datetime
    actor: str
    environment: Environment | None = None
    deployment: DeploymentId | None = None
    release: DigestField | None = None
    subject: str
    datasets: tuple[str, ...] = ()
    evidence: tuple[DigestField, ...] = ()
    figures: dict[str, str] = Field(default_factory=dict)
    message: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        """What an auditor may ask for to find it: subject, datasets, release and deployment, sorted."""
        named = {self.subject, *self.datasets, self.release, self.deployment}
        return tuple(sorted(each for each in named if each))
