"""How many people have to approve a release: the only place where it is written."""

from collections.abc import Mapping
from typing import Final

from slipway.model.environment import Environment
from slipway.model.pipeline import Criticality

APPROVALS_NEEDED: Final[Mapping[Environment, Mapping[Criticality, int]]] = {
    Environment.DEV: {Criticality.STANDARD: 0, Criticality.CRITICAL: 0},
    Environment.STAGING: {Criticality.STANDARD: 1, Criticality.CRITICAL: 2},
    Environment.PROD: {Criticality.STANDARD: 1, Criticality.CRITICAL: 2},
}
"""Different people, by environment and by the criticality of the most critical pipeline that is touched."""
