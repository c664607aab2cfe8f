"""What a build server adds to a check: evidence in the audit account, an event, a status on the commit."""

from typing import Final

from slipway.checks.report import Report
from slipway.cli.desk import Desk
from slipway.cli.telling import keep_run
from slipway.model.errors import ExitCode
from slipway.model.evidence import CheckResult, CheckRun
from slipway.ports.reporter import Reporter
from slipway.ports.source_control_errors import TokenRefused
from slipway.ports.source_control_results import CommitStatus, StatusState

CONTEXT: Final = "slipway/check"
"""The status that a branch's rules require."""

_STATES: Final = {
    ExitCode.OK: StatusState.SUCCESS,
    ExitCode.FINDINGS: StatusState.FAILURE,
}


def record_check(desk: Desk, report: Report, reporter: Reporter) -> None:
    """Keep a run, and say on its commit how it ended.

    The evidence goes first: a green commit without it could be merged and never released.

    Args:
        desk: where things are kept.
        report: a whole run.
        reporter: told when no status could be set for want of a token.

    Raises:
        SlipwayError: a store or GitHub does not answer, or refuses.
    """
    with reporter.task("keeping the evidence"):
        keep_run(desk, report.run)
    if report.workspace is None:
        reporter.warning("no status was set: the catalog does not tell which repository this is")
        return
    try:
        reports = desk.reports(report.workspace)
    except TokenRefused as refused:
        reporter.warning(f"no status was set: {refused.message}")
        return
    reports.set_status(report.run.commit, _status(report))
    reporter.step(f"{CONTEXT} is set on {report.run.commit[:12]}")


def _status(report: Report) -> CommitStatus:
    state = _STATES.get(report.exit_code, StatusState.ERROR)
    return CommitStatus(context=CONTEXT, state=state, description=_description(report.run))


def _description(run: CheckRun) -> str:
    others = [outcome.check for outcome in run.outcomes if outcome.result is not CheckResult.PASSED]
    if not others:
        return f"{len(run.outcomes)} checks passed on tree {run.tree[:12]}"
    return f"{', '.join(others)} did not pass on tree {run.tree[:12]}"
