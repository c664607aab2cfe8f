"""Reading Avro messages of a topic as rows. Needs spark-sql-kafka and spark-avro, given to the job by EMR."""

from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  # the name every Spark developer reads
from pyspark.sql.avro.functions import from_avro

from sinks.settings import StreamSettings

# A registry's message begins with a zero byte and four bytes of schema id.
_FIRST_AVRO_BYTE = 6


def read(spark: SparkSession, settings: StreamSettings) -> DataFrame:
    """Stream a topic's messages.

    Args:
        spark: session.
        settings: where to read.

    Returns:
        The fields of the reader schema, then kafka_topic, kafka_partition, kafka_offset and appended_at
        (the broker's time).
    """
    source = spark.readStream.format("kafka").options(
        **{
            "kafka.bootstrap.servers": settings.bootstrap_servers,
            "subscribe": settings.topic,
            "startingOffsets": settings.starting_offsets,
            "failOnDataLoss": "true",
            "groupIdPrefix": settings.query,
        }
    )
    schema = Path(settings.reader_schema).read_text()
    message = F.expr(f"substring(value, {_FIRST_AVRO_BYTE})")
    return (
        source.load()
        .select(
            from_avro(message, schema, {"mode": "FAILFAST"}).alias("message"),
            F.col("topic").alias("kafka_topic"),
            F.col("partition").alias("kafka_partition"),
            F.col("offset").alias("kafka_offset"),
            F.col("timestamp").alias("appended_at"),
        )
        .select("message.*", "kafka_topic", "kafka_partition", "kafka_offset", "appended_at")
    )
