"""What the gates of an environment say about a release."""

from dataclasses import dataclass
from enum import StrEnum, unique

from slipway.attest.approval_count import Weighed
from slipway.model.digest import Digest
from slipway.model.environment import Environment


@unique
class GateId(StrEnum):
    """Every gate. Each has a row in `slipway.release.gates.GATES` and in docs/reference/gates.md."""

    CHECKS_PASSED = "checks-passed"
    CARRIED_CHANGES = "carried-changes"
    LOWER_ENVIRONMENT_HEALTHY = "lower-environment-healthy"
    APPROVALS = "approvals"


@unique
class GateState(StrEnum):
    """How a gate stands; only one of these lets a release in."""

    PASSED = "passed"
    REFUSED = "refused"
    UNJUDGED = "unjudged"
    """What it is judged from cannot be had: no pass, and no statement about the release either."""


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """One gate.

    Attributes:
        gate: which.
        asks: its question.
        state: how it stands.
        why: one sentence that names what it was judged from.
        remedy: what to do; empty when it passed.
        command: the next command, where one command is what to do; else empty.
        rests_on: digests of the evidence that let it in.
        weighed: every approval that it looked at, those that count and the others.
    """

    gate: GateId
    asks: str
    state: GateState
    why: str
    remedy: str = ""
    command: str = ""
    rests_on: tuple[Digest, ...] = ()
    weighed: tuple[Weighed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GateReport:
    """Every gate of an environment, for one release with one list of effects.

    Attributes:
        release: digest of the manifest.
        environment: where it wants to go.
        results: one a gate, in the order of the table.
    """

    release: Digest
    environment: Environment
    results: tuple[GateResult, ...]

    @property
    def passed(self) -> bool:
        """Whether the release may go in: every gate was judged and passed."""
        return all(result.state is GateState.PASSED for result in self.results)

    @property
    def refusals(self) -> tuple[GateResult, ...]:
        """The gates that keep it out."""
        return tuple(result for result in self.results if result.state is not GateState.PASSED)
