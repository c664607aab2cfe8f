"""The data team's repository on GitHub: teams, a protected default branch, an environment a stack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_github as github

from components.base import PlatformComponent
from components.repository_rules import default_branch_rules
from slipway.model.environment import Environment
from slipway.model.tags import Tags
from slipway.model.team import APPROVERS, CONTROL_OWNERS, Role, Roster, Team

_REVIEWED = (Environment.STAGING, Environment.PROD)
DEFAULT_BRANCH: Final = "main"


@dataclass(frozen=True, kw_only=True)
class WorkspaceRepositoryArgs:
    """What the repository is called and who works in it.

    Attributes:
        repository: its name below the organization.
        description: one line.
        roster: people and teams of the workspace.
    """

    repository: str
    description: str
    roster: Roster
    tags: Tags


class WorkspaceRepository(PlatformComponent, token="slipway:source:WorkspaceRepository"):
    """Nobody pushes to its default branch, nobody reviews their own deployment."""

    def __init__(
        self, name: str, args: WorkspaceRepositoryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.repository = self._create_repository(args)
        self.teams = {team.name: self._create_team(team, args.roster) for team in args.roster.teams}
        self.approvers = self._create_approvers(args.roster)
        # GitHub takes only reviewers who can read the repository.
        self._review_access = self._give_access(self.approvers, APPROVERS, "pull")
        self._create_control_owners(args.roster)
        self._create_ruleset()
        for environment in Environment:
            self._create_environment(environment)
        self.publish(full_name=self.repository.full_name)

    def _create_repository(self, args: WorkspaceRepositoryArgs) -> github.Repository:
        return github.Repository(
            self.name,
            name=args.repository,
            description=args.description,
            visibility="private",
            auto_init=True,
            allow_merge_commit=False,
            allow_rebase_merge=False,
            allow_squash_merge=True,
            delete_branch_on_merge=True,
            archive_on_destroy=True,
            opts=self.child(protect=True),
        )

    def _create_team(self, team: Team, roster: Roster) -> github.Team:
        made = self._create_closed_team(team.name, f"Owns pipelines; {team.contact}")
        self._add_members(
            made, team.name, [person.github for person in roster.people if person.id in team.members]
        )
        self._give_access(made, team.name, permission(team, roster))
        return made

    def _give_access(self, team: github.Team, name: str, level: str) -> github.TeamRepository:
        return github.TeamRepository(
            f"{self.name}-{name}",
            team_id=team.id,
            repository=self.repository.name,
            permission=level,
            opts=self.child(),
        )

    def _create_approvers(self, roster: Roster) -> github.Team:
        made = self._create_closed_team(APPROVERS, "May review deployments to staging and prod")
        self._add_members(made, APPROVERS, [person.github for person in roster.holders(Role.APPROVER)])
        return made

    def _create_control_owners(self, roster: Roster) -> None:
        """GitHub takes only a team that may push for a code owner; without a holder there is none to name."""
        logins = [person.github for person in roster.holders(Role.CONTROL_OWNER)]
        if logins:
            made = self._create_closed_team(CONTROL_OWNERS, "Own what decides who may do what")
            self._add_members(made, CONTROL_OWNERS, logins)
            self._give_access(made, CONTROL_OWNERS, "push")

    def _create_closed_team(self, name: str, description: str) -> github.Team:
        return github.Team(
            f"{self.name}-{name}", name=name, description=description, privacy="closed", opts=self.child()
        )

    def _add_members(self, team: github.Team, name: str, logins: Sequence[str]) -> None:
        for login in logins:
            github.TeamMembership(
                f"{self.name}-{name}-{login}",
                team_id=team.id,
                username=login,
                role="member",
                opts=self.child(),
            )

    def _create_ruleset(self) -> github.RepositoryRuleset:
        return github.RepositoryRuleset(
            self.name,
            name="default-branch",
            repository=self.repository.name,
            target="branch",
            enforcement="active",
            conditions={"ref_name": {"includes": ["~DEFAULT_BRANCH"], "excludes": []}},
            rules=default_branch_rules(),
            opts=self.child(),
        )

    def _create_environment(self, environment: Environment) -> github.RepositoryEnvironment:
        reviewed = environment in _REVIEWED
        made = github.RepositoryEnvironment(
            f"{self.name}-{environment}",
            repository=self.repository.name,
            environment=environment.value,
            prevent_self_review=reviewed,
            can_admins_bypass=not reviewed,
            reviewers=[{"teams": [self.approvers.id.apply(int)]}] if reviewed else None,
            # "Protected branches" would mean classic protection rules, and this repository has a ruleset.
            deployment_branch_policy={"protected_branches": False, "custom_branch_policies": True},
            opts=self.child(after=[self._review_access]),
        )
        github.RepositoryEnvironmentDeploymentPolicy(
            f"{self.name}-{environment}",
            repository=self.repository.name,
            environment=made.environment,
            branch_pattern=DEFAULT_BRANCH,
            opts=self.child(),
        )
        return made


def permission(team: Team, roster: Roster) -> str:
    """Return what a team may do in the repository: those who write code push, everyone else reads."""
    return "push" if roster.writes_code(team) else "pull"
