"""What the gates are judged from. A fact that cannot be had is a value too: it must not look like "none"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from slipway.attest.approval_count import Weighed
from slipway.attest.approval_record import Withdrawn
from slipway.attest.control import Control
from slipway.model.digest import Digest
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import SlipwayError
from slipway.model.events import DeploymentId
from slipway.model.evidence import Approval, CheckRun, DataAudit, Verdict
from slipway.model.principal import Principal
from slipway.model.release import Release

ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Known(Generic[ValueT]):
    """A fact."""

    value: ValueT


@dataclass(frozen=True)
class Unknown:
    """A fact that cannot be had.

    Attributes:
        reason: one sentence that names what failed.
        remedy: what to do about it.
    """

    reason: str
    remedy: str


def learn(ask: Callable[[], ValueT]) -> Known[ValueT] | Unknown:
    """Ask for a fact; an error that a person can act on makes it unknown.

    Args:
        ask: reads it from a store or server.
    """
    try:
        return Known(ask())
    except SlipwayError as error:
        return Unknown(error.message, error.remedy)


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """A deployment of a release that was taken back, and so came to no verdict.

    Attributes:
        deployment: which.
        release: its digest.
        environment: where.
        at: when it had ended.
        why: the stage that failed and what it said, or what a person has taken it back for.
        remedy: what that stage says to do; empty where nobody knows.
        audits: every data audit of it, where one of them has failed; none where it was something else.
    """

    deployment: DeploymentId
    release: Digest
    environment: Environment
    at: datetime
    why: str
    remedy: str
    audits: tuple[DataAudit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that the gates of one environment need.

    Attributes:
        now: the moment of the judgement.
        deployer: who wants to bring the release in.
        control: who decides.
        running: what runs in the environment; None before anything does.
        runs: the check runs that the manifest names.
        approvals: of this release in this environment, verified, expired ones too, revoked ones not.
        withdrawn: those that were taken back.
        verdicts: on this release, in the environment and in the one below at least.
        stops: deployments of this release there that were taken back.
    """

    now: datetime
    deployer: Known[Principal] | Unknown
    control: Known[Control] | Unknown
    running: Known[EnvironmentDocument | None] | Unknown
    runs: Known[tuple[CheckRun, ...]] | Unknown
    approvals: Known[tuple[Approval, ...]] | Unknown
    withdrawn: Known[tuple[Withdrawn, ...]] | Unknown
    verdicts: Known[tuple[Verdict, ...]] | Unknown
    stops: Known[tuple[Stopped, ...]] | Unknown


@dataclass(frozen=True, kw_only=True)
class Question:
    """May this release, with these effects, go into this environment?"""

    release: Release
    environment: Environment
    effects: Known[Effects] | Unknown
    facts: Facts


class Unjudgeable(Exception):  # noqa: N818 - it says what is the case
    """A gate needs a fact that cannot be had; `slipway.release.gates.judge` turns it into a refusal."""

    def __init__(self, fact: Unknown) -> None:
        super().__init__(fact.reason)
        self.fact = fact


def needed(fact: Known[ValueT] | Unknown) -> ValueT:
    """Return a fact.

    Raises:
        Unjudgeable: it cannot be had.
    """
    match fact:
        case Known(value):
            return value
        case Unknown():
            raise Unjudgeable(fact)


@dataclass(frozen=True)
class Answer:
    """A gate's judgement.

    Attributes:
        passed: whether the release may go in.
        why: one sentence.
        remedy: what to do; empty when it passed.
        command: the next command, where one command is what to do; else empty.
        rests_on: digests of the evidence that let it in.
        weighed: every approval that was looked at, those that count and the others.
    """

    passed: bool
    why: str
    remedy: str = ""
    command: str = ""
    rests_on: tuple[Digest, ...] = ()
    weighed: tuple[Weighed, ...] = ()
