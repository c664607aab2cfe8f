"""The stream, as EMR Serverless starts it: ``main.py --settings settings.json``."""

import sys

from pyspark.sql import SparkSession
from sinks import kafka
from sinks.settings import StreamSettings, parse
from sinks.warehouse import SnowflakeWarehouse

from ledger_postings.query import build


def run(spark: SparkSession, settings: StreamSettings) -> None:
    """Run until the query is stopped or fails."""
    writer = build(kafka.read(spark, settings), SnowflakeWarehouse(spark, settings.snowflake))
    query = (
        writer.queryName(settings.query)
        .option("checkpointLocation", settings.checkpoint)
        .trigger(processingTime=f"{settings.trigger_seconds} seconds")
        .start()
    )
    query.awaitTermination()


if __name__ == "__main__":
    # ANSI: a sum that does not fit stops the query instead of becoming null.
    session = (
        SparkSession.builder.appName("ledger-postings").config("spark.sql.ansi.enabled", "true").getOrCreate()
    )
    run(session, parse(sys.argv[1:]))
