"""Gate `lower-environment-healthy`: the same release is well in the environment below."""

from slipway.attest import digest_of_document
from slipway.model.digest import short
from slipway.model.environment import Environment
from slipway.model.evidence import Verdict, VerdictResult
from slipway.release.gates.facts import Answer, Question, Stopped, needed
from slipway.release.gates.verdicts import newest_word


def lower_environment_healthy(question: Question) -> Answer:
    """Judge by the newest word on this very release there: a verdict, or that it was stopped."""
    below = question.environment.below
    if below is None:
        return Answer(passed=True, why=f"{question.environment} is the first environment")
    said: tuple[Verdict | Stopped, ...] = (
        *needed(question.facts.verdicts),
        *needed(question.facts.stops),
    )
    again = f"slipway deploy {short(question.release.digest)} -s {below}"
    match newest_word(said, question.release.digest, below):
        case None:
            why = f"{below} has no verdict on {short(question.release.digest)}"
            return Answer(passed=False, why=why, remedy=again, command=again)
        case Stopped() as stopped:
            return _stopped(stopped, again)
        case Verdict() as verdict:
            return _given(verdict, again)


def _given(verdict: Verdict, again: str) -> Answer:
    said = f"{verdict.environment}'s verdict of {verdict.at:%Y-%m-%d %H:%M} UTC is {verdict.result}"
    said = "; ".join((said, *verdict.basis))
    if verdict.result is not VerdictResult.HEALTHY:
        return Answer(passed=False, why=said, remedy=f"find out why, then {again}", command=again)
    return Answer(passed=True, why=said, rests_on=(digest_of_document(verdict),))


def _stopped(stopped: Stopped, again: str) -> Answer:
    """What its data audits refused they refuse again; what else went wrong its stage knows a way out of."""
    where, when = stopped.environment, f"{stopped.at:%Y-%m-%d %H:%M} UTC"
    failed = [audit.message for audit in stopped.audits if not audit.passed]
    if failed:
        return Answer(
            passed=False,
            why=f"it was stopped in {where} at {when} ({stopped.deployment}): {len(failed)} of "
            f"{len(stopped.audits)} data audits failed: {'; '.join(failed)}",
            remedy=f"{stopped.remedy or 'mend the cause'}; then slipway build, and deploy that new release "
            f"from {Environment.DEV} on: the same audits would stop this one again",
        )
    why = f"it was stopped in {where} at {when} ({stopped.deployment}): {stopped.why}"
    if not stopped.remedy:
        return Answer(passed=False, why=why, remedy=f"find out why, then {again}", command=again)
    remedy = f"{stopped.remedy}; then {again}, or build a new release where the code had to change"
    return Answer(passed=False, why=why, remedy=remedy)
