"""The environment document: its next version, with this deployment's entries and no others changed."""

from collections.abc import Callable
from dataclasses import dataclass

from slipway.model.environment_document import EnvironmentDocument
from slipway.ports.documents import EnvironmentDocuments, VersionTaken
from slipway.rollout.change import Change
from slipway.rollout.ground import Ground
from slipway.rollout.readable import ReadableProjects
from slipway.rollout.stages import WriteDocument
from slipway.stages import Done, Handler, Observed, Progress, Run, Untouched
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class WriteDocumentHandler(Handler[WriteDocument]):
    """Writes versions.

    Attributes:
        ground: documents.
        documents: where versions are written.
        projects: tells whether dbt can read what a version composes to.
    """

    ground: Ground
    documents: EnvironmentDocuments
    projects: ReadableProjects

    def describe(self, stage: WriteDocument) -> str:
        """Name the parts."""
        return f"write into {stage.target}'s environment document: {', '.join(map(str, stage.change.parts))}"

    def observe(self, stage: WriteDocument, run: Run) -> Observed:
        """Whether the newest document says it already."""
        newest = self.ground.newest(run)
        return Done({"version": str(newest.version)}) if stage.change.is_in(newest) else Untouched()

    def do(self, stage: WriteDocument, run: Run) -> Progress:
        """Write the next version; when somebody else wrote it, the one after that.

        Each is read by dbt first: two releases that each fit what runs may not fit each other.
        """

        def look(following: EnvironmentDocument) -> None:
            self.projects.refuse_unreadable(run.environment, following.entries, stage.change.parts)

        return Done({"version": str(self._write(stage.change, run, look))})

    def undo(self, stage: WriteDocument, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - the signature
        """Write another version, with the entries of before: no version is ever taken away."""
        if stage.change.is_in(self.ground.newest(run)):
            self._write(stage.change.back, run, lambda _: None)
        return Done()

    def _write(self, change: Change, run: Run, look: Callable[[EnvironmentDocument], None]) -> int:
        while True:
            newest = self.ground.newest(run)
            if change.is_in(newest):
                return newest.version
            following = newest.with_entries(change.entries, deployment=run.deployment, without=change.removed)
            look(following)
            try:
                self.documents.add(following)
            except VersionTaken:
                continue  # another pipeline's deployment was quicker; its entries are others
            return following.version
