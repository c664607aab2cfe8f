"""Pipelines: what a data team owns, and the words that describe one. Read by `slipway.catalog`."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum, unique
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Annotated, Final, NewType

from pydantic import StringConstraints

from slipway.model.dataset import Dataset, DatasetField, DatasetScheme
from slipway.model.errors import DefinitionError
from slipway.model.frozen import Frozen
from slipway.model.team import TeamName

PipelineName = NewType("PipelineName", str)
"""A pipeline's name: kebab-case, at most `NAME_LENGTH` characters."""

NAME_PATTERN: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Kebab-case without doubled hyphens: the Snowflake form (upper case, '_' for '-') is then unique too."""

NAME_LENGTH: Final = 32
"""Half of an IAM role name (64 characters); prefix, environment and suffix take the other half."""


def dag_id(pipeline: str) -> str:
    """Return the id of a pipeline's DAG: the convention of a workspace."""
    return pipeline.replace("-", "_")


@unique
class PipelineKind(StrEnum):
    """How a pipeline's data moves, and so how it ships. Not how often it runs."""

    BATCH = "batch"
    STREAMING = "streaming"


@unique
class Criticality(StrEnum):
    """What a failure costs. Not who may see the data (`DataClass`)."""

    CRITICAL = "critical"
    STANDARD = "standard"


@unique
class DataClass(StrEnum):
    """Who may see the data. Not what a failure costs (`Criticality`)."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


@unique
class PartKind(StrEnum):
    """A deployable piece of a pipeline. `entry` is its catalog entry, from which cloud resources follow."""

    ENTRY = "entry"
    DAG = "dag"
    DBT = "dbt"
    SPARK = "spark"
    STREAM = "stream"
    TERRAFORM = "terraform"
    CONTROL = "control"
    """What judges changes: rules, packs, waivers, pinned keys. It is the foundation's alone."""


STARTED_BY: Final[Mapping[PipelineKind, PartKind]] = MappingProxyType(
    {PipelineKind.BATCH: PartKind.DAG, PipelineKind.STREAMING: PartKind.STREAM}
)
"""The part without which nothing runs. A batch pipeline may have a stream too: the connector of its input."""


class Part(Frozen):
    """One deployable piece.

    Attributes:
        kind: what it is.
        path: the file or folder, relative to the workspace's root.
    """

    kind: PartKind
    path: PurePosixPath


class Output(Frozen):
    """A dataset that a pipeline produces.

    Attributes:
        dataset: what is produced.
        contract: its ODCS document, relative to the workspace's root; None when nothing is promised.
    """

    dataset: DatasetField
    contract: PurePosixPath | None = None


class FreshnessError(DefinitionError, ValueError):
    """A text that is no age. A ValueError too, so that a pydantic validator may raise it."""


AGE_PATTERN: Final = r"^([1-9][0-9]{0,5})([mhd])$"
"""A whole number and a unit."""

_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_age(age: str) -> timedelta:
    """Read an age, or any other length of time.

    Args:
        age: a whole number and a unit: ``90m``, ``6h``, ``2d``.

    Raises:
        FreshnessError: the text is no age.
    """
    matched = re.fullmatch(AGE_PATTERN, age)
    if matched is None:
        raise FreshnessError(
            f"{age!r} is no age",
            remedy="write a whole number of minutes, hours or days: 90m, 6h or 2d",
        )
    return int(matched[1]) * _UNITS[matched[2]]


def age_text(age: timedelta) -> str:
    """Write whole minutes in the largest unit that divides them: `parse_age` reads it back."""
    unit = next(name for name in ("d", "h", "m") if not age % _UNITS[name])
    return f"{age // _UNITS[unit]}{unit}"


class Freshness(Frozen):
    """A freshness objective.

    Attributes:
        max_age: the newest row of each output may be at most this old.
    """

    max_age: timedelta

    @classmethod
    def parse(cls, age: str) -> "Freshness":
        """Read an age.

        Args:
            age: a whole number and a unit: ``90m``, ``6h``, ``2d``.

        Returns:
            The objective.

        Raises:
            FreshnessError: the text is no age.
        """
        return cls(max_age=parse_age(age))

    @property
    def text(self) -> str:
        """The objective in the largest unit that divides it: `parse` reads it back."""
        return age_text(self.max_age)


class TimeLimits(Frozen):
    """How long a release waits for what a pipeline does.

    Attributes:
        run: for the one run that is observed: after it the release is taken back.
        build: for one build of its models by dbt: after it dbt is ended, and the release is taken back.
    """

    run: timedelta = timedelta(hours=1)
    build: timedelta = timedelta(minutes=30)


class Pipeline(Frozen):
    """The unit of ownership.

    Attributes:
        name: unique in the workspace.
        kind: batch or streaming.
        criticality: what a failure costs.
        owner: a team of the workspace.
        cost_center: who pays, as finance writes it.
        data_class: who may see the data.
        description: one sentence for people.
        parts: its deployable pieces, the catalog entry first.
        inputs: the datasets it reads, in the order of its file.
        outputs: the datasets it produces, in the order of its file.
        freshness: how old its newest row may be; a critical pipeline always has one.
        limits: how long a release waits for it.
        path: its catalog file, relative to the workspace's root.
    """

    name: Annotated[PipelineName, StringConstraints(pattern=NAME_PATTERN, max_length=NAME_LENGTH)]
    kind: PipelineKind
    criticality: Criticality
    owner: TeamName
    cost_center: str
    data_class: DataClass
    description: str
    parts: tuple[Part, ...]
    inputs: tuple[DatasetField, ...]
    outputs: tuple[Output, ...]
    freshness: Freshness | None
    limits: TimeLimits = TimeLimits()
    path: PurePosixPath

    def part(self, kind: PartKind) -> Part | None:
        """The pipeline's part of a kind; None when it has none."""
        return next((part for part in self.parts if part.kind is kind), None)

    @property
    def tables(self) -> tuple[Output, ...]:
        """Its outputs in Snowflake: what has an age that can be read."""
        return tuple(each for each in self.outputs if each.dataset.scheme is DatasetScheme.SNOWFLAKE)

    @property
    def output_datasets(self) -> tuple[Dataset, ...]:
        """The datasets it produces, without their contracts."""
        return tuple(output.dataset for output in self.outputs)
