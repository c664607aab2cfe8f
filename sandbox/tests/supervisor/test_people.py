"""The people of the sandbox: whoever team.yaml says acts as a user of the audit account."""

from pathlib import Path

import pytest

from slipway_sandbox.supervisor.environment import variables
from slipway_sandbox.supervisor.faults import DefinitionError, UsageError
from slipway_sandbox.supervisor.people import new_key, team_keys
from slipway_sandbox.world import World

AUDIT = "111122223333"
ANA = "{id: ana.silva, aws_principal: 'arn:aws:iam::111122223333:user/ana.silva'}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a workspace whose team is Ana."""
    project = "config:\n  slipway:workspace:\n    default: data\n"
    (tmp_path / "Pulumi.yaml").write_text(project, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "slipway.yaml").write_text("team: people.yaml\n", encoding="utf-8")
    _write_team(tmp_path, f"people: [{ANA}]\n")
    return tmp_path


def _write_team(project: Path, text: str) -> None:
    (project / "data" / "people.yaml").write_text(text, encoding="utf-8")


def test_the_examples_team_has_keys() -> None:
    """Ten people of FinEdge, each under the name of their principal."""
    people = team_keys(Path(__file__).parents[3], {}, AUDIT)
    assert len(people) == 10
    assert people["henrik.olsen"]["user"] == "henrik.olsen"
    assert len({key["access_key_id"] for key in people.values()}) == 10


def test_a_principal_of_another_account_is_nobody_here(project: Path) -> None:
    """Its account does not exist, or is an environment's: nobody works from there."""
    role = "{id: bot, aws_principal: 'arn:aws:iam::222233334444:user/bot'}"
    _write_team(project, f"people: [{ANA}, {role}]\n")
    assert list(team_keys(project, {}, AUDIT)) == ["ana.silva"]


def test_a_stack_file_may_name_another_workspace(project: Path) -> None:
    """As the Pulumi program reads it."""
    assert team_keys(project, {"slipway:workspace": "elsewhere"}, AUDIT) == {}


def test_a_project_without_a_workspace_has_no_people(tmp_path: Path) -> None:
    """A small Pulumi project of somebody who tries the sandbox."""
    (tmp_path / "Pulumi.yaml").write_text("name: x\n", encoding="utf-8")
    assert team_keys(tmp_path, {}, AUDIT) == {}


@pytest.mark.parametrize("text", ["people: 3\n", "people: [{id: ana}]\n", "[]\n", "people: [\n"])
def test_a_team_that_cannot_be_read_is_named(project: Path, text: str) -> None:
    """Nobody silently loses their key."""
    _write_team(project, text)
    with pytest.raises(DefinitionError, match=r"people\.yaml cannot be read for the team") as wrong:
        team_keys(project, {}, AUDIT)
    assert "slipway catalog lint" in wrong.value.remedy


def test_an_environment_is_that_of_the_person_who_is_named(tmp_path: Path) -> None:
    """Or the platform engineer's; nobody else's is made up."""
    world = World(
        home=tmp_path,
        pid=1,
        aws="http://127.0.0.1:1",
        dynamodb="",
        github="",
        region="us-east-1",
        accounts={"shared": AUDIT},
        github_owner="",
        access_key_id="AKIAENGINEER",
        secret_access_key="s",
        people={"ana.silva": new_key("ana.silva")},
    )
    assert variables(world, tmp_path, {})["AWS_ACCESS_KEY_ID"] == "AKIAENGINEER"
    hers = variables(world, tmp_path, {}, person="ana.silva")
    assert hers["AWS_SECRET_ACCESS_KEY"] == world.people["ana.silva"]["secret_access_key"]
    with pytest.raises(UsageError, match="'ana' is nobody of the team") as unknown:
        variables(world, tmp_path, {}, person="ana")
    assert unknown.value.remedy == "name one of ana.silva"
