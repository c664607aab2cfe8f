"""The workspace: everything a data team's repository says about its pipelines, as one value."""

from pathlib import Path, PurePosixPath

from slipway.model.dataset import DatasetField, DatasetScheme
from slipway.model.errors import UsageError
from slipway.model.frozen import Frozen
from slipway.model.nearest import did_you_mean
from slipway.model.pipeline import Pipeline
from slipway.model.team import Roster


class UnknownPipelineError(UsageError):
    """A name that is no pipeline of the workspace."""


class Source(Frozen):
    """A dataset that arrives from outside: no pipeline of the workspace produces it.

    Attributes:
        dataset: what arrives.
        owner: who outside answers for it.
        description: one sentence for people.
    """

    dataset: DatasetField
    owner: str
    description: str


class Consumer(Frozen):
    """Someone outside who reads what pipelines produce.

    Attributes:
        name: unique in the workspace.
        reads: the datasets.
        contact: whom to tell before one of them changes.
    """

    name: str
    reads: tuple[DatasetField, ...]
    contact: str


class Workspace(Frozen):
    """A data team's repository, read and checked.

    Attributes:
        name: the data team's name for it.
        root: the folder that holds slipway.yaml; every other path is relative to it.
        pipelines: sorted by name.
        sources: sorted by dataset.
        consumers: sorted by name.
        team: people and teams.
        team_path: the file that names them, relative to the root.
        github: the organization that has its repository and teams; None when slipway.yaml names none.
    """

    name: str
    root: Path
    pipelines: tuple[Pipeline, ...]
    sources: tuple[Source, ...]
    consumers: tuple[Consumer, ...]
    team: Roster
    team_path: PurePosixPath
    github: str | None = None

    @property
    def snowflake_databases(self) -> frozenset[str]:
        """The Snowflake databases that pipelines read or produce tables in, by the catalog's names."""
        return frozenset(
            dataset.database
            for pipeline in self.pipelines
            for dataset in (*pipeline.inputs, *pipeline.output_datasets)
            if dataset.scheme is DatasetScheme.SNOWFLAKE
        )

    def pipeline(self, name: str) -> Pipeline:
        """Find a pipeline.

        Args:
            name: its name.

        Returns:
            The pipeline.

        Raises:
            UnknownPipelineError: the workspace has none of that name; the remedy names the nearest.
        """
        for pipeline in self.pipelines:
            if pipeline.name == name:
                return pipeline
        raise UnknownPipelineError(
            f"workspace {self.name!r} has no pipeline {name!r}",
            remedy=did_you_mean(name, (pipeline.name for pipeline in self.pipelines)),
        )
