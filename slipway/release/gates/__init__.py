"""The gates on entering an environment: one table, each judged from facts that were gathered before.

No gate reads a store. A fact that could not be had is `Unknown`, and a gate that needs it does not let a
release in: an outage is no way around a gate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.release import Release
from slipway.release.gates.approvals import approvals
from slipway.release.gates.carried_changes import carried_changes
from slipway.release.gates.checks_passed import checks_passed
from slipway.release.gates.facts import Answer, Facts, Known, Question, Unjudgeable, Unknown
from slipway.release.gates.lower_environment import lower_environment_healthy
from slipway.release.gates.report import GateId, GateReport, GateResult, GateState


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A row of the table.

    Attributes:
        id: its name.
        asks: its question, for people.
        judge: answers it.
    """

    id: GateId
    asks: str
    judge: Callable[[Question], Answer]


GATES: Final = (
    Gate(
        id=GateId.CHECKS_PASSED,
        asks="Did every check that the change needs pass on this very tree?",
        judge=checks_passed,
    ),
    Gate(
        id=GateId.CARRIED_CHANGES,
        asks="Does it list every change that it would bring?",
        judge=carried_changes,
    ),
    Gate(
        id=GateId.LOWER_ENVIRONMENT_HEALTHY,
        asks="Is this very release healthy in the environment below?",
        judge=lower_environment_healthy,
    ),
    Gate(
        id=GateId.APPROVALS,
        asks="Did enough people who had no hand in it allow it here, with these effects?",
        judge=approvals,
    ),
)
"""Every gate, in the order in which they are told."""


def judge(
    release: Release, environment: Environment, effects: Known[Effects] | Unknown, facts: Facts
) -> GateReport:
    """Ask every gate whether a release may go into an environment.

    Args:
        release: verified.
        environment: where it wants to go.
        effects: what it would do there as the environment is now.
        facts: what the gates are judged from.
    """
    question = Question(release=release, environment=environment, effects=effects, facts=facts)
    results = tuple(_result(gate, question) for gate in GATES)
    return GateReport(release=release.digest, environment=environment, results=results)


def _result(gate: Gate, question: Question) -> GateResult:
    try:
        answer = gate.judge(question)
    except Unjudgeable as lacking:
        fact = lacking.fact
        return GateResult(
            gate=gate.id, asks=gate.asks, state=GateState.UNJUDGED, why=fact.reason, remedy=fact.remedy
        )
    return GateResult(
        gate=gate.id,
        asks=gate.asks,
        state=GateState.PASSED if answer.passed else GateState.REFUSED,
        why=answer.why,
        remedy=answer.remedy,
        command=answer.command,
        rests_on=answer.rests_on,
        weighed=answer.weighed,
    )
