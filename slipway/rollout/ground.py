"""What handlers stand on: documents, compositions and evidence, in the environment of one deployment."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from slipway.environment.composition import Compositions
from slipway.model.digest import Digest
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import DefinitionError
from slipway.model.evidence import AuditRun, Verdict
from slipway.model.query_tag import QueryTag
from slipway.ports.documents import EnvironmentDocuments
from slipway.rollout.change import Change
from slipway.stages import Run, Stage


class Evidences(Protocol):
    """Keeps evidence, by the digest of its content."""

    def put(self, evidence: AuditRun | Verdict) -> Digest:
        """Keep a document; the same one again is no second one.

        Returns:
            Its digest.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Documents, and the workspaces that they compose to.

    Attributes:
        documents: what runs.
        compositions: lays workspaces out.
    """

    documents: EnvironmentDocuments
    compositions: Compositions

    def newest(self, run: Run) -> EnvironmentDocument:
        """The environment's newest document.

        Raises:
            DefinitionError: it has none yet.
        """
        found = self.documents.newest(run.environment)
        if found is None:
            raise DefinitionError(
                f"{run.environment} has no environment document",
                remedy=f"slipway release bootstrap -s {run.environment}",
            )
        return found

    def workspace(self, change: Change, run: Run) -> Path:
        """Lay out what runs, with a change: the workspace that engines run on."""
        return self.compositions.of(change.applied(self.newest(run)))


def tag_of(run: Run, stage: Stage) -> QueryTag:
    """The tag of every statement that a stage runs: the query history tells which release wrote a table."""
    return QueryTag(environment=run.environment, deployment=run.deployment, stage=stage.name)
