"""Whose approval a file needs follows from the catalog; a CODEOWNERS file that says otherwise is found."""

from pathlib import Path, PurePosixPath

import pytest

from slipway.catalog import RuleId, lint_workspace, load_workspace
from slipway.catalog.owners import CODEOWNERS, OrganizationMissing, OwnedPath, code_owners, owned_paths
from slipway.model.pipeline import Part, PartKind
from tests.doubles.workspace_folder import WorkspaceFolder

FINEDGE = Path(__file__).parents[2] / "examples" / "finedge"


def _teams(folder: Path) -> dict[str, tuple[str, ...]]:
    return {str(each.path): each.teams for each in owned_paths(load_workspace(folder))}


def test_every_file_that_a_pipeline_names_is_its_owners() -> None:
    """A file that is left out could be changed with anybody's approval."""
    workspace = load_workspace(FINEDGE)
    owned = _teams(FINEDGE)
    for pipeline in workspace.pipelines:
        contracts = [output.contract for output in pipeline.outputs if output.contract is not None]
        for path in (pipeline.path, *(part.path for part in pipeline.parts), *contracts):
            assert pipeline.owner in owned[str(path)], path


def test_control_files_are_the_control_owners_and_come_last() -> None:
    """GitHub takes the last line that matches: a part called team.yaml must not take the file away."""
    workspace = load_workspace(FINEDGE)
    controls = [".github", "slipway.yaml", "team.yaml"]
    assert [str(each.path) for each in owned_paths(workspace)[-3:]] == controls
    taken = workspace.pipelines[0].model_copy(
        update={"parts": (Part(kind=PartKind.SPARK, path=PurePosixPath("team.yaml")),)}
    )
    changed = workspace.model_copy(update={"pipelines": (taken,)})
    last = [line for line in code_owners(changed).splitlines() if line.startswith("/team.yaml ")][-1]
    assert last == "/team.yaml @finedge/control-owners"


def test_a_file_of_two_teams_needs_one_of_them(folder: WorkspaceFolder) -> None:
    """Two lines for one path would leave the last one alone."""
    folder.change(
        "catalog/payment-events.yaml",
        "  stream: streaming/payment_events",
        "  stream: spark/settlement_enrichment",
    )
    assert _teams(folder.root)["spark/settlement_enrichment"] == ("payments", "settlements")
    assert "/spark/settlement_enrichment @finedge/payments @finedge/settlements\n" in code_owners(
        load_workspace(folder.root)
    )


def test_a_folder_comes_before_what_is_in_it(folder: WorkspaceFolder) -> None:
    """Else the folder's line, as the last that matches, would hide the inner one's."""
    folder.change("catalog/revenue.yaml", "  dbt: dbt/models/marts/revenue", "  dbt: dbt/models/marts")
    paths = [str(each.path) for each in owned_paths(load_workspace(folder.root))]
    assert paths.index("dbt/models/marts") < paths.index("dbt/models/marts/settlements")


def test_a_blank_in_a_path_is_escaped(folder: WorkspaceFolder) -> None:
    """It would end the pattern, and make an owner of the rest."""
    folder.write("dags/my revenue.py", "")
    folder.change("catalog/revenue.yaml", "  dag: dags/revenue.py", "  dag: dags/my revenue.py")
    assert "/dags/my\\ revenue.py @finedge/settlements\n" in code_owners(load_workspace(folder.root))


def test_without_a_control_owner_the_file_says_so(folder: WorkspaceFolder) -> None:
    """A team of nobody as an owner would let no change of these files in, ever."""
    workspace = load_workspace(folder.root)
    assert OwnedPath(path=PurePosixPath("team.yaml"), teams=("control-owners",)) not in owned_paths(workspace)
    assert code_owners(workspace).splitlines()[-1].startswith("# Nobody has the role control-owner")


def test_without_an_organization_there_is_no_file(folder: WorkspaceFolder) -> None:
    """GitHub knows teams by their organization only."""
    folder.change("slipway.yaml", "github: finedge\n", "")
    with pytest.raises(OrganizationMissing, match="write github: ORGANIZATION into slipway"):
        code_owners(load_workspace(folder.root))
    (finding,) = lint_workspace(folder.root).findings
    assert (finding.path, finding.field, finding.rule) == ("slipway.yaml", "github", RuleId.CODE_OWNERS)


def test_a_missing_file_is_found(folder: WorkspaceFolder) -> None:
    """Without it no owner is asked, and no check would say why."""
    folder.delete(CODEOWNERS)
    (finding,) = lint_workspace(folder.root).findings
    assert (finding.path, finding.rule) == (CODEOWNERS, RuleId.CODE_OWNERS)
    assert "missing" in finding.message
    assert finding.remedy == "run slipway catalog owners --write and commit the file"


def test_a_file_that_was_cut_off_or_added_to_is_found(folder: WorkspaceFolder) -> None:
    """Also where it is cut off at an empty line, and where a line takes ownership away at the end."""
    whole = folder.read(CODEOWNERS)
    lines = whole.splitlines()
    empty = lines.index("", lines.index("") + 1)
    for changed, line in (
        ("\n".join(lines[:empty]) + "\n", empty + 1),
        (whole + "/catalog/revenue.yaml\n", len(lines) + 1),
    ):
        folder.write(CODEOWNERS, changed)
        (finding,) = lint_workspace(folder.root).findings
        assert (finding.path, finding.line, finding.rule) == (CODEOWNERS, line, RuleId.CODE_OWNERS)


def test_a_team_that_only_reads_owns_no_pipeline(folder: WorkspaceFolder) -> None:
    """GitHub takes a team that may not push for no owner, silently: its pipeline would be anybody's."""
    folder.change("team.yaml", "roles: [platform-engineer]", "roles: [auditor]")
    findings = lint_workspace(folder.root).findings
    assert [(each.path, each.field) for each in findings] == [("catalog/payment-events.yaml", "owner")]


def test_an_environment_runs_without_the_file(folder: WorkspaceFolder) -> None:
    """It is the repository's: artifacts do not hold it."""
    folder.delete(CODEOWNERS)
    assert len(load_workspace(folder.root).pipelines) == 3
