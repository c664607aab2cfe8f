"""Dropping what has expired, while nobody works on the pipelines whose it was.

A mark is read and the object is dropped in two statements, and both go by its name. A swap in between, of a
rollback, puts another object under that name: the generation that has just left production, with the rows
that people wrote to it. So whoever drops holds the leases that such a swap needs, and looks again under them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.model.snowflake_objects import SnowflakeObject
from slipway.ports.journal import Deployment, Journal
from slipway.ports.leases import LeaseHeld
from slipway.ports.warehouse_results import Expiring
from slipway.rollout.janitor import Sweep, schema_of, sweep
from slipway.rollout.leasing import Claim, Holder, Leasing, this_process
from slipway.rollout.planned import plan_of

_SUFFIX: Final = re.compile(r"__SLIPWAY_(?P<release>[0-9A-F]{12})_(?P<attempt>[0-9]+)$")


def maker_of(subject: SnowflakeObject, environment: Environment) -> DeploymentId | None:
    """Tell from the name of its schema which deployment has made an object; None of any other schema."""
    schema = schema_of(subject)
    found = None if schema is None else _SUFFIX.search(schema.name)
    if found is None:
        return None
    return DeploymentId(f"{environment}-{found['release'].lower()}-{found['attempt']}")


@dataclass(frozen=True, kw_only=True)
class Dropping:
    """Takes the leases that it needs, one deployment's after the other's.

    Attributes:
        environment: where.
        journal: tells whose an object is, and what is under way.
        leasing: takes leases.
        marks: reads every mark of the environment's databases.
        actor: ARN of who drops.
        drop: drops one object.
    """

    environment: Environment
    journal: Journal
    leasing: Leasing
    marks: Callable[[], Iterable[Expiring]]
    actor: str
    drop: Callable[[SnowflakeObject], None]

    def carry_out(self, chosen: Sweep) -> dict[SnowflakeObject, str]:
        """Drop what was chosen, what is inside before what it is in.

        Returns:
            What stays after all, with why.
        """
        by_maker: dict[DeploymentId | None, list[SnowflakeObject]] = {}
        for subject in chosen.expired:
            by_maker.setdefault(maker_of(subject, self.environment), []).append(subject)
        busy: dict[SnowflakeObject, str] = {}
        for maker, own in by_maker.items():
            head = None if maker is None else self.journal.deployment(maker)
            busy |= self._drop_alone(own) if head is None else self._drop_of(head, own)
        return busy

    def _drop_alone(self, subjects: Iterable[SnowflakeObject]) -> dict[SnowflakeObject, str]:
        """No deployment swaps these."""
        for subject in subjects:
            self.drop(subject)
        return {}

    def _drop_of(self, head: Deployment, subjects: Sequence[SnowflakeObject]) -> dict[SnowflakeObject, str]:
        """Choose once more: a schema would take along what was put, or marked anew, in it since."""
        try:
            with self._holding(head) as require:
                again = sweep(self.marks(), self.journal.open(self.environment), self.leasing.clock.now())
                for subject in again.expired:
                    if subject in subjects:
                        require()
                        self.drop(subject)
                return {each.object: each.why for each in again.kept if each.object in subjects}
        except LeaseHeld as held:
            return dict.fromkeys(subjects, held.message)

    @contextmanager
    def _holding(self, head: Deployment) -> Iterator[Callable[[], None]]:
        targets = [f"{self.environment}/{pipeline}" for pipeline in plan_of(head).pipelines]
        holder = Holder(
            deployment=DeploymentId(f"janitor of {head.id}"), actor=self.actor, process=this_process()
        )
        with self.leasing.holding(targets, holder, Claim.LEAVE) as held:
            yield held.require
