"""Writing micro-batches into Snowflake so that a batch written twice is written once.

Spark may run a batch again after a crash: it commits its own checkpoint after the sink has committed. So
each batch is staged and then merged by a key that the data carries, in one statement: the second merge of a
batch changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, kw_only=True)
class Target:
    """A table that a stream writes.

    Attributes:
        table: schema and table, such as ``STREAMING.PAYMENT_EVENTS``.
        key: columns that name a row; a row of the same key is the same row.
        columns: all columns, in the order of the table.
        replace: whether a row that comes again replaces the one that is there; False where rows never change.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    replace: bool

    @property
    def stage(self) -> str:
        """The table that holds one batch on its way."""
        return f"{self.table}__BATCH"


class Warehouse(Protocol):
    """What a sink needs of the warehouse."""

    def stage(self, rows: DataFrame, table: str) -> None:
        """Replace the content of a table by rows."""

    def execute(self, statement: str) -> None:
        """Run one statement."""


def merge_statement(target: Target) -> str:
    """The statement that takes the staged batch into the table.

    Args:
        target: the table.

    Returns:
        One MERGE: atomic, and without effect when the batch is already there.
    """
    on = " and ".join(f"target.{name} = batch.{name}" for name in target.key)
    names = ", ".join(target.columns)
    values = ", ".join(f"batch.{name}" for name in target.columns)
    changed = ", ".join(f"{name} = batch.{name}" for name in target.columns if name not in target.key)
    update = f" when matched then update set {changed}" if target.replace else ""
    return (
        f"merge into {target.table} as target using {target.stage} as batch on {on}{update}"  # noqa: S608  # no value of a row
        f" when not matched then insert ({names}) values ({values})"
    )


def write_batch(warehouse: Warehouse, target: Target, rows: DataFrame) -> None:
    """Write one micro-batch: stage it, merge it.

    Args:
        warehouse: where to.
        target: the table; rows must have its columns and at most one row a key.
        rows: the batch.
    """
    warehouse.stage(rows.select(*target.columns), target.stage)
    warehouse.execute(merge_statement(target))


class SnowflakeWarehouse:
    """Snowflake through `net.snowflake:spark-snowflake_2.12`, which EMR gives to the job."""

    def __init__(self, spark: SparkSession, options: Mapping[str, str]) -> None:
        self._spark = spark
        self._options = dict(options)

    def stage(self, rows: DataFrame, table: str) -> None:
        """Replace the content of a table by rows."""
        writer = rows.write.format("net.snowflake.spark.snowflake").options(**self._options)
        writer.option("dbtable", table).mode("overwrite").save()

    def execute(self, statement: str) -> None:
        """Run one statement."""
        jvm = self._spark._jvm  # noqa: SLF001  # the connector's documented way to run a statement
        assert jvm is not None, "a session without a JVM (Spark Connect) cannot use the connector"
        jvm.net.snowflake.spark.snowflake.Utils.runQuery(self._options, statement)
