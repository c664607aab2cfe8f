"""What is read from git is what was committed, wherever the workspace lies and whoever calls."""

import os
import time
from pathlib import Path

import pytest

from slipway.adapters.git import GitRevisions
from slipway.ports.revisions import RepositoryFailed, RevisionUnknown
from tests.doubles.git_repository import GitRepository


def test_the_tree_is_the_workspaces_own(repository: GitRepository) -> None:
    """A commit elsewhere in the repository leaves evidence on the workspace's tree as good as it was."""
    repository.write("slipway.yaml", "workspace: finedge")
    first = repository.commit()
    (repository.root / "README.md").write_text("changed", encoding="utf-8")
    second = repository.commit()
    revisions = GitRevisions(repository.workspace)
    assert revisions.resolve("HEAD").commit == second
    assert revisions.resolve("HEAD").tree == revisions.resolve(first).tree
    assert revisions.resolve(first).tree == repository.git("rev-parse", f"{first}:data/finedge")


def test_a_workspace_may_be_the_whole_repository(repository: GitRepository) -> None:
    """The usual case: the data team's repository is the workspace."""
    commit = repository.commit()
    revisions = GitRevisions(repository.root)
    assert revisions.resolve("main").tree == repository.git("rev-parse", f"{commit}^{{tree}}")
    assert list(revisions.files(commit)) == ["README.md"]


def test_files_are_relative_sorted_and_know_what_may_be_run(repository: GitRepository) -> None:
    """Names with spaces, quotes, line ends and letters of any language come back as they are."""
    names = ["a b.sql", 'say "hi".sql', "two\nlines.sql", "ümläut/日本.sql", "z/run.sh"]
    for name in names:
        repository.write(name, name)
    (repository.workspace / "z/run.sh").chmod(0o755)
    files = GitRevisions(repository.workspace).files(repository.commit())
    assert list(files) == sorted(names)
    assert [name for name, file in files.items() if file.executable] == ["z/run.sh"]


def test_contents_are_read_whole_many_at_once_and_asked_twice(repository: GitRepository) -> None:
    """No byte of a content is taken for the protocol's, even when it looks like an answer."""
    contents = {
        "empty": "",
        "open": "no line end",
        "like": f"{'0' * 40} blob 3\nabc\n",
        "same": "no line end",
    }
    for name, content in contents.items():
        repository.write(name, content)
    revisions = GitRevisions(repository.workspace)
    files = revisions.files(repository.commit())
    read = revisions.read(tuple(file.blob for file in files.values()))
    assert {name: read[file.blob].decode() for name, file in files.items()} == contents
    assert revisions.read(()) == {}


def test_what_is_on_disk_and_not_committed_is_not_read(repository: GitRepository) -> None:
    """Evidence is about a commit: a saved file changes nothing."""
    file = repository.write("slipway.yaml", "committed")
    commit = repository.commit()
    file.write_text("saved", encoding="utf-8")
    revisions = GitRevisions(repository.workspace)
    blob = revisions.files(commit)["slipway.yaml"].blob
    assert revisions.read((blob,)) == {blob: b"committed"}


def test_uncommitted_paths_are_named_and_others_folders_are_not(repository: GitRepository) -> None:
    """Edited, new, staged and deleted; what is ignored and what lies outside the workspace does not count."""
    for name in ("edited", "deleted"):
        repository.write(name, "1")
    repository.write(".gitignore", "ignored")
    repository.commit()
    revisions = GitRevisions(repository.workspace)
    assert revisions.uncommitted() == ()
    repository.write("edited", "2")
    repository.write("sub/new file", "")
    repository.write("staged", "")
    repository.write("ignored", "")
    (repository.workspace / "deleted").unlink()
    (repository.root / "README.md").write_text("changed", encoding="utf-8")
    repository.git("add", "data/finedge/staged")
    assert revisions.uncommitted() == ("deleted", "edited", "staged", "sub/new file")


def test_the_merge_base_is_where_a_branch_began(repository: GitRepository) -> None:
    """A branch is not blamed for what main did meanwhile."""
    began = repository.commit()
    repository.git("switch", "--quiet", "--create", "change")
    change = repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.commit("meanwhile")
    assert GitRevisions(repository.workspace).merge_base("main", change).commit == began


def test_a_base_older_than_the_workspace_has_no_files(repository: GitRepository) -> None:
    """The change that brings the workspace is a change like any other."""
    before = repository.git("rev-parse", "HEAD")
    repository.write("slipway.yaml", "workspace: finedge")
    repository.commit()
    revisions = GitRevisions(repository.workspace)
    assert revisions.files(before) == {}
    assert revisions.resolve(before).tree == repository.git("hash-object", "-t", "tree", "/dev/null")


@pytest.mark.parametrize("name", ["no-such-branch", "HEAD~99", "0" * 40, "--help", "-n1", "HEAD:data", ""])
def test_a_name_that_is_no_commit_is_refused(repository: GitRepository, name: str) -> None:
    """An option, a path or an id of something else is no commit either."""
    with pytest.raises(RevisionUnknown) as caught:
        GitRevisions(repository.workspace).resolve(name)
    assert caught.value.message == f"{name!r} is no commit of the repository of data/finedge/"
    assert "fetch it first" in caught.value.remedy


def test_histories_without_a_common_commit_ask_for_a_deeper_clone(repository: GitRepository) -> None:
    """What a CI clone of depth 1 sees."""
    repository.git("switch", "--quiet", "--orphan", "stranger")
    repository.commit()
    with pytest.raises(RevisionUnknown) as caught:
        GitRevisions(repository.root).merge_base("main", "stranger")
    assert caught.value.message == "'main' and 'stranger' have no common commit here"
    assert "git fetch --unshallow" in caught.value.remedy


def test_links_and_submodules_are_refused_by_name(repository: GitRepository) -> None:
    """A link could lead an artifact's content out of the workspace."""
    (repository.workspace / "secrets").symlink_to("/etc")
    linked = repository.commit()
    with pytest.raises(RepositoryFailed) as caught:
        GitRevisions(repository.workspace).files(linked)
    assert caught.value.message == "secrets is a link, which no artifact can hold"
    (repository.workspace / "secrets").unlink()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{linked},data/finedge/module")
    repository.git("commit", "--quiet", "--message", "submodule")
    with pytest.raises(RepositoryFailed) as caught:
        GitRevisions(repository.workspace).files("HEAD")
    assert caught.value.message == "module is a submodule, which no artifact can hold"


def test_a_folder_without_a_repository_is_named(tmp_path: Path) -> None:
    """Not: fatal, with git's own words."""
    with pytest.raises(RepositoryFailed) as caught:
        GitRevisions(tmp_path).resolve("HEAD")
    assert caught.value.message == f"{tmp_path} is in no git repository"
    with pytest.raises(RepositoryFailed) as caught:
        GitRevisions(tmp_path / "nowhere").resolve("HEAD")
    assert caught.value.message == f"{tmp_path / 'nowhere'} is no folder"


def test_a_machine_without_git_gets_a_remedy(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slim container."""
    monkeypatch.setenv("PATH", str(repository.workspace))
    with pytest.raises(RepositoryFailed) as caught:
        GitRevisions(repository.workspace).resolve("HEAD")
    assert caught.value.message == "git cannot be run: No such file or directory"
    assert caught.value.remedy.startswith("install git")


def test_content_that_is_not_there_is_no_empty_content(repository: GitRepository) -> None:
    """A partial clone would otherwise make empty artifacts."""
    with pytest.raises(RepositoryFailed) as caught:
        GitRevisions(repository.workspace).read(("0" * 40,))
    assert caught.value.message == f"the repository has no file content {'0' * 40}"


def test_neither_a_calling_hook_nor_a_replacement_changes_what_is_read(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook's GIT_DIR names another repository; `git replace` shows other content under a reviewed id."""
    repository.write("a", "reviewed")
    commit = repository.commit()
    blob = repository.git("rev-parse", f"{commit}:data/finedge/a")
    (repository.root / "forged").write_text("forged", encoding="utf-8")
    repository.git("replace", blob, repository.git("hash-object", "-w", "forged"))
    monkeypatch.setenv("GIT_DIR", os.devnull)
    revisions = GitRevisions(repository.workspace)
    assert revisions.read((revisions.files("HEAD")["a"].blob,)) == {blob: b"reviewed"}


def test_ten_thousand_files_take_seconds(repository: GitRepository) -> None:
    """Processes do not grow with the files: a process a file would take minutes."""
    for folder in range(100):
        (repository.workspace / f"{folder}").mkdir()
        for file in range(100):
            (repository.workspace / f"{folder}/{file}.sql").write_text(f"select {folder}, {file}")
    commit = repository.commit()
    revisions = GitRevisions(repository.workspace)
    began = time.monotonic()
    files = revisions.files(commit)
    contents = revisions.read(tuple(file.blob for file in files.values()))
    assert time.monotonic() - began < 10
    assert contents[files["42/7.sql"].blob] == b"select 42, 7"
    assert len(contents) == 10_000
