"""What a build server adds to a check: evidence in the audit account, an event, a status on the commit."""

from collections.abc import Sequence
from typing import Final

from slipway.checks.fan_in import fan_in, missing_of
from slipway.checks.report import Report
from slipway.cli.check_shards import Batch, recorded_shards
from slipway.cli.desk import Desk
from slipway.cli.telling import keep_run
from slipway.model.counted import counted
from slipway.model.errors import ExitCode
from slipway.model.evidence import STATUS_CONTEXT, CheckResult, CheckRun, CheckShard
from slipway.model.separation import strangers
from slipway.ports.reporter import Reporter
from slipway.ports.source_control_errors import TokenRefused
from slipway.ports.source_control_results import CommitStatus, StatusState

_STATES: Final = {
    ExitCode.OK: StatusState.SUCCESS,
    ExitCode.FINDINGS: StatusState.FAILURE,
}

_NO_ACCOUNT: Final = "no GitHub account has {}, who wrote of this change"
_CONSEQUENCE: Final = "it may be one of the approvers, so nobody could approve its release"
_REMEDY: Final = (
    "have them add the address to their GitHub account, or write the commits anew as "
    "LOGIN@users.noreply.github.com; then check again"
)


def record_check(desk: Desk, report: Report, reporter: Reporter) -> ExitCode:
    """Keep a run, and say on its commit how it ended.

    The evidence goes first: a green commit without it could be merged and never released. It is of a tree;
    who wrote the commits is said of the commit alone, while they can still be written anew.

    Args:
        desk: where things are kept.
        report: a whole run, or a shard of one; the last shard joins them all.
        reporter: told when no status could be set for want of a token.

    Returns:
        How the command ends.

    Raises:
        SlipwayError: a store or GitHub does not answer, or refuses; or shards are of different work.
    """
    with reporter.task("keeping the evidence"):
        keep_run(desk, report.evidence)
        status = _status(report) if report.shard is None else _status_of_shards(desk, report, report.shard)
    if report.workspace is None:
        reporter.warning("no status was set: the catalog does not tell which repository this is")
        return report.exit_code
    try:
        reports, changes = desk.reports(report.workspace), desk.changes(report.workspace)
    except TokenRefused as refused:
        reporter.warning(f"no status was set: {refused.message}")
        return report.exit_code
    with reporter.task("asking who wrote it"):
        unknown = strangers(changes.writers(report.run.base, report.run.commit))
    if unknown:
        reporter.warning(f"{_NO_ACCOUNT.format(', '.join(unknown))}: {_CONSEQUENCE}; {_REMEDY}")
        status = _refused(status, unknown)
    reports.set_status(report.run.commit, status)
    reporter.step(f"{STATUS_CONTEXT} is set on {report.run.commit[:12]}")
    return ExitCode.FINDINGS if unknown else report.exit_code


def _refused(status: CommitStatus, unknown: Sequence[str]) -> CommitStatus:
    """What did not pass is said first: that its author can see in the report."""
    said = _NO_ACCOUNT.format(", ".join(unknown))
    others = f"; {status.description}" if status.state is not StatusState.SUCCESS else ""
    return CommitStatus(
        context=STATUS_CONTEXT, state=StatusState.FAILURE, description=f"{said}{others}", url=status.url
    )


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
