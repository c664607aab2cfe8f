"""The types and data sources of pulumi-github that exist on the sandbox's GitHub server.

Owned here: the table of them. A type that is not in the table is kept by the core's generic store.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from slipway_sandbox.provider.github.actions import (
    ActionsEnvironmentSecret,
    ActionsEnvironmentVariable,
    ActionsSecret,
    ActionsVariable,
)
from slipway_sandbox.provider.github.branch_protection import BranchProtection
from slipway_sandbox.provider.github.branch_protection_v3 import BranchProtectionV3
from slipway_sandbox.provider.github.branches import Branch, BranchDefault
from slipway_sandbox.provider.github.environments import (
    RepositoryEnvironment,
    RepositoryEnvironmentDeploymentPolicy,
)
from slipway_sandbox.provider.github.files import RepositoryFile
from slipway_sandbox.provider.github.invokes import INVOKES
from slipway_sandbox.provider.github.labels import IssueLabel, IssueLabels
from slipway_sandbox.provider.github.people import (
    Membership,
    RepositoryCollaborator,
    RepositoryCollaborators,
)
from slipway_sandbox.provider.github.repository import Repository, RepositoryTopics
from slipway_sandbox.provider.github.rulesets import OrganizationRuleset, RepositoryRuleset
from slipway_sandbox.provider.github.teams import Team, TeamMembers, TeamMembership, TeamRepository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke, Materialiser

_TYPES: tuple[Materialiser, ...] = (
    Repository(),
    RepositoryTopics(),
    Branch(),
    BranchDefault(),
    BranchProtection(),
    BranchProtectionV3(),
    RepositoryRuleset(),
    OrganizationRuleset(),
    RepositoryEnvironment(),
    RepositoryEnvironmentDeploymentPolicy(),
    Team(),
    TeamMembership(),
    TeamMembers(),
    TeamRepository(),
    RepositoryFile(),
    RepositoryCollaborator(),
    RepositoryCollaborators(),
    Membership(),
    IssueLabel(),
    IssueLabels(),
    ActionsVariable(),
    ActionsSecret(),
    ActionsEnvironmentVariable(),
    ActionsEnvironmentSecret(),
)

GITHUB_TYPES: Mapping[str, Materialiser] = MappingProxyType({type_.token: type_ for type_ in _TYPES})
GITHUB_INVOKES: Mapping[str, Invoke] = INVOKES
