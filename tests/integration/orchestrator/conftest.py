"""One Airflow for all tests of this folder; each publishes pipelines of its own."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from slipway.adapters.aws import S3ObjectStore
from slipway.adapters.mwaa import MwaaDagStore, MwaaOrchestrator, RestApi
from slipway.adapters.system_clock import SystemClock
from slipway.attest import digest_of
from slipway.model.digest import Digest
from slipway.model.pipeline import PipelineName
from slipway.ports.orchestrator import DagId, DagMissing, PublishedFile
from tests.integration.running_sandbox import RunningSandbox, running_sandbox

Seen = TypeVar("Seen")

TASK_END: Final = timedelta(seconds=6)
"""The sandbox's Airflow has a heartbeat of a second and kills after three."""

_TIME_LIMIT_SECONDS: Final = 90.0
_numbers = itertools.count(1)

_DAG: Final = '''\
"""Airflow DAG of a test."""
from datetime import datetime
from airflow.models.dag import DAG
from airflow.operators.bash import BashOperator
from helpers import WORD
with DAG("{dag}", start_date=datetime(2026, 1, 1), schedule=None, is_paused_upon_creation=False):
    BashOperator(task_id="say", bash_command={command!r}, doc=WORD)
'''


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A pipeline of a test, with one DAG.

    Attributes:
        name: its name.
        store: where it is published.
        orchestrator: where it runs.
    """

    name: PipelineName
    store: MwaaDagStore
    orchestrator: MwaaOrchestrator

    @property
    def dag(self) -> DagId:
        """The id of its DAG."""
        return DagId(self.name.replace("-", "_"))

    def publish(self, word: str, command: str = "true", *, code: str | None = None) -> Digest:
        """Publish a generation, and point at it."""
        text = code or _DAG.format(dag=self.dag, command=command)
        files = [
            PublishedFile(path="flow.py", content=text.encode()),
            PublishedFile(path="helpers/__init__.py", content=f"WORD = {word!r}\n".encode()),
        ]
        generation = digest_of(text.encode() + word.encode())
        self.store.put_generation(self.name, generation, files)
        self.store.point(self.name, generation)
        return generation

    def parsed(self) -> Digest | None:
        """The generation that Airflow has parsed; None while it knows nothing."""
        try:
            return self.orchestrator.dag(self.dag).generation
        except DagMissing:
            return None

    def problem(self) -> str | None:
        """What Airflow says of the pipeline's file."""
        found = [each.message for each in self.orchestrator.import_problems() if each.pipeline == self.name]
        return found[0] if found else None


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A sandbox with the Airflow of prod and what that needs, and Snowflake."""
    home = tmp_path_factory.mktemp("airflow") / "home"
    with running_sandbox(
        home, project=Path(__file__).parents[3], servers=["airflow", "snowflake"]
    ) as running:
        yield running


@pytest.fixture(scope="session")
def bucket(sandbox: RunningSandbox) -> str:
    """The bucket of DAG files, which the stack makes otherwise."""
    told = sandbox.aws("mwaa", "prod").get_environment(Name="slipway-prod")["Environment"]
    name = str(told["SourceBucketArn"]).rpartition(":")[2]
    sandbox.aws("s3", "prod").create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="session")
def s3(sandbox: RunningSandbox) -> Any:
    """A client in prod's account."""
    return sandbox.aws("s3", "prod")


@pytest.fixture(scope="session")
def store(s3: Any, bucket: str) -> MwaaDagStore:
    """The DAG folder of prod."""
    return MwaaDagStore(S3ObjectStore(s3, bucket, prefix="dags/"))


@pytest.fixture(scope="session")
def orchestrator(sandbox: RunningSandbox) -> MwaaOrchestrator:
    """The Airflow of prod."""
    rest = RestApi(sandbox.aws("mwaa", "prod"), "slipway-prod")
    return MwaaOrchestrator(rest, SystemClock(), task_end=TASK_END)


@pytest.fixture
def pipeline(store: MwaaDagStore, orchestrator: MwaaOrchestrator) -> Callable[[], Pipeline]:
    """Make pipelines that nobody else has."""

    def made() -> Pipeline:
        name = PipelineName(f"flow-{next(_numbers)}")
        return Pipeline(name=name, store=store, orchestrator=orchestrator)

    return made


def until(look: Callable[[], Seen | None]) -> Seen:
    """Look until there is something to see."""
    deadline = time.monotonic() + _TIME_LIMIT_SECONDS
    while not (seen := look()):
        assert time.monotonic() < deadline, "not seen in time"
        time.sleep(0.3)
    return seen
