"""Who decides in an environment: the team and criticality as its running release has them.

Read from the artifacts that the environment document names, so that a release cannot give its own author the
role of an approver, nor declare the pipeline that it breaks uncritical.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from slipway.catalog.building import build_roster
from slipway.catalog.documents import PipelineDocument, TeamDocument, WorkspaceDocument
from slipway.catalog.files import SETTINGS
from slipway.catalog.parsing import parse_document
from slipway.catalog.tree import Tree, read_tree
from slipway.environment.bundle import unpack
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.errors import DefinitionError
from slipway.model.parts import ENTRY_FOUNDATION, FOUNDATION, PartId
from slipway.model.pipeline import Criticality, PartKind, PipelineName
from slipway.ports.documents import EnvironmentDocuments
from slipway.release.gates.facts import Control
from slipway.release.releases import Releases

_DocumentT = TypeVar("_DocumentT", bound=BaseModel)


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
        files = self._files(foundation)
        settings = _document(WorkspaceDocument, SETTINGS, files)
        roster = build_roster(_document(TeamDocument, settings.team, files))
        return Control(roster=roster, criticality=self._criticality(document, pipelines))

    def _criticality(
        self, document: EnvironmentDocument, pipelines: Iterable[PipelineName]
    ) -> dict[PipelineName, Criticality]:
        entries = {name: document.entry(PartId(name, PartKind.ENTRY)) for name in pipelines}
        known = {name: entry for name, entry in entries.items() if entry and name != FOUNDATION}
        return {name: self._pipeline(entry).criticality for name, entry in known.items()}

    def _pipeline(self, entry: Entry) -> PipelineDocument:
        files = self._files(entry)
        trees = (read_tree(path, content) for path, content in files.items())
        own = (
            tree
            for tree in trees
            if isinstance(tree, Tree) and tree.value(("pipeline",)) == entry.part.pipeline
        )
        path = next((tree.path for tree in own), f"catalogue file of {entry.part.pipeline}")
        return _document(PipelineDocument, path, files)

    def _files(self, entry: Entry) -> dict[str, bytes]:
        content = self.releases.content(entry.artifact, subject=f"artifact {entry.part}")
        return {file.path: file.content for file in unpack(content)}


def _document(model: type[_DocumentT], path: str, files: dict[str, bytes]) -> _DocumentT:
    """Read a file of an artifact; it was right when it was built."""
    tree = read_tree(path, files.get(path, b""))
    document = tree if isinstance(tree, list) else parse_document(model, tree)
    if isinstance(document, list):
        raise DefinitionError(
            f"the running {path} cannot be read: {document[0].message}",
            remedy="use the version of slipway that released it, or release a right one",
        )
    return document
