"""From two commits to a manifest."""

import subprocess
from pathlib import Path

import pytest

from slipway.adapters.git import GitRevisions
from slipway.attest import digest_of_document
from slipway.model.errors import ExitCode
from slipway.model.release import DirectCommit, Manifest
from slipway.ports.revisions import RevisionUnknown
from slipway.release.building import BaseUnfit, Draft, draft
from tests.doubles.commits import Commits
from tests.doubles.releases import REQUEST, check_run
from tests.doubles.workspace_folder import FILES, WorkspaceFolder


@pytest.fixture
def commits() -> Commits:
    """A workspace, and then a change of one model."""
    history = Commits()
    history.commit({"README.md": "soon\n"})
    history.commit(FILES)
    history.change(**{"dbt/models/marts/revenue/revenue.sql": "select 2"})
    return history


def _manifest(draft: Draft) -> Manifest:
    later = REQUEST.model_copy(update={"number": 9})
    return draft.manifest(
        repository="finedge/data",
        pull_requests=[later, REQUEST],
        direct_commits=[DirectCommit(sha="e" * 40, title="Hot fix", author="grace")],
        checks=["dbt-build"],
        evidence=[digest_of_document(check_run())],
        slipway="0.1.0",
    )


def test_a_release_is_what_changed_since_the_commit_before(commits: Commits) -> None:
    """Unless another base is named."""
    built = draft(commits, commit="HEAD", base=None)
    written = _manifest(built)
    assert (written.commit, written.base) == (commits.ids[2], commits.ids[1])
    assert written.tree == commits.resolve("HEAD").tree
    assert [str(artifact.part) for artifact in written.artifacts] == ["revenue/dbt"]
    assert [request.number for request in written.pull_requests] == [7, 9]
    assert not built.is_empty


def test_the_same_commit_is_the_same_release(commits: Commits) -> None:
    """On any machine, at any time: nothing in it is of the moment."""
    first = _manifest(draft(commits, commit="HEAD", base=None))
    second = _manifest(draft(commits, commit=commits.ids[2], base=commits.ids[1][:12]))
    assert digest_of_document(first) == digest_of_document(second)


def test_a_base_without_a_workspace_ships_everything(commits: Commits) -> None:
    """The first release of a repository."""
    built = draft(commits, commit=commits.ids[1], base=None)
    parts = [str(bundle.artifact.part) for bundle in built.difference.bundles]
    assert "platform/entry" in parts
    assert "settlements/spark" in parts


def test_nothing_that_ships_changed(commits: Commits) -> None:
    """A change of the README is no release."""
    commits.change(**{"README.md": "now\n"})
    assert draft(commits, commit="HEAD", base=None).is_empty


def test_a_base_that_is_no_ancestor_is_refused(commits: Commits) -> None:
    """The difference would take back what came in between."""
    with pytest.raises(BaseUnfit, match="does not descend from HEAD") as refused:
        draft(commits, commit=commits.ids[1], base="HEAD")
    assert refused.value.exit_code is ExitCode.USAGE


def test_the_first_commit_needs_a_base(commits: Commits) -> None:
    """There is nothing before it; a shallow clone looks the same."""
    with pytest.raises(BaseUnfit, match="has none before it here") as refused:
        draft(commits, commit=commits.ids[0], base=None)
    assert "--base REV" in refused.value.remedy


def test_an_unknown_commit_is_named(commits: Commits) -> None:
    """With the repository's own words."""
    with pytest.raises(RevisionUnknown, match="nowhere"):
        draft(commits, commit="nowhere", base=None)


def _git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=Ana", "-c", "user.email=ana@finedge.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_git_gives_the_same_release_as_any_other_store(tmp_path: Path, commits: Commits) -> None:
    """Content comes from git's objects: what lies in the folder uncommitted does not count."""
    workspace = WorkspaceFolder(tmp_path / "repository" / "finedge")
    _git(workspace.root.parent, "init", "-q")
    for text in ("", "select 2"):
        workspace.write("dbt/models/marts/revenue/revenue.sql", text)
        _git(workspace.root.parent, "add", "-A")
        _git(workspace.root.parent, "commit", "-qm", "change")
    workspace.write("dbt/models/marts/revenue/revenue.sql", "select 3")
    by_git = draft(GitRevisions(workspace.root), commit="HEAD", base=None).difference
    by_memory = draft(commits, commit="HEAD", base=None).difference
    assert by_git.bundles == by_memory.bundles
    assert len(by_git.bundles) == 1
