"""Gate `approvals`: enough people who may decide have allowed this release, here, with these effects.

Which approvals count, and whether they are enough, is said in `slipway.attest`, for this gate and for the
policies that run beside Pulumi.
"""

from dataclasses import replace

from slipway.attest.approval_count import Case
from slipway.attest.approval_record import Standing
from slipway.attest.approval_tally import Lacking, tally, unnamed_writers
from slipway.attest.control import Control
from slipway.model.approval_policy import asks_for_approvals
from slipway.release.gates.facts import Answer, Question, needed
from slipway.release.gates.verdicts import last_failure


def approvals(question: Question) -> Answer:
    """Count the approvals that hold, for whoever deploys; say of each other one why it does not."""
    if not asks_for_approvals(question.environment):
        return Answer(passed=True, why=f"{question.environment} asks for no approval")
    control = needed(question.facts.control)
    unnamed = unnamed_writers(question.release)
    if unnamed is not None:
        return _refused(unnamed, unnamed.why)
    given = _given(question)
    counted = tally(_case(question, control), given)
    why = f"{counted.told} (with {counted.case.deployer} as the deployer)"
    if counted.lacking is not None:
        return replace(_refused(counted.lacking, why), weighed=counted.weighed)
    rests_on = tuple(sorted(each.evidence for each in counted.weighed if each.counts))
    return Answer(passed=True, why=why, rests_on=rests_on, weighed=counted.weighed)


def _case(question: Question, control: Control) -> Case:
    release, environment, facts = question.release, question.environment, question.facts
    verdicts = needed(facts.verdicts)
    return Case(
        release=release,
        environment=environment,
        effects=needed(question.effects),
        control=control,
        deployer=needed(facts.deployer).person,
        now=facts.now,
        failed=last_failure(verdicts, release.digest, environment),
    )


def _given(question: Question) -> Standing:
    facts = question.facts
    return Standing(standing=needed(facts.approvals), withdrawn=needed(facts.withdrawn))


def _refused(lacking: Lacking, why: str) -> Answer:
    return Answer(passed=False, why=why, remedy=lacking.remedy, command=lacking.command)
