"""The files of DAG generations, and parsing those of a whole plan with one Airflow."""

from collections.abc import Iterable
from typing import Final

from slipway.environment.composition import read_artifact
from slipway.model.digest import Digest
from slipway.model.environment_document import Entry
from slipway.model.parts import PartId
from slipway.ports.objects import ObjectStore
from slipway.ports.orchestrator import PublishedFile
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.stages import PublishDag, RolloutStage

_DAG_FOLDER: Final = "dags/"


def dag_files(artifacts: ObjectStore, part: PartId, generation: Digest) -> list[PublishedFile]:
    """Read the files of a generation, by their paths in the DAG folder.

    Args:
        artifacts: where bundles are.
        part: the DAG.
        generation: digest of its bundle.
    """
    entry = Entry(part=part, artifact=generation, release=None, commit="")
    return [
        PublishedFile(path=file.path.removeprefix(_DAG_FOLDER), content=file.content)
        for file in read_artifact(artifacts, entry)
    ]


def parse_ahead(stages: Iterable[RolloutStage], artifacts: ObjectStore, parsing: DagParsing) -> None:
    """Parse at once every generation that the stages of a plan would parse here one by one.

    Args:
        stages: the plan.
        artifacts: where bundles are.
        parsing: remembers what came of it until the stages ask.

    Raises:
        ToolMissing: there is no Airflow here.
    """
    parsing.parse_ahead(
        {
            stage.artifact: dag_files(artifacts, stage.part, stage.artifact)
            for stage in stages
            if isinstance(stage, PublishDag) and not stage.airflow and stage.artifact is not None
        }
    )
