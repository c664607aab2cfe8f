"""Gate `checks-passed`: the very tree that is released passed every check that its change needs."""

from slipway.attest import digest_of_document
from slipway.model.evidence import CheckResult, CheckRun
from slipway.model.release import Manifest
from slipway.release.gates.facts import Answer, Question, needed


def checks_passed(question: Question) -> Answer:
    """Judge by the check runs, and by the needed checks, that the signed manifest names."""
    manifest = question.release.manifest
    runs = needed(question.facts.runs)
    fitting = [run for run in runs if run.tree == manifest.tree and run.base == manifest.base]
    again = f"slipway check --base {manifest.base[:12]} at {manifest.commit[:12]}, then slipway build"
    if not fitting:
        return Answer(passed=False, why=_nothing_fits(runs, manifest), remedy=again)
    complaints = [complaint for run in fitting for complaint in _complaints(run)]
    if complaints:
        return Answer(passed=False, why="; ".join(complaints), remedy=f"mend it, {again}")
    checks = sorted({outcome.check for run in fitting for outcome in run.outcomes})
    lacking = [name for name in manifest.checks if name not in checks]
    if lacking:
        why = f"no check run on tree {manifest.tree[:12]} has {', '.join(lacking)}, which its change needs"
        return Answer(passed=False, why=why, remedy=again)
    return Answer(
        passed=True,
        why=f"tree {manifest.tree[:12]} passed {', '.join(checks)}",
        rests_on=tuple(sorted(digest_of_document(run) for run in fitting)),
    )


def _nothing_fits(runs: tuple[CheckRun, ...], manifest: Manifest) -> str:
    """Say what is there instead: a run on other bytes, or of another difference, proves nothing here."""
    wanted = f"tree {manifest.tree[:12]} against {manifest.base[:12]}"
    if not runs:
        return f"the manifest names no check run on {wanted}"
    found = ", ".join(f"tree {run.tree[:12]} against {run.base[:12]}" for run in runs)
    return f"the manifest's check runs are on {found}, not on {wanted}"


def _complaints(run: CheckRun) -> list[str]:
    if not run.outcomes:
        return [f"the check run on tree {run.tree[:12]} ran no check"]
    return [
        f"{outcome.check} {_ENDED[outcome.result]}"
        for outcome in run.outcomes
        if outcome.result is not CheckResult.PASSED
    ]


_ENDED = {CheckResult.FAILED: "failed", CheckResult.UNJUDGED: "could not be judged"}
