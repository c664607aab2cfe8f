"""Who may approve, and how long an approval holds; how many are needed: `slipway.model.approval_policy`."""

from datetime import timedelta
from typing import Final

from slipway.model.team import Role

APPROVER: Final = Role.APPROVER
"""The role that may approve."""

LASTS: Final = timedelta(hours=72)
"""How long an approval holds unless its giver says otherwise: a weekend."""

LASTS_AT_LEAST: Final = timedelta(hours=1)
LASTS_AT_MOST: Final = timedelta(days=7)
"""After a week the environment is another one than the one that was looked at."""
