"""The guardian of one Airflow: it starts scheduler and web server, mirrors DAG files, and ends all of them.

Airflow's own children do not die with it: the DAG processor and tasks move to process groups of their own
and a killed scheduler leaves them. So the guardian adopts what descends from it (the kernel's subreaper) and
kills every descendant when it ends; when it is killed itself, the supervisor does the same.
"""

import logging
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from slipway_sandbox.airflow.database import airflow, copy_database
from slipway_sandbox.airflow.mirror import Mirror
from slipway_sandbox.airflow.place import DAGS_PREFIX, Purpose, derived_secret
from slipway_sandbox.airflow.settings import Instance, lead_as_tasks, link_tools
from slipway_sandbox.supervisor.processes import Child, adopt_orphans, end_descendants, reap_adopted, spawn
from slipway_sandbox.world import Founding

_LOG = logging.getLogger(__name__)
_TICK_SECONDS = 0.1
_MIRROR_SECONDS = 1.0
_HOST = "127.0.0.1"


class _EndedError(Exception):
    """The guardian was told to end: the way out of any step."""


class _ChildEndedError(Exception):
    """Scheduler or web server ended by itself, or a command failed."""


class Guardian:
    """One instance, from its first process to its last.

    Args:
        instance: what runs.
        founding: what the world is made of.
        variables: the environment of its processes.
    """

    def __init__(self, instance: Instance, founding: Founding, variables: Mapping[str, str]) -> None:
        self._instance = instance
        self._founding = founding
        self._variables = dict(variables)
        self._children: dict[str, Child] = {}
        self._told_to_end = False
        self._log = instance.home / "logs" / f"airflow-{instance.stack}.log"

    def run(self) -> int:
        """Serve until told to end; no process is left, whatever happens.

        Returns:
            The exit code: 1 when a part ended by itself.
        """
        adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note_end)
        try:
            self._prepare()
            self._serve()
        except _EndedError:
            return 0
        except _ChildEndedError as error:
            _LOG.error("%s", error)
            return 1
        finally:
            end_descendants()

    def _prepare(self) -> None:
        self._instance.dags.mkdir(parents=True)
        link_tools(self._instance.folder)
        password = derived_secret(self._founding.airflow_secret, self._instance.stack, Purpose.REST)
        copy_database(self._instance.folder, password, self._run_to_end)
        port = str(self._instance.port)
        self._start("scheduler", airflow("scheduler", "--skip-serve-logs"))
        self._start(
            "webserver", airflow("webserver", "--hostname", _HOST, "--port", port, "--workerclass", "sync")
        )

    def _serve(self) -> NoReturn:
        mirror = None
        while True:
            mirror = self._refreshed(mirror)
            resume = time.monotonic() + _MIRROR_SECONDS
            while time.monotonic() < resume:
                self._tick()

    def _refreshed(self, mirror: Mirror | None) -> Mirror | None:
        """Mirror once; a front that does not answer yet is asked again in a second."""
        try:
            mirror = mirror or self._mirror()  # making the client asks for credentials
            count = mirror.refresh()
        except BotoCoreError as error:
            _LOG.warning("DAG files cannot be read from their bucket: %s", error)
            return mirror
        except ClientError as error:  # perhaps the role was made anew, and its old sessions are worth nothing
            _LOG.warning("DAG files cannot be read from their bucket: %s", error)
            return None
        if count:
            _LOG.info("%d DAG files brought up to date from %s", count, mirror.bucket)
        return mirror

    def _mirror(self) -> Mirror:
        lead_as_tasks(os.environ, self._variables)
        config = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1})
        bucket = self._founding.dag_buckets[self._instance.stack]
        return Mirror(
            s3=boto3.Session().client("s3", config=config),  # the default session keeps its credentials
            bucket=bucket,
            prefix=DAGS_PREFIX,
            folder=self._instance.dags,
        )

    def _start(self, name: str, command: Sequence[str]) -> None:
        self._children[name] = self._spawn(command, self._variables)

    def _spawn(self, command: Sequence[str], variables: Mapping[str, str]) -> Child:
        return spawn(command, log=self._log, cwd=Path(self._instance.folder), env=variables)

    def _run_to_end(self, command: Sequence[str], variables: Mapping[str, str]) -> None:
        child = self._spawn(command, variables)
        while child.poll() is None:
            self._tick()
        if child.returncode != 0:
            raise _ChildEndedError(
                f"`airflow {' '.join(command[1:3])}` failed with exit code {child.returncode}"
            )

    def _tick(self) -> None:
        """Wait a moment; notice the order to end and a part that ended."""
        time.sleep(_TICK_SECONDS)
        if self._told_to_end:
            raise _EndedError
        reap_adopted({child.pid for child in self._children.values()})
        for name, child in self._children.items():
            if child.poll() is not None:
                raise _ChildEndedError(f"the {name} ended by itself with code {child.returncode}")

    def _note_end(self, number: int, frame: object) -> None:
        """Only note it: an exception out of a signal handler could lose a child that was just started."""
        del number, frame
        self._told_to_end = True
