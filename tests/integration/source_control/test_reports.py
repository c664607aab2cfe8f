"""Statuses and check runs on a GitHub that merges by them."""

import pytest

from slipway.adapters.github import GithubSourceControl
from slipway.ports.source_control_errors import RightMissing
from slipway.ports.source_control_results import (
    Annotation,
    AnnotationLevel,
    CheckReport,
    CombinedStatus,
    CommitStatus,
    Conclusion,
    StatusState,
)
from tests.integration.source_control.forge import Repository, RunningForge

pytestmark = pytest.mark.integration

NOTE = Annotation(
    path="dbt/models/fx.sql",
    line=3,
    last_line=4,
    level=AnnotationLevel.WARNING,
    title="Precision",
    message="NUMBER(10,2) cannot hold what NUMBER(18,2) holds; widen the column",
)


def test_a_status_is_set_and_read(repository: Repository, source_control: GithubSourceControl) -> None:
    """The newest of each context, and one word for all; none at first is pending."""
    commit = repository.tip()
    assert source_control.combined_status(commit) == CombinedStatus(state=StatusState.PENDING, statuses=())
    started = CommitStatus(context="slipway/check", state=StatusState.PENDING)
    ended = CommitStatus(
        context="slipway/check",
        state=StatusState.FAILURE,
        description="2 findings",
        url="https://ci.example/1",
    )
    for status in (started, ended):
        source_control.set_status(commit, status)
    found = source_control.combined_status("main")
    assert found == CombinedStatus(state=StatusState.FAILURE, statuses=(ended,))


def test_every_context_is_read_however_many(
    repository: Repository, source_control: GithubSourceControl
) -> None:
    """More than a page has."""
    commit = repository.tip()
    for number in range(101):
        source_control.set_status(commit, CommitStatus(context=f"c{number}", state=StatusState.SUCCESS))
    found = source_control.combined_status(commit)
    assert (found.state, len(found.statuses)) == (StatusState.SUCCESS, 101)


def test_whoever_only_reads_sets_no_status(forge: RunningForge, repository: Repository) -> None:
    """The error says what is missing."""
    reader = repository.source_control(forge.token_of("reader"))
    with pytest.raises(RightMissing) as told:
        reader.set_status("main", CommitStatus(context="c", state=StatusState.SUCCESS))
    assert told.value.subject == f"status c of {repository.name}@main"
    assert "right in the repository" in told.value.remedy


def test_a_check_run_is_made_and_ended(forge: RunningForge, repository: Repository) -> None:
    """With all of its annotations, though GitHub takes fifty at once."""
    app, commit = repository.source_control(forge.app_token("slipway")), repository.tip()
    started = CheckReport(
        name="slipway/check", title="Running", summary="3 checks", url="https://ci.example/1", reference="r1"
    )
    run = app.report_check(commit, started)
    shape = repository.call("GET", f"/check-runs/{run}")
    assert (shape["status"], shape["external_id"], shape["head_sha"]) == ("in_progress", "r1", commit)
    ended = CheckReport(
        name="slipway/check",
        title="120 findings",
        summary="See the files",
        conclusion=Conclusion.FAILURE,
        annotations=(NOTE,) * 120,
    )
    assert app.report_check(commit, ended, run) == run
    shape = repository.call("GET", f"/check-runs/{run}")
    assert (shape["status"], shape["conclusion"], shape["output"]["title"]) == (
        "completed",
        "failure",
        "120 findings",
    )
    assert shape["output"]["annotations_count"] == 120
    first = repository.call("GET", f"/check-runs/{run}/annotations")[0]
    assert (first["start_line"], first["end_line"], first["annotation_level"]) == (3, 4, "warning")


def test_a_person_is_told_to_set_a_status(
    repository: Repository, source_control: GithubSourceControl
) -> None:
    """Check runs are an app's."""
    report = CheckReport(name="slipway/check", title="t", summary="s", conclusion=Conclusion.SUCCESS)
    with pytest.raises(RightMissing) as told:
        source_control.report_check(repository.tip(), report)
    assert "You must authenticate via a GitHub App." in told.value.message
    assert "set a commit status" in told.value.remedy


def test_a_status_lets_a_pull_request_in(repository: Repository, source_control: GithubSourceControl) -> None:
    """What the adapter reports is what GitHub merges by."""
    parameters = {"required_status_checks": [{"context": "slipway/check"}]}
    repository.call(
        "POST",
        "/rulesets",
        name="main",
        enforcement="active",
        conditions={"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        rules=[{"type": "required_status_checks", "parameters": parameters}],
    )
    number = repository.propose("ana", "fx")
    assert repository.call("GET", f"/pulls/{number}")["mergeable_state"] == "blocked"
    source_control.set_status(
        repository.tip("fx"), CommitStatus(context="slipway/check", state=StatusState.SUCCESS)
    )
    assert repository.merge("ana", number)
