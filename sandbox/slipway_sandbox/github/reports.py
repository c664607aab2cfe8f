"""What was reported of a commit: the newest status of each context and the newest check run of each name.

Owned here: reading them as the rules need them. Not owned: the routes that write them (`statuses`,
`check_runs`).
"""

from slipway_sandbox.github.records import Document, Kind, Records
from slipway_sandbox.github.requirements import CheckState, Report

PASSING = frozenset({"success", "neutral", "skipped"})
"""Conclusions of a check run that a required check is content with."""

_STATUS_STATES = {"success": CheckState.SUCCESS, "pending": CheckState.PENDING}
_RUN_STATES = {"queued": CheckState.QUEUED}


def newest_statuses(records: Records, repository_id: int, sha: str) -> list[Document]:
    """The newest status of each context, in the order in which the contexts first came."""
    every = records.every(Kind.STATUS, repository_id, sha)
    return list({status["context"]: status for status in every}.values())


def newest_runs(records: Records, repository_id: int, sha: str) -> list[Document]:
    """The newest check run of each app and name."""
    every = runs_of(records, repository_id, sha)
    return list({(run["app_id"], run["name"]): run for run in every}.values())


def runs_of(records: Records, repository_id: int, sha: str) -> list[Document]:
    """Every check run of a commit, the oldest first."""
    return [run for run in records.every(Kind.CHECK_RUN, repository_id) if run["head_sha"] == sha]


def reports_of(records: Records, repository_id: int, sha: str) -> tuple[Report, ...]:
    """What the rules know of a commit."""
    statuses = [
        Report(context=status["context"], state=_STATUS_STATES.get(status["state"], CheckState.FAILING))
        for status in newest_statuses(records, repository_id, sha)
    ]
    runs = [
        Report(context=run["name"], state=_run_state(run), app=run["app_id"])
        for run in newest_runs(records, repository_id, sha)
    ]
    return (*statuses, *runs)


def _run_state(run: Document) -> CheckState:
    if run["status"] != "completed":
        return _RUN_STATES.get(run["status"], CheckState.IN_PROGRESS)
    return CheckState.SUCCESS if run["conclusion"] in PASSING else CheckState.FAILING
