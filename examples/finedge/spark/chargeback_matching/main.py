"""The job: match the disputes that arrived on a day, write the matches as Parquet.

Run by EMR Serverless: ``main.py --disputes s3://landing/chargebacks --events s3://curated/payment-events
--output s3://curated/chargeback-matches --date 2026-03-06``. A second run of a date replaces the first.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  # the name every Spark developer reads

from chargeback_matching.schemas import ARCHIVE, DISPUTES
from chargeback_matching.transforms import DISPUTE_WINDOW_DAYS, captures, match

# An event may reach the archive a day after it happened, and a dispute a few days after it was received.
SLACK_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Where the job reads and writes.

    Attributes:
        disputes: prefix with a folder a day: ``<disputes>/date=2026-03-06/``.
        events: prefix of the archive, partitioned by ``event_date``.
        output: prefix of the matches; the folder of the date is replaced.
        date: day on which the disputes arrived.
    """

    disputes: str
    events: str
    output: str
    date: date


def parse(argv: Sequence[str]) -> Arguments:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--disputes", "--events", "--output"):
        parser.add_argument(name, required=True)
    parser.add_argument("--date", required=True, type=date.fromisoformat)
    return Arguments(**vars(parser.parse_args(argv)))


def recent_events(spark: SparkSession, arguments: Arguments) -> DataFrame:
    """The events that a dispute of the day can mean; the partition filter spares the rest of seven years."""
    first = arguments.date - timedelta(days=DISPUTE_WINDOW_DAYS + SLACK_DAYS)
    archive = spark.read.schema(ARCHIVE).parquet(arguments.events)
    return archive.where(F.col("event_date") >= F.lit(first)).drop("event_date")


def run(spark: SparkSession, arguments: Arguments) -> int:
    """Do the job.

    Returns:
        Number of disputes written, matched or not.
    """
    day = arguments.date.isoformat()
    disputes = spark.read.schema(DISPUTES).option("mode", "FAILFAST").json(f"{arguments.disputes}/date={day}")
    matches = match(disputes, captures(recent_events(spark, arguments))).cache()
    matches.write.mode("overwrite").parquet(f"{arguments.output}/date={day}")
    return matches.count()


if __name__ == "__main__":
    session = SparkSession.builder.appName("chargeback-matching").getOrCreate()
    written = run(session, parse(sys.argv[1:]))
    session.stop()
    print(f"{written} disputes")  # noqa: T201  # the driver's log is where EMR shows it
