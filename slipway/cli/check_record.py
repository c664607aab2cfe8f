"""What a build server adds to a check: evidence in the audit account, an event, a status on the commit."""

from typing import Final

from slipway.checks.fan_in import fan_in, missing_of
from slipway.checks.report import Report
from slipway.cli.check_shards import Batch, recorded_shards
from slipway.cli.desk import Desk
from slipway.cli.telling import keep_run
from slipway.model.counted import counted
from slipway.model.errors import ExitCode
from slipway.model.evidence import STATUS_CONTEXT, CheckResult, CheckRun, CheckShard
from slipway.ports.reporter import Reporter
from slipway.ports.source_control_errors import TokenRefused
from slipway.ports.source_control_results import CommitStatus, StatusState

_STATES: Final = {
    ExitCode.OK: StatusState.SUCCESS,
    ExitCode.FINDINGS: StatusState.FAILURE,
}


def record_check(desk: Desk, report: Report, reporter: Reporter) -> None:
    """Keep a run, and say on its commit how it ended.

    The evidence goes first: a green commit without it could be merged and never released.

    Args:
        desk: where things are kept.
        report: a whole run, or a shard of one; the last shard joins them all.
        reporter: told when no status could be set for want of a token.

    Raises:
        SlipwayError: a store or GitHub does not answer, or refuses; or shards are of different work.
    """
    with reporter.task("keeping the evidence"):
        keep_run(desk, report.evidence)
        status = _status(report) if report.shard is None else _status_of_shards(desk, report, report.shard)
    if report.workspace is None:
        reporter.warning("no status was set: the catalog does not tell which repository this is")
        return
    try:
        reports = desk.reports(report.workspace)
    except TokenRefused as refused:
        reporter.warning(f"no status was set: {refused.message}")
        return
    reports.set_status(report.run.commit, status)
    reporter.step(f"{STATUS_CONTEXT} is set on {report.run.commit[:12]}")


def _status_of_shards(desk: Desk, report: Report, own: CheckShard) -> CommitStatus:
    """Say what is known so far: green is only what every shard has passed."""
    batch = Batch(own.run.commit, own.shard.of)
    recorded = recorded_shards(desk, own.run.tree, own.run.base).get(batch, ())
    there = {each.shard: each for each in (*recorded, own)}
    missing = missing_of(there.values(), own.shard.of)
    if not missing:
        run = fan_in(there.values(), own.shard.of)
        keep_run(desk, run)
        return _status(Report.joined(run, report.workspace))
    bad = [each for each in there.values() if not each.passed]
    if bad:
        return _status(Report.joined(bad[0].run, report.workspace))
    passed = counted(len(there), "shard")
    named = ", ".join(map(str, missing))
    description = f"{passed} passed on tree {own.run.tree[:12]}, {named} missing"
    return CommitStatus(context=STATUS_CONTEXT, state=StatusState.PENDING, description=description)


def _status(report: Report) -> CommitStatus:
    state = _STATES.get(report.exit_code, StatusState.ERROR)
    return CommitStatus(context=STATUS_CONTEXT, state=state, description=_description(report.run))


def _description(run: CheckRun) -> str:
    others = [outcome.check for outcome in run.outcomes if outcome.result is not CheckResult.PASSED]
    if not others:
        return f"{counted(len(run.outcomes), 'check')} passed on tree {run.tree[:12]}"
    return f"{', '.join(others)} did not pass on tree {run.tree[:12]}"
