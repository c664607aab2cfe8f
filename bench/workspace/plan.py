"""Which pipelines there are and what flows between them: pure, from a size and a seed.

The shape is that of a grown warehouse: half of the pipelines bring data in, the others read what is there,
and what many read already, more read next (preferential attachment), so that some tables feed dozens.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto, unique
from itertools import islice
from typing import Final, TypeVar

from bench.workspace.names import pipeline_names

Drawn = TypeVar("Drawn")


@unique
class Shape(Enum):
    """What a generated pipeline does."""

    FILES = auto()  # loads files of the lake
    CHANGES = auto()  # loads a table's changes, which a connector brings
    STREAM = auto()  # a connector writes a topic into the warehouse
    MART = auto()  # computes a table from tables


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table that other pipelines may read.

    Attributes:
        schema: of the logical database FINEDGE.
        name: upper case.
        model: the dbt model that makes it.
        date: its column with the business date.
        max_age: freshness objective of its pipeline, hours.
    """

    schema: str
    name: str
    model: str
    date: str
    max_age: int

    @property
    def uri(self) -> str:
        """The dataset as the catalog names it."""
        return f"snowflake://FINEDGE.{self.schema}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A pipeline to be written.

    Attributes:
        name: in the catalog.
        shape: what it does.
        owner: a team of the example.
        cost_center: who pays.
        critical: its criticality.
        data_class: who may see the data.
        hour: of its daily run, UTC.
        reads: tables it reads; empty unless it is a mart.
        max_age: freshness objective, hours.
    """

    name: str
    shape: Shape
    owner: str
    cost_center: str
    critical: bool
    data_class: str
    hour: int
    reads: tuple[Table, ...]
    max_age: int

    @property
    def identifier(self) -> str:
        """The name where hyphens are not allowed."""
        return self.name.replace("-", "_")

    @property
    def table(self) -> Table:
        """The table that others read."""
        is_mart = self.shape is Shape.MART
        return Table(
            schema="MARTS" if is_mart else "STAGING",
            name=self.identifier.upper(),
            model=self.identifier if is_mart else f"stg_{self.identifier}",
            date="business_date" if is_mart else "occurred_on",
            max_age=self.max_age,
        )


_TEAMS: Final = (
    ("ingestion", "CC-1100"),
    ("settlements", "CC-1200"),
    ("finance-reporting", "CC-1300"),
    ("risk", "CC-1400"),
    ("payments", "CC-1500"),
)
_INGESTING: Final[Mapping[Shape, int]] = {Shape.FILES: 30, Shape.CHANGES: 14}
_SHAPES: Final[Mapping[Shape, int]] = {**_INGESTING, Shape.STREAM: 8, Shape.MART: 48}
_DATA_CLASSES: Final[Mapping[str, int]] = {"internal": 4, "confidential": 4, "restricted": 2}
_ONE_IN_CRITICAL: Final = 8
_MOST_READ: Final = 6
_HOURS_OF_A_DAY: Final = 24
_SLACK_HOURS: Final = 2
_FIRST_TABLES: Final = 3


def plan(count: int, seed: int) -> tuple[Planned, ...]:
    """Decide the pipelines.

    Args:
        count: how many.
        seed: another seed, another workspace.

    Returns:
        The pipelines, each of which reads only from those before it.
    """
    dice = random.Random(seed)  # noqa: S311  # a shape, not a secret
    planned: list[Planned] = []
    readers: list[int] = []
    for name in islice(pipeline_names(), count):
        shape = _shape(dice, len(planned))
        indices = _inputs(dice, readers) if shape is Shape.MART else ()
        for index in indices:
            readers[index] += 1
        planned.append(_pipeline(dice, name, shape, tuple(planned[index].table for index in indices)))
        readers.append(0)
    return tuple(planned)


def _shape(dice: random.Random, before: int) -> Shape:
    """Draw a shape; the first pipelines bring data in, so that there is something to read."""
    return _draw(dice, _SHAPES if before >= _FIRST_TABLES else _INGESTING)


def _draw(dice: random.Random, weights: Mapping[Drawn, int]) -> Drawn:
    return dice.choices(list(weights), list(weights.values()))[0]


def _inputs(dice: random.Random, readers: Sequence[int]) -> tuple[int, ...]:
    """Draw what is read: mostly one to three tables, and those that many read already more often."""
    wanted = min(1 + min(int(dice.expovariate(0.7)), _MOST_READ - 1), len(readers))
    chosen: set[int] = set()
    while len(chosen) < wanted:
        chosen.update(dice.choices(range(len(readers)), [1 + 2 * count for count in readers]))
    return tuple(sorted(chosen))


def _pipeline(dice: random.Random, name: str, shape: Shape, reads: tuple[Table, ...]) -> Planned:
    owner, cost_center = dice.choice(_TEAMS)
    oldest = max((table.max_age for table in reads), default=_HOURS_OF_A_DAY)
    return Planned(
        name=name,
        shape=shape,
        owner=owner,
        cost_center=cost_center,
        critical=dice.randrange(_ONE_IN_CRITICAL) == 0,
        data_class=_draw(dice, _DATA_CLASSES),
        hour=dice.randrange(_HOURS_OF_A_DAY),
        reads=reads,
        max_age=oldest + _SLACK_HOURS,
    )
