"""What a stream is told by the environment it runs in: one JSON document, given with ``--settings``."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class StreamSettings:
    """Where a stream reads and writes.

    Attributes:
        query: name of the query; part of its checkpoint's path and of its consumer group.
        bootstrap_servers: Kafka brokers.
        topic: topic it reads.
        starting_offsets: ``earliest`` or Kafka offsets as JSON; used only when there is no checkpoint.
        checkpoint: prefix that holds the checkpoint.
        reader_schema: path of the Avro schema the stream reads with.
        rejected_topic: topic for what cannot be trusted; empty for a stream that rejects nothing.
        snowflake: options of the Spark connector (sfURL, sfUser, sfDatabase, ...), without the key.
        trigger_seconds: time between two batches.
    """

    query: str
    bootstrap_servers: str
    topic: str
    starting_offsets: str
    checkpoint: str
    reader_schema: str
    rejected_topic: str
    snowflake: Mapping[str, str]
    trigger_seconds: int


def parse(argv: Sequence[str]) -> StreamSettings:
    """Read the settings named on the command line; an unknown or missing field is refused."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", required=True, type=Path)
    return StreamSettings(**json.loads(parser.parse_args(argv).settings.read_text()))
