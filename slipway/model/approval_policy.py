"""Who may approve a release, how many have to, how long that holds: the only place where it is written."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from slipway.model.environment import Environment
from slipway.model.pipeline import Criticality
from slipway.model.team import Role

APPROVALS_NEEDED: Final[Mapping[Environment, Mapping[Criticality, int]]] = {
    Environment.DEV: {Criticality.STANDARD: 0, Criticality.CRITICAL: 0},
    Environment.STAGING: {Criticality.STANDARD: 1, Criticality.CRITICAL: 2},
    Environment.PROD: {Criticality.STANDARD: 1, Criticality.CRITICAL: 2},
}
"""Different people, by environment and by the criticality of the most critical pipeline that is touched."""

APPROVER: Final = Role.APPROVER
"""The role that may approve."""

LASTS: Final = timedelta(hours=72)
"""How long an approval holds unless its giver says otherwise: a weekend."""

LASTS_AT_LEAST: Final = timedelta(hours=1)
LASTS_AT_MOST: Final = timedelta(days=7)
"""After a week the environment is another one than the one that was looked at."""


def asks_for_approvals(environment: Environment) -> bool:
    """Whether anything at all needs an approval in an environment."""
    return any(APPROVALS_NEEDED[environment].values())
