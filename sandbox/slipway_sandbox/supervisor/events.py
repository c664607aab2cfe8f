"""What a starting supervisor tells the command that waits for it: one JSON line an event, over a pipe."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import IO

FAILPOINT_VARIABLE = "SLIPWAY_SANDBOX_FAILPOINT"
"""Names a step at which the supervisor stops and waits for ever. For tests, which kill something there."""


class Step(StrEnum):
    """The steps of starting, in order. Each is a failpoint that stops before it."""

    RECORD = "record"
    SPAWN_DYNAMODB = "spawn-dynamodb"
    SPAWN_AWS = "spawn-aws"
    SPAWN_GITHUB = "spawn-github"
    SPAWN_SNOWFLAKE = "spawn-snowflake"
    SPAWN_AIRFLOW_DEV = "spawn-airflow-dev"
    SPAWN_AIRFLOW_STAGING = "spawn-airflow-staging"
    SPAWN_AIRFLOW_PROD = "spawn-airflow-prod"
    PLUGINS = "plugins"
    PROJECT = "project"
    STACKS = "stacks"
    READINESS = "readiness"
    ENDPOINTS = "endpoints"
    RELEASE = "release"


class Kind(StrEnum):
    """What an event reports."""

    PROGRESS = "progress"
    FAILPOINT = "failpoint"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the story.

    Attributes:
        kind: what it reports.
        text: the sentence; for a failure its message.
        remedy: what to do about a failure.
        exit_code: what a failure ends the command with.
    """

    kind: Kind
    text: str = ""
    remedy: str = ""
    exit_code: int = 0

    def send(self, stream: IO[str]) -> None:
        """Write it; a reader that is gone is found out through the lifeline, not here."""
        try:
            stream.write(json.dumps(asdict(self)) + "\n")
            stream.flush()
        except BrokenPipeError:
            return

    @staticmethod
    def parse(line: str) -> "Event":
        """Read one line."""
        document = json.loads(line)
        return Event(**document | {"kind": Kind(document["kind"])})
