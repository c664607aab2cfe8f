"""How old the newest row of each pipeline is, as Snowflake tells without any compute.

What is read of a pipeline:

1. the columns that the contracts of its outputs name (`element` of the service level `latency`): the age of
   the largest value. Where one is named, the outputs that name none are not read;
2. else, of a batch pipeline, when its tables were made (those with a contract, all where none has one): right
   for what every run builds anew. A table that grows and whose contract names no column looks older than it
   is, never younger. The tables of a stream always grow: without a named column nothing tells their age.

The oldest of them is the pipeline's age. A table without a row is as old as itself. LAST_ALTERED is not read:
grants, comments and clustering move it too, so a dead pipeline would look fresh, and INFORMATION_SCHEMA would
keep a warehouse running all month.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final

from slipway.model.errors import DefinitionError, SlipwayError
from slipway.model.pipeline import Output, Pipeline, PipelineKind
from slipway.model.signals import Metric, pipeline_series
from slipway.model.snowflake_objects import Column, Schema, Table
from slipway.observe.measured import Measured, nothing_of
from slipway.ports.metrics import Reading
from slipway.ports.warehouse import Readings
from slipway.ports.warehouse_errors import ConnectionLost, LoginRefused, ObjectMissing

_NO_ANSWER: Final = (ConnectionLost, LoginRefused)
"""What ends the asking: the next question would wait as long, and get no other answer."""


class NoFreshnessColumn(DefinitionError):  # noqa: N818 - it says what is the case
    """The age of a stream's tables can be told by a column only, and none is named."""


@dataclass(frozen=True, kw_only=True)
class AgeSource:
    """What tells the age of a table.

    Attributes:
        table: which, in the environment.
        column: the column whose largest value counts; None: the table's own making.
    """

    table: Table
    column: Column | None


@dataclass(frozen=True, kw_only=True)
class FreshnessBook:
    """Knows where the age of a pipeline is read.

    Attributes:
        physical: physical name of a logical database in the environment.
        column: the column that a contract names, by the contract's path; None where it names none.
    """

    physical: Callable[[str], str]
    column: Callable[[PurePosixPath], Column | None]

    def sources(self, pipeline: Pipeline) -> tuple[AgeSource, ...]:
        """Return what is read of a pipeline.

        Raises:
            ContractError: a contract cannot be read.
            NoFreshnessColumn: it is a stream, and no contract names a column.
        """
        promised = [each for each in pipeline.tables if each.contract is not None]
        named = tuple(each for each in self._each(promised) if each.column is not None)
        if not named and pipeline.kind is PipelineKind.STREAMING:
            raise NoFreshnessColumn(
                f"nothing tells how fresh {pipeline.name} is: it streams, and no contract names a column",
                remedy="name it in the contract of an output: slaProperties, latency, element TABLE.COLUMN",
            )
        return named or tuple(self._each(promised or pipeline.tables))

    def _each(self, outputs: Sequence[Output]) -> Iterator[AgeSource]:
        for output in outputs:
            dataset = output.dataset
            table = Table.of(self.physical(dataset.database), dataset.schema, dataset.table)
            yield AgeSource(table=table, column=self.column(output.contract) if output.contract else None)


def measure_ages(
    warehouse: Readings, book: FreshnessBook, pipelines: Sequence[Pipeline], now: datetime
) -> Measured:
    """Measure the age of pipelines that have tables; one that cannot be measured hides no other.

    Args:
        warehouse: the environment's.
        book: knows what is read.
        pipelines: each with at least one output in Snowflake.
        now: the moment that counts.
    """
    look, measured = _Look(warehouse), Measured()
    for index, pipeline in enumerate(pipelines):
        series = pipeline_series(Metric.AGE_MINUTES, pipeline.name)
        try:
            oldest = min(look.newest(source) for source in book.sources(pipeline))
        except _NO_ANSWER as error:
            rest = (pipeline_series(Metric.AGE_MINUTES, each.name) for each in pipelines[index:])
            return measured + nothing_of(rest, error)
        except SlipwayError as error:
            measured += nothing_of([series], error)
        else:
            reading = Reading(series=series, value=_minutes(now - oldest), at=now)
            measured += Measured(readings=(reading,))
    return measured


def _minutes(age: timedelta) -> float:
    """Whole seconds of an age, in minutes; a clock that is ahead of ours makes nothing younger than now."""
    return max(age // timedelta(seconds=1), 0) / 60


@dataclass
class _Look:
    """Asks when the newest row came, and of each schema only once when its tables were made."""

    warehouse: Readings
    schemas: dict[Schema, Mapping[str, datetime]] = field(default_factory=dict)

    def newest(self, source: AgeSource) -> datetime:
        """Return the newest row's moment, the table's own where it has no row or tells none."""
        found = self.warehouse.newest(source.table, source.column) if source.column else None
        return found or self._made(source.table)

    def _made(self, table: Table) -> datetime:
        if table.schema not in self.schemas:
            self.schemas[table.schema] = self.warehouse.made_in(table.schema)
        made = self.schemas[table.schema].get(table.name)
        if made is None:
            raise ObjectMissing(
                "there is no such table, or no right to see it",
                subject=str(table),
                remedy="run the pipeline, or name the column that tells its freshness if it is a view",
            )
        return made
