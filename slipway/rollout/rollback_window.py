"""The rollback window: the environment documents that ran in it, whose files a way back may look for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.journal import Deployment, Journal
from slipway.rollout.stages import KEEP_DAYS


@dataclass(frozen=True, kw_only=True)
class RollbackWindow:
    """The last days of one environment.

    Attributes:
        environment: which one.
        documents: what runs, and what ran.
        journal: tells what is under way, and when a document was written.
        clock: tells the time.
    """

    environment: Environment
    documents: EnvironmentDocuments
    journal: Journal
    clock: Clock

    @property
    def began(self) -> datetime:
        """What was written before, and is in none of its documents, nobody needs."""
        return self.clock.now() - timedelta(days=KEEP_DAYS)

    @property
    def under_way(self) -> tuple[Deployment, ...]:
        """Deployments that have not ended."""
        return self.journal.open(self.environment)

    def ran(self) -> Iterator[EnvironmentDocument]:
        """Every document that ran in it, the newest first: back to the one that ran when it began."""
        document = self.documents.newest(self.environment)
        while document is not None:
            yield document
            if self._written(document) < self.began:
                return
            document = self.documents.version(self.environment, document.version - 1)

    def _written(self, document: EnvironmentDocument) -> datetime:
        """When the deployment that wrote a document began; one that no journal knows is as good as new."""
        head = self.journal.deployment(DeploymentId(document.deployment))
        return self.clock.now() if head is None else head.began
