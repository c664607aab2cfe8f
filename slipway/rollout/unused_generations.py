"""DAG generations that nobody needs any more: found, and removed from the folder that Airflow reads.

Needed is what a pointer names, what a deployment that is under way publishes or would bring back, and what an
environment document named within the rollback window. A rollback that reaches further back publishes its
generation again, from its artifact: nothing is lost here for good.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from slipway.model.digest import Digest, short
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.events import DeploymentId
from slipway.model.pipeline import PartKind, PipelineName
from slipway.ports.journal import Deployment
from slipway.ports.leases import LeaseHeld
from slipway.ports.objects import ObjectStoreError
from slipway.ports.orchestrator import DagStore, StoredGeneration
from slipway.rollout.leasing import Claim, Holder, Leasing, this_process
from slipway.rollout.planned import plan_of
from slipway.rollout.removal import Removal
from slipway.rollout.rollback_window import RollbackWindow
from slipway.rollout.stages import PublishDag

_JANITOR: Final = DeploymentId("janitor of DAG generations")


@dataclass(frozen=True, kw_only=True)
class UnusedGenerations:
    """The DAG generations in the folder of one environment.

    Attributes:
        store: the folder.
        window: what ran, and what is under way.
        leasing: takes the leases of pipelines.
        actor: ARN of who removes.
    """

    store: DagStore
    window: RollbackWindow
    leasing: Leasing
    actor: str

    def found(self) -> tuple[StoredGeneration, ...]:
        """Find those that were written before the rollback window and that nobody needs, by pipeline."""
        old = self.store.generations_before(self.window.began)
        needed = self._needed() if old else frozenset()
        unused = (each for each in old if each.digest not in needed and not self._is_pointed_at(each))
        return tuple(sorted(unused, key=_by_pipeline))

    def remove(self, unused: Iterable[StoredGeneration]) -> Removal:
        """Remove them, each under the lease of its pipeline, which whoever publishes it again needs too."""
        done: list[StoredGeneration] = []
        busy: dict[str, str] = {}
        failed: dict[str, str] = {}
        for pipeline, group in groupby(unused, key=lambda each: each.pipeline):
            own = tuple(group)
            try:
                self._remove_alone(pipeline, own, done.append)
            except LeaseHeld as held:
                busy |= dict.fromkeys(map(told, own), held.message)
            except ObjectStoreError as error:
                failed |= {told(each): error.message for each in own if each not in done}
        return Removal(removed=tuple(map(told, done)), busy=busy, failed=failed)

    def _remove_alone(
        self,
        pipeline: PipelineName,
        own: Iterable[StoredGeneration],
        removed: Callable[[StoredGeneration], None],
    ) -> None:
        """Look once more: somebody may have published one of them again since."""
        holder = Holder(deployment=_JANITOR, actor=self.actor, process=this_process())
        target = f"{self.window.environment}/{pipeline}"
        with self.leasing.holding([target], holder, Claim.LEAVE) as held:
            needed = self._needed()
            for each in own:
                held.require()
                if each.digest not in needed and not self._is_pointed_at(each):
                    self.store.remove_generation(each.digest)
                    removed(each)

    def _is_pointed_at(self, generation: StoredGeneration) -> bool:
        return self.store.pointed(generation.pipeline) == generation.digest

    def _needed(self) -> frozenset[Digest]:
        of_documents = (digest for document in self.window.ran() for digest in _dags_of(document))
        return frozenset({*of_documents, *_of_plans(self.window.under_way)})


def told(generation: StoredGeneration) -> str:
    """Name a generation for people."""
    return f"DAG generation {short(generation.digest)} of {generation.pipeline}"


def _by_pipeline(generation: StoredGeneration) -> tuple[str, str]:
    return (generation.pipeline, generation.digest)


def _dags_of(document: EnvironmentDocument) -> Iterator[Digest]:
    return (entry.artifact for entry in document.entries if entry.part.kind is PartKind.DAG)


def _of_plans(under_way: Iterable[Deployment]) -> Iterator[Digest]:
    for head in under_way:
        for stage in plan_of(head).stages:
            if isinstance(stage, PublishDag):
                yield from (each for each in (stage.artifact, stage.previous) if each is not None)
