"""Which deployments of an environment need somebody: overdue ones, and ones that nobody works on."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from slipway.model.environment import Environment
from slipway.model.errors import DependencyError
from slipway.model.signals import PlatformMetric, platform_series
from slipway.observe.measured import Measured, nothing_of
from slipway.ports.journal import Deployment, Journal
from slipway.ports.leases import Lease, Leases
from slipway.ports.metrics import Reading

_OVERDUE: Final = PlatformMetric.DEPLOYMENTS_OVERDUE
_INTERRUPTED: Final = PlatformMetric.DEPLOYMENTS_INTERRUPTED


def measure_deployments(
    journal: Journal, leases: Leases, environment: Environment, now: datetime
) -> Measured:
    """Count the open deployments of an environment that do not go on by themselves.

    Args:
        journal: of the environment.
        leases: of the environment.
        environment: which.
        now: the moment that counts.
    """
    try:
        heads, held = journal.open(environment), leases.held(now=now)
    except DependencyError as error:
        return nothing_of((platform_series(each, environment) for each in (_OVERDUE, _INTERRUPTED)), error)
    counts = {
        _OVERDUE: sum(_is_overdue(head, now) for head in heads),
        _INTERRUPTED: sum(_is_interrupted(head, held) for head in heads),
    }
    return Measured(
        readings=tuple(
            Reading(series=platform_series(metric, environment), value=count, at=now)
            for metric, count in counts.items()
        )
    )


def _is_overdue(head: Deployment, now: datetime) -> bool:
    """Whether it waits after its deadline: the next `slipway rollout tick` would have timed it out."""
    return head.wait is not None and head.wait.deadline < now


def _is_interrupted(head: Deployment, held: Collection[Lease]) -> bool:
    """Whether nobody works on it though it waits for nothing: who works on it holds its leases."""
    return head.wait is None and not any(lease.holder.split(" ", 1)[0] == head.id for lease in held)
