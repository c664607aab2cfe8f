"""Gate `approvals`: enough people who may decide have allowed this release, here, with these effects.

Which approvals count is `slipway.attest.approval_count`'s to say, for this gate and for the policies that run
beside Pulumi.
"""

from dataclasses import replace

from slipway.attest import digest_of_document
from slipway.attest.approval_count import Case, people_of, weigh
from slipway.attest.approval_record import Standing
from slipway.attest.control import Control
from slipway.model.approval_policy import asks_for_approvals
from slipway.model.digest import short
from slipway.model.separation import nameless
from slipway.model.team import PersonId
from slipway.release.gates.facts import Answer, Question, needed
from slipway.release.gates.verdicts import last_failure


def approvals(question: Question) -> Answer:
    """Count the approvals that hold, for whoever deploys; say of each other one why it does not."""
    if not asks_for_approvals(question.environment):
        return Answer(passed=True, why=f"{question.environment} asks for no approval")
    control = needed(question.facts.control)
    strangers = nameless(question.release.manifest)
    if strangers:
        return _nameless(strangers)
    given = _given(question)
    case = _case(question, control)
    weighed = weigh(case, given)
    good = people_of(weighed)
    counted = f"{len(good)} of {case.threshold} approvals" + (f": {', '.join(good)}" if good else "")
    why = f"{counted} (with {case.deployer} as the deployer)"
    if len(good) < case.threshold:
        return replace(_refused(why, case, good), weighed=weighed)
    rests_on = tuple(sorted(each.evidence for each in weighed if each.counts))
    return Answer(passed=True, why=why, rests_on=rests_on, weighed=weighed)


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


def _nameless(strangers: tuple[str, ...]) -> Answer:
    return Answer(
        passed=False,
        why=f"it cannot be told whether {', '.join(strangers)}, who wrote of it, is one of the approvers",
        remedy="have them add the address to their GitHub account, then slipway build again",
    )


def _refused(why: str, case: Case, good: tuple[PersonId, ...]) -> Answer:
    if len(case.able) < case.threshold:
        names = ", ".join(person.id for person in case.able) or "nobody"
        remedy = (
            f"only {names} may approve it and {case.threshold} are needed: release the pull requests apart, "
            "or have a control owner give somebody the role"
        )
        return Answer(passed=False, why=why, remedy=remedy)
    asked = ", ".join(person.id for person in case.able if person.id not in good)
    command = _command(case)
    return Answer(passed=False, why=why, remedy=f"ask {asked} for {command}", command=command)


def _command(case: Case) -> str:
    """People approve as IAM users, who show a second factor."""
    approve = f"slipway approve {short(case.release.digest)} -s {case.environment}"
    return f"{approve} --effects {digest_of_document(case.effects)} --token-code CODE"
