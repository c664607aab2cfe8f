"""Who decides in an environment: the team and criticality as its running release has them.

Read from the artifacts that the environment document names, so that a release cannot give its own author the
role of an approver, nor declare the pipeline that it breaks uncritical.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from slipway.attest.bundle import unpack
from slipway.attest.control import Control, criticality_in, roster_in
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.errors import DefinitionError
from slipway.model.parts import ENTRY_FOUNDATION, FOUNDATION, PartId
from slipway.model.pipeline import Criticality, PartKind, PipelineName
from slipway.ports.documents import EnvironmentDocuments
from slipway.release.releases import Releases


class EnvironmentEmpty(DefinitionError):  # noqa: N818 - it says what is the case
    """An environment in which nothing runs yet: nobody can say who decides there."""


@dataclass(frozen=True, kw_only=True)
class RunningControl:
    """Reads who decides.

    Attributes:
        documents: what runs in each environment.
        releases: the artifacts.
    """

    documents: EnvironmentDocuments
    releases: Releases

    def of(self, environment: Environment, pipelines: Iterable[PipelineName]) -> Control:
        """Read the team, and the criticality of some pipelines as far as the environment knows them.

        Raises:
            EnvironmentEmpty: nothing runs there yet.
            ArtifactMissing: an artifact that runs there is not in the bucket.
            AttestationRefused: its bytes were changed.
        """
        document = self.documents.newest(environment)
        foundation = document.entry(ENTRY_FOUNDATION) if document is not None else None
        if document is None or foundation is None:
            raise EnvironmentEmpty(
                f"nothing runs in {environment} yet, so nobody can say who decides there",
                remedy=f"slipway release bootstrap -s {environment}",
            )
        return Control(
            roster=roster_in(self._files(foundation)), criticality=self._criticality(document, pipelines)
        )

    def _criticality(
        self, document: EnvironmentDocument, pipelines: Iterable[PipelineName]
    ) -> dict[PipelineName, Criticality]:
        entries = {name: document.entry(PartId(name, PartKind.ENTRY)) for name in pipelines}
        known = {name: entry for name, entry in entries.items() if entry and name != FOUNDATION}
        return {name: criticality_in(self._files(entry), name) for name, entry in known.items()}

    def _files(self, entry: Entry) -> dict[str, bytes]:
        content = self.releases.content(entry.artifact, subject=f"artifact {entry.part}")
        return {file.path: file.content for file in unpack(content)}
