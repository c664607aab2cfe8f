"""What a folder may hold, and what keeps a file from being read: the other files are checked all the same."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.catalog import CatalogErrors, NoWorkspaceError, RuleId, lint_workspace, load_workspace
from slipway.catalog.files import find_root
from tests.doubles.workspace_folder import WorkspaceFolder

REVENUE = "catalog/revenue.yaml"


def _findings(folder: WorkspaceFolder) -> list[tuple[str, RuleId, str]]:
    return [(finding.path, finding.rule, finding.message) for finding in lint_workspace(folder.root).findings]


def _link(folder: WorkspaceFolder, path: str, target: Path) -> None:
    folder.delete(path)
    (folder.root / path).symlink_to(target)


def test_a_folder_without_slipway_yaml_is_no_workspace(tmp_path: Path) -> None:
    """The error names the folder and the file that would make it one."""
    with pytest.raises(NoWorkspaceError) as caught:
        load_workspace(tmp_path)
    assert caught.value.message == f"{tmp_path} is no workspace: it has no slipway.yaml"
    assert (
        caught.value.remedy == "go to a folder below one with a slipway.yaml, or name it with --workspace DIR"
    )


def test_loading_a_wrong_workspace_carries_every_finding(folder: WorkspaceFolder) -> None:
    """A program that needs a right workspace says all that is wrong, not the first."""
    folder.change(REVENUE, "kind: batch", "kind: bach")
    folder.change(REVENUE, "owner: settlements", "owner: setlements")
    with pytest.raises(CatalogErrors) as caught:
        load_workspace(folder.root)
    assert [finding.rule for finding in caught.value.findings] == [RuleId.WRONG_VALUE, RuleId.UNKNOWN_OWNER]
    assert caught.value.message.startswith(
        f"workspace {folder.root} has 2 findings\ncatalog/revenue.yaml:3:7:"
    )


@pytest.mark.parametrize(
    ("start", "expected"), [(".", "finedge"), ("catalog", "finedge"), ("dbt/models/marts", "finedge")]
)
def test_a_workspace_is_found_from_below(folder: WorkspaceFolder, start: str, expected: str) -> None:
    """As git finds its repository."""
    found = find_root(folder.root / start)
    assert found is not None
    assert found.name == expected


def test_no_workspace_is_found_beside_one(folder: WorkspaceFolder) -> None:
    """Only folders above count."""
    assert find_root(folder.root.parent) is None


@pytest.mark.parametrize(
    ("path", "line", "message", "remedy"),
    [
        (
            "slipway.yaml",
            "catalog: catalogue",
            "the folder catalogue does not exist",
            "create the folder, or correct the path",
        ),
        (
            "slipway.yaml",
            "team: people.yaml",
            "the file people.yaml does not exist",
            "create the file, or correct the path",
        ),
        ("slipway.yaml", "catalog: team.yaml", "team.yaml is no folder", "name the folder"),
        ("slipway.yaml", "team: dags", "dags is no file", "name the file"),
    ],
)
def test_what_slipway_yaml_names_is_there(
    folder: WorkspaceFolder, path: str, line: str, message: str, remedy: str
) -> None:
    """A workspace whose catalogue is not found is not an empty workspace."""
    field, _, _ = line.partition(":")
    folder.change(path, {"catalog": "catalog: catalog", "team": "team: team.yaml"}[field], line)
    (finding,) = (item for item in lint_workspace(folder.root).findings if item.field == field)
    assert (finding.message, finding.remedy) == (message, remedy)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", RuleId.EMPTY_FILE),
        (b"- a\n", RuleId.NOT_A_MAPPING),
        (b"pipeline: [a\n", RuleId.YAML_SYNTAX),
        (b"pipeline: \xff\n", RuleId.ENCODING),
        (b"#" * (1024 * 1024 + 1), RuleId.FILE_TOO_LARGE),
    ],
)
def test_an_unreadable_file_blames_nobody_else(folder: WorkspaceFolder, content: bytes, rule: RuleId) -> None:
    """Who reads its datasets is not told that they do not exist; the rest is checked all the same."""
    folder.write("catalog/payment-events.yaml", content)
    folder.change("catalog/settlements.yaml", "owner: settlements", "owner: setlements")
    lint = lint_workspace(folder.root)
    assert [finding.rule for finding in lint.findings] == [rule, RuleId.UNKNOWN_OWNER]
    assert lint.unchecked == (RuleId.CONSUMER_READS_UNKNOWN, RuleId.UNKNOWN_DATASET)


def test_an_unreadable_slipway_yaml_is_the_only_finding(folder: WorkspaceFolder) -> None:
    """Without it nobody knows where the other files are."""
    folder.write("slipway.yaml", "workspace: finedge\n  catalog: catalog\n")
    assert [rule for _, rule, _ in _findings(folder)] == [RuleId.YAML_SYNTAX]


def test_an_unreadable_team_yaml_accuses_no_owner(folder: WorkspaceFolder) -> None:
    """Owners are checked when the teams are known."""
    folder.write("team.yaml", "people: {\n")
    assert [(path, rule) for path, rule, _ in _findings(folder)] == [("team.yaml", RuleId.YAML_SYNTAX)]


@pytest.mark.parametrize("path", ["catalog/risk.yml", "catalog/risk.YAML", "catalog/risk/risk.yaml"])
def test_a_file_that_would_not_be_read_is_a_finding(folder: WorkspaceFolder, path: str) -> None:
    """A pipeline that silently does not exist is the worst kind of typo."""
    folder.write(path, folder.read(REVENUE))
    message = "pipelines' files end in .yaml and lie in catalog/ itself; this one is not read"
    assert _findings(folder) == [(path, RuleId.FILE_MISPLACED, message)]


def test_other_files_in_the_catalogue_are_left_alone(folder: WorkspaceFolder) -> None:
    """A README and an editor's hidden files are nobody's pipelines."""
    folder.write("catalog/README.md", "# Catalogue")
    folder.write("catalog/.settlements.yaml.swp.yaml", "x")
    assert _findings(folder) == []


def test_two_files_of_one_pipeline_name_each_other(folder: WorkspaceFolder) -> None:
    """The second is told where the first is, and that both produce the same dataset."""
    folder.write("catalog/zz-revenue.yaml", folder.read(REVENUE))
    first, second = lint_workspace(folder.root).findings
    assert first.rule is RuleId.DUPLICATE_PIPELINE
    assert str(first) == (
        "catalog/zz-revenue.yaml:1:11: pipeline: another file describes the pipeline 'revenue'; first in "
        "catalog/revenue.yaml:1 [duplicate-pipeline]\n  remedy: rename one of the two, or delete its file"
    )
    assert second.rule is RuleId.DUPLICATE_PRODUCER


def test_links_inside_the_workspace_are_followed(folder: WorkspaceFolder) -> None:
    """A link to a reviewed file is as good as the file."""
    folder.write("shared/revenue.yaml", folder.read(REVENUE))
    _link(folder, REVENUE, folder.root / "shared" / "revenue.yaml")
    assert _findings(folder) == []


Plant = Callable[[WorkspaceFolder, Path], None]


@pytest.mark.parametrize(
    ("plant", "path", "rule"),
    [
        (lambda folder, away: _link(folder, REVENUE, away / "secret.yaml"), REVENUE, RuleId.FILE_OUTSIDE),
        (
            lambda folder, away: _link(folder, "team.yaml", away / "secret.yaml"),
            "slipway.yaml",
            RuleId.FILE_OUTSIDE,
        ),
        (
            lambda folder, away: _link(folder, "dags/revenue.py", away / "secret.yaml"),
            REVENUE,
            RuleId.PATH_OUTSIDE,
        ),
        (lambda folder, _: _link(folder, REVENUE, folder.root / REVENUE), REVENUE, RuleId.FILE_UNREADABLE),
        (
            lambda folder, _: _link(folder, REVENUE, folder.root / "gone.yaml"),
            REVENUE,
            RuleId.FILE_UNREADABLE,
        ),
        (
            lambda folder, _: _link(folder, "dags/revenue.py", folder.root / "gone.py"),
            REVENUE,
            RuleId.PATH_MISSING,
        ),
    ],
    ids=["catalogue file", "team file", "part", "loop", "dangling", "dangling part"],
)
def test_no_link_leads_out_or_nowhere(
    folder: WorkspaceFolder, tmp_path: Path, plant: Plant, path: str, rule: RuleId
) -> None:
    """What runs is what was reviewed: nothing outside the repository is read."""
    (tmp_path / "secret.yaml").write_text("pipeline: secret\n", encoding="utf-8")
    plant(folder, tmp_path)
    found = [(at, found_rule) for at, found_rule, _ in _findings(folder)]
    assert found == [(path, rule)]


def test_a_pipe_is_not_waited_for(folder: WorkspaceFolder) -> None:
    """Opening a named pipe waits for a writer that never comes."""
    folder.delete(REVENUE)
    os.mkfifo(folder.root / REVENUE)
    assert _findings(folder) == [(REVENUE, RuleId.FILE_UNREADABLE, "this is no plain file")]
