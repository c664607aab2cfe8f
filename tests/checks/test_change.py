"""What changed is what differs, whoever wrote it last."""

from pathlib import Path

from slipway.checks.change import Change
from slipway.checks.export import export
from tests.doubles.commits import Commits


def change_of(commits: Commits) -> Change:
    """From the first commit to the last."""
    first, last = commits.ids[0], commits.ids[-1]
    return Change(
        base=commits.resolve(first),
        head=commits.resolve(last),
        before=commits.files(first),
        after=commits.files(last),
    )


def test_new_other_and_gone_files_are_told_apart() -> None:
    """A file that was moved is gone here and new there; one that was written back is none."""
    commits = Commits()
    commits.commit({"kept": "1", "edited": "1", "moved": "1", "gone": "1", "back": "1"})
    commits.change(edited="2", back="2", moved=None, gone=None, **{"to/moved": "1", "new": "1"})
    commits.change(back="1")
    change = change_of(commits)
    assert change.written == {"edited", "to/moved", "new"}
    assert change.deleted == {"moved", "gone"}
    assert change.paths == {"edited", "to/moved", "new", "moved", "gone"}


def test_a_file_that_may_now_be_run_is_another() -> None:
    """Its bytes are the same; what ships differs."""
    commits = Commits()
    commits.commit({"run.sh": "true"})
    commits.commit({"run.sh": "true"}, executable=frozenset({"run.sh"}))
    assert change_of(commits).written == {"run.sh"}


def test_a_folder_is_no_prefix_of_a_name() -> None:
    """`dbt` is not `dbt_old`."""
    commits = Commits()
    commits.commit({})
    commits.commit({"dbt/models/a.sql": "", "dbt_old/b.sql": ""})
    assert change_of(commits).below("dbt") == {"models/a.sql"}
    assert change_of(commits).below(".") == {"dbt/models/a.sql", "dbt_old/b.sql"}


def test_a_second_export_writes_what_differs_and_takes_away_what_is_gone(tmp_path: Path) -> None:
    """dbt's cache of a parse is good for the files that were not touched."""
    commits = Commits()
    commits.commit({"kept": "1", "edited": "1", "gone/deep": "1"})
    commits.change(edited="2", **{"gone/deep": None, "new/deep": "1"})
    change = change_of(commits)
    export(commits, change.before, tmp_path)
    kept = (tmp_path / "kept").stat().st_mtime_ns
    export(commits, change.after, tmp_path, there=change.before)
    found = {str(p.relative_to(tmp_path)): p.read_text() for p in tmp_path.rglob("*") if p.is_file()}
    assert found == {"kept": "1", "edited": "2", "new/deep": "1"}
    assert (tmp_path / "kept").stat().st_mtime_ns == kept


def test_what_may_be_run_may_be_run_in_the_export(tmp_path: Path) -> None:
    """And nothing else."""
    commits = Commits()
    commit = commits.commit({"run.sh": "", "plain": ""}, executable=frozenset({"run.sh"}))
    export(commits, commits.files(commit), tmp_path)
    assert [(tmp_path / name).stat().st_mode & 0o111 for name in ("run.sh", "plain")] == [0o111, 0]
