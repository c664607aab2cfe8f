"""Gate `lower-environment-healthy`: the same release is well in the environment below."""

from slipway.attest import digest_of_document
from slipway.model.digest import short
from slipway.model.environment import Environment
from slipway.model.evidence import Verdict, VerdictResult
from slipway.release.gates.facts import Answer, Question, Stopped, needed


def lower_environment_healthy(question: Question) -> Answer:
    """Judge by the newest word on this very release there: a verdict, or that it was stopped."""
    below = question.environment.below
    if below is None:
        return Answer(passed=True, why=f"{question.environment} is the first environment")
    newest, stopped = _newest_verdict(question, below), _newest_stop(question, below)
    again = f"slipway deploy {short(question.release.digest)} -s {below}"
    if stopped is not None and (newest is None or newest.at <= stopped.at):
        return _stopped(stopped, again)
    if newest is None:
        why = f"{below} has no verdict on {short(question.release.digest)}"
        return Answer(passed=False, why=why, remedy=again, command=again)
    said = f"{below}'s verdict of {newest.at:%Y-%m-%d %H:%M} UTC is {newest.result}"
    said = "; ".join((said, *newest.basis))
    if newest.result is not VerdictResult.HEALTHY:
        return Answer(passed=False, why=said, remedy=f"find out why, then {again}", command=again)
    return Answer(passed=True, why=said, rests_on=(digest_of_document(newest),))


def _newest_verdict(question: Question, below: Environment) -> Verdict | None:
    verdicts = (
        each
        for each in needed(question.facts.verdicts)
        if each.environment is below and each.release == question.release.digest
    )
    return max(verdicts, key=lambda each: each.at, default=None)


def _newest_stop(question: Question, below: Environment) -> Stopped | None:
    stops = (
        each
        for each in needed(question.facts.stops)
        if each.environment is below and each.release == question.release.digest
    )
    return max(stops, key=lambda each: each.at, default=None)


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
