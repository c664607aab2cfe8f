"""The workspace's repository: who may do what in it, and what its default branch asks of a change."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.repository import WorkspaceRepository, WorkspaceRepositoryArgs
from components.repository_rules import default_branch_rules
from slipway.catalog import load_workspace
from slipway.catalog.owners import owned_paths
from slipway.model.environment import StackName
from slipway.model.evidence import STATUS_CONTEXT
from slipway.model.tags import Tags
from slipway.model.team import Roster
from slipway.model.workspace import Workspace
from tests.doubles.declared_stacks import ROOT, declared
from tests.doubles.pulumi_recorder import Recording, record
from tests.doubles.stack_files import configuration

RULESET = "github:index/repositoryRuleset:RepositoryRuleset"
ACCESS = "github:index/teamRepository:TeamRepository"
MEMBERSHIP = "github:index/teamMembership:TeamMembership"


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """FinEdge's."""
    return load_workspace(ROOT / "examples" / "finedge")


def _made(roster: Roster, tags: Tags) -> Recording:
    args = WorkspaceRepositoryArgs(repository="pipelines", description="Pipelines", roster=roster, tags=tags)
    return record(lambda: WorkspaceRepository("workspace", args))


def _tags() -> Tags:
    return Tags(
        owner="platform",
        pipeline="platform",
        criticality="critical",
        cost_center="CC-1000",
        data_class="internal",
        stack=StackName.SHARED,
    )


def _rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = declared(StackName.SHARED).one(RULESET).inputs["rules"]
    return rules


def test_the_required_check_is_the_status_that_a_check_sets() -> None:
    """Another name would be waited for for ever, and nothing could be merged."""
    assert _rules()["requiredStatusChecks"]["requiredChecks"] == [{"context": STATUS_CONTEXT}]


def test_an_owner_approves_and_nobody_approves_their_own_push() -> None:
    """The four eyes that an auditor asks for; a stale approval is none."""
    assert _rules()["pullRequest"] == {
        "requiredApprovingReviewCount": 1,
        "requireCodeOwnerReview": True,
        "dismissStaleReviewsOnPush": True,
        "requireLastPushApproval": True,
        "requiredReviewThreadResolution": True,
        "allowedMergeMethods": ["squash"],
    }


def test_the_queue_keeps_history_a_line_and_checks_each_commit() -> None:
    """GitHub refuses a queue of merge commits beside a linear history; a release is built of any commit."""
    rules = _rules()
    assert rules["requiredLinearHistory"] is True
    assert rules["mergeQueue"]["mergeMethod"] == "SQUASH"
    assert rules["mergeQueue"]["groupingStrategy"] == "ALLGREEN"
    assert set(default_branch_rules()["merge_queue"]) == {
        "check_response_timeout_minutes",
        "grouping_strategy",
        "max_entries_to_build",
        "max_entries_to_merge",
        "merge_method",
        "min_entries_to_merge",
        "min_entries_to_merge_wait_minutes",
    }


def test_nobody_bypasses_the_rules() -> None:
    """An administrator's bypass would be a change without evidence."""
    ruleset = declared(StackName.SHARED).one(RULESET).inputs
    assert "bypassActors" not in ruleset
    assert (ruleset["enforcement"], ruleset["target"]) == ("active", "branch")
    assert ruleset["conditions"]["refName"]["includes"] == ["~DEFAULT_BRANCH"]


def test_every_team_that_owns_a_file_may_push(workspace: Workspace) -> None:
    """GitHub takes no other for a code owner, and says nothing."""
    access = {each.name: each.inputs["permission"] for each in declared(StackName.SHARED).of(ACCESS)}
    teams = {team for owned in owned_paths(workspace) for team in owned.teams}
    assert "control-owners" in teams
    assert {access[f"workspace-{team}"] for team in teams} == {"push"}


def test_control_owners_are_those_with_the_role(workspace: Workspace) -> None:
    """Not a team of the workspace: auditors sit in it too."""
    members = [each.name for each in declared(StackName.SHARED).of(MEMBERSHIP)]
    assert [name for name in members if name.startswith("workspace-control-owners-")] == [
        "workspace-control-owners-inesduarte"
    ]
    assert [person.github for person in workspace.team.people if "control-owner" in person.roles] == [
        "inesduarte"
    ]


def test_without_a_control_owner_there_is_no_such_team(workspace: Workspace) -> None:
    """An empty team as an owner would let no change of a control file in."""
    people = tuple(
        person.model_copy(update={"roles": tuple(role for role in person.roles if role != "control-owner")})
        for person in workspace.team.people
    )
    made = _made(workspace.team.model_copy(update={"people": people}), _tags())
    assert "workspace-control-owners" not in [each.name for each in made.of("github:index/team:Team")]


def test_the_catalog_names_the_organization_that_pulumi_works_in(workspace: Workspace) -> None:
    """CODEOWNERS would name teams of somebody else."""
    assert configuration(ROOT, StackName.SHARED)["github:owner"] == workspace.github
