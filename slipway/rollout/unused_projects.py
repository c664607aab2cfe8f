"""dbt projects of workers that nobody needs any more: found, and removed from the folder that Airflow reads.

A project is what one environment document composes to, so each release of dbt code leaves one. Needed is what
the documents of the rollback window compose to, and what Airflow tells its workers now. Whoever goes further
back publishes the project again, from its artifacts: the store sees to it that nobody counts on files that
are being removed just then, so no pipeline's lease is needed here, and no deployment is kept waiting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from slipway.environment.composition import composition_digest
from slipway.model.events import DeploymentId
from slipway.ports.leases import LeaseHeld
from slipway.ports.objects import ObjectStoreError
from slipway.ports.orchestrator import DagStore, Orchestrator, StoredProject
from slipway.rollout.handlers.dags import PROJECT_VARIABLE
from slipway.rollout.leasing import Claim, Holder, Leasing, this_process
from slipway.rollout.removal import Removal
from slipway.rollout.rollback_window import RollbackWindow

_JANITOR: Final = DeploymentId("janitor of dbt projects")
_SHOWN: Final = 12


@dataclass(frozen=True, kw_only=True)
class UnusedProjects:
    """The dbt projects in the folder of one environment.

    Attributes:
        store: the folder.
        orchestrator: tells workers where the project is.
        window: what ran.
        leasing: keeps two janitors apart.
        actor: ARN of who removes.
    """

    store: DagStore
    orchestrator: Orchestrator
    window: RollbackWindow
    leasing: Leasing
    actor: str

    def found(self) -> tuple[StoredProject, ...]:
        """Find those that were published before the rollback window and that nobody needs."""
        old = self.store.projects_before(self.window.began)
        if not old:
            return ()
        needed = {composition_digest(document.entries) for document in self.window.ran()}
        told_now = self.orchestrator.variable(PROJECT_VARIABLE) if self.orchestrator.is_there() else None
        return tuple(each for each in old if each.digest not in needed and each.place != told_now)

    def remove(self, unused: Iterable[StoredProject]) -> Removal:
        """Remove them, one janitor at a time; one that was published again since stays."""
        own = tuple(unused)
        if not own:
            return Removal()
        done: list[str] = []
        failed: dict[str, str] = {}
        holder = Holder(deployment=_JANITOR, actor=self.actor, process=this_process())
        target = f"{self.window.environment}/dbt projects"
        try:
            with self.leasing.holding([target], holder, Claim.LEAVE) as held:
                for each in self._still(own):
                    held.require()
                    if self.store.remove_project(each):
                        done.append(project_told(each))
        except LeaseHeld as busy:
            return Removal(busy=dict.fromkeys(map(project_told, own), busy.message))
        except ObjectStoreError as error:
            failed = {name: error.message for name in map(project_told, own) if name not in done}
        return Removal(removed=tuple(done), failed=failed)

    def _still(self, own: tuple[StoredProject, ...]) -> tuple[StoredProject, ...]:
        """Look once more: another janitor may have removed one, and a deployment published it anew."""
        return tuple(each for each in self.found() if each in own)


def project_told(project: StoredProject) -> str:
    """Name a project for people."""
    return f"dbt project {project.digest[:_SHOWN]}"
