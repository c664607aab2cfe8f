"""Gate `lower-environment-healthy`: the same release is well in the environment below."""

from slipway.model.digest import short
from slipway.model.evidence import VerdictResult
from slipway.release.gates.facts import Answer, Question, needed


def lower_environment_healthy(question: Question) -> Answer:
    """Judge by the newest verdict on this very release there."""
    below = question.environment.below
    if below is None:
        return Answer(passed=True, why=f"{question.environment} is the first environment")
    release = question.release.digest
    verdicts = [
        verdict
        for verdict in needed(question.facts.verdicts)
        if verdict.environment is below and verdict.release == release
    ]
    remedy = f"slipway deploy {short(release)} -s {below}"
    if not verdicts:
        return Answer(passed=False, why=f"{below} has no verdict on {short(release)}", remedy=remedy)
    newest = max(verdicts, key=lambda verdict: verdict.at)
    said = f"{below}'s verdict of {newest.at:%Y-%m-%d %H:%M} UTC is {newest.result}"
    if newest.result is not VerdictResult.HEALTHY:
        return Answer(passed=False, why=said, remedy=f"find out why, then {remedy}")
    return Answer(passed=True, why=said)
