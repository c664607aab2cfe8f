"""Everything the rules look at: the entries of a workspace, the state of its paths, and who produces what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from slipway.catalog.entries import Located, PipelineEntry, RosterEntry, WorkspaceEntry
from slipway.catalog.files import PathState
from slipway.model.dataset import Dataset

Production = tuple[PipelineEntry, Located[Dataset]]
"""A pipeline and the output by which it produces a dataset."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A workspace that may still be wrong.

    Attributes:
        workspace: slipway.yaml.
        roster: team.yaml; None when it could not be read.
        pipelines: the catalogue's files that could be read, sorted by path.
        paths: the state of every part's and contract's path.
    """

    workspace: WorkspaceEntry
    roster: RosterEntry | None
    pipelines: Sequence[PipelineEntry]
    paths: Mapping[str, PathState]

    @cached_property
    def producers(self) -> Mapping[Dataset, Sequence[Production]]:
        """Who produces each dataset, sorted by the file's path."""
        found: dict[Dataset, list[Production]] = {}
        for pipeline in self.pipelines:
            for output in pipeline.outputs:
                found.setdefault(output.value, []).append((pipeline, output))
        return found

    @cached_property
    def sources(self) -> frozenset[Dataset]:
        """What arrives from outside."""
        return frozenset(source.value for source in self.workspace.sources)

    @cached_property
    def datasets(self) -> frozenset[Dataset]:
        """Every dataset that exists: it arrives from outside or a pipeline produces it."""
        return self.sources | frozenset(self.producers)

    def is_misspelt(self, dataset: Dataset) -> bool:
        """Tell whether a dataset is unknown only because its definition is misspelt, which is reported there.

        Args:
            dataset: one that nothing is known to produce.

        Returns:
            Whether some output or source would be this dataset but for its case or stray slashes.
        """
        return _folded(dataset.uri) in self._misspelt

    @cached_property
    def _misspelt(self) -> frozenset[str]:
        written = (self.workspace.misspelt, *(pipeline.misspelt for pipeline in self.pipelines))
        return frozenset(_folded(text) for texts in written for text in texts)

    def suppliers(self, pipeline: PipelineEntry) -> Iterator[PipelineEntry]:
        """The pipelines whose outputs a pipeline reads.

        Args:
            pipeline: the reader.

        Yields:
            The producers, in the order of its inputs; one that supplies two is yielded twice.
        """
        for consumed in pipeline.inputs:
            for producer, _ in self.producers.get(consumed.value, ()):
                yield producer


def _folded(text: str) -> str:
    return text.casefold().strip("/ ")
