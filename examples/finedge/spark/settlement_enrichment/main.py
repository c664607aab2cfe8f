"""The job: read the clearing files of a settlement date, write their lines as Parquet.

Run by EMR Serverless: ``main.py --input s3://landing/settlement-files --output s3://curated/settlement-lines
--rejected s3://curated/settlement-lines-rejected --date 2026-03-06``. A second run of a date replaces the
first.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import DataFrame, SparkSession

from settlement_enrichment.networks import LAYOUTS, Network
from settlement_enrichment.transforms import normalise, readable, rejected, without_repetitions


class UnreadableLinesError(Exception):
    """A file held lines that cannot be settled; none may vanish, so the run fails after writing them down."""


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Where the job reads and writes.

    Attributes:
        input: prefix with a folder a network and date: ``<input>/network=visa/date=2026-03-06/``.
        output: prefix of the lines; the folder of the date is replaced.
        rejected: prefix of the unreadable lines.
        date: settlement date of the files.
    """

    input: str
    output: str
    rejected: str
    date: date


def parse(argv: Sequence[str]) -> Arguments:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--input", "--output", "--rejected"):
        parser.add_argument(name, required=True)
    parser.add_argument("--date", required=True, type=date.fromisoformat)
    return Arguments(**vars(parser.parse_args(argv)))


def read(spark: SparkSession, arguments: Arguments) -> DataFrame:
    """Read all networks' files of the date. A network without a file fails: silence is not 'no sales'."""
    return reduce(DataFrame.unionByName, (_read_network(spark, arguments, network) for network in Network))


def run(spark: SparkSession, arguments: Arguments) -> int:
    """Do the job.

    Returns:
        Number of lines written.

    Raises:
        UnreadableLinesError: some lines could not be read; they are below `rejected`, nothing is below
            `output`.
    """
    lines = without_repetitions(read(spark, arguments)).cache()
    day = arguments.date.isoformat()
    unreadable = rejected(lines)
    count = unreadable.count()
    if count:
        unreadable.write.mode("overwrite").parquet(f"{arguments.rejected}/date={day}")
        raise UnreadableLinesError(
            f"{count} lines of {day} are unreadable: see {arguments.rejected}/date={day}"
        )
    good = readable(lines)
    good.write.mode("overwrite").parquet(f"{arguments.output}/date={day}")
    return good.count()


def _read_network(spark: SparkSession, arguments: Arguments, network: Network) -> DataFrame:
    layout = LAYOUTS[network]
    path = f"{arguments.input}/network={network}/date={arguments.date.isoformat()}"
    text = spark.read.csv(path, schema=layout.schema, sep=layout.separator)
    return normalise(text, network, arguments.date)


if __name__ == "__main__":
    session = SparkSession.builder.appName("settlement-enrichment").getOrCreate()
    written = run(session, parse(sys.argv[1:]))
    session.stop()
    print(f"{written} lines")  # noqa: T201  # the driver's log is where EMR shows it
