"""The stream, as EMR Serverless starts it: ``main.py --settings settings.json``."""

import sys

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  # the name every Spark developer reads
from sinks import kafka
from sinks.settings import StreamSettings, parse
from sinks.warehouse import SnowflakeWarehouse

from payment_events.query import Publish, build


def publisher(settings: StreamSettings) -> Publish:
    """Send rows to the rejected topic as JSON, keyed by event."""

    def publish(rows: DataFrame) -> None:
        message = rows.select(
            F.col("event_id").alias("key"), F.to_json(F.struct(*rows.columns)).alias("value")
        )
        writer = message.write.format("kafka").option("kafka.bootstrap.servers", settings.bootstrap_servers)
        writer.option("topic", settings.rejected_topic).save()

    return publish


def run(spark: SparkSession, settings: StreamSettings) -> None:
    """Run until the query is stopped or fails."""
    warehouse = SnowflakeWarehouse(spark, settings.snowflake)
    writer = build(kafka.read(spark, settings), warehouse, publisher(settings))
    query = (
        writer.queryName(settings.query)
        .option("checkpointLocation", settings.checkpoint)
        .trigger(processingTime=f"{settings.trigger_seconds} seconds")
        .start()
    )
    query.awaitTermination()


if __name__ == "__main__":
    # ANSI: an amount that does not fit stops the query instead of becoming null.
    session = (
        SparkSession.builder.appName("payment-events").config("spark.sql.ansi.enabled", "true").getOrCreate()
    )
    run(session, parse(sys.argv[1:]))
