"""Runs the demo's commands one after the other, and ends the one that runs.

Each command leads a process group of its own. So Ctrl-C in a terminal reaches the demo alone, which then ends
the command before the sandbox that the command talks to.
"""

import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import psutil
from interrupts import Interrupts

ROOT = Path(__file__).parents[2]

_GRACE_SECONDS = 20.0
_LAST_LINES = 15

Event = dict[str, dict[str, Any]]
"""One event of the Pulumi engine: what happened, by kind."""


class CommandFailedError(Exception):
    """A command of the demo could not be run, or ended with an exit code other than 0."""


class Commands:
    """One command at a time.

    Args:
        interrupts: held back while a command starts.
        logs: folder in which the whole output of each Pulumi command is kept.

    Attributes:
        environment: what commands run with.
    """

    def __init__(self, interrupts: Interrupts, logs: Path) -> None:
        self.environment: Mapping[str, str] = os.environ
        self._interrupts = interrupts
        self._logs = logs
        self._numbers = count(1)
        self._running: subprocess.Popen[str] | None = None

    def show(self, *command: str, folder: Path = ROOT, accept: Sequence[int] = (0,)) -> None:
        """Run a command whose own output is the story, and say how long it took."""
        print(f"$ {shlex.join(command)}", flush=True)
        began = time.monotonic()
        if (code := self._start(command, folder=folder).wait()) not in accept:
            raise CommandFailedError(f"'{shlex.join(command)}' ended with exit code {code}")
        print(f"  ({time.monotonic() - began:.1f} s)", flush=True)

    def answer(
        self, *command: str, folder: Path = ROOT, accept: Sequence[int] = (0,), told: bool = False
    ) -> str:
        """Run a command for what it prints; what it says on standard error is shown.

        Args:
            command: its words.
            folder: where it runs.
            accept: exit codes that are no failure.
            told: whether the command is part of the story, and so printed before it runs.
        """
        if told:
            print(f"$ {shlex.join(command)}", flush=True)
        process = self._start(command, folder=folder, stdout=subprocess.PIPE)
        text, _ = process.communicate()
        if process.returncode not in accept:
            raise CommandFailedError(f"'{shlex.join(command)}' ended with exit code {process.returncode}")
        return text

    def events(self, *command: str) -> Iterator[Event]:
        """Run Pulumi and yield its engine's events."""
        print(f"$ {shlex.join(command)}", flush=True)
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"demo-{next(self._numbers)}.log"
        with log.open("w", encoding="utf-8") as kept:
            process = self._start((*command, "--json"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for line in process.stdout or ():
                kept.write(line)
                kept.flush()
                yield _event(line)
        if process.wait():
            raise CommandFailedError(
                f"{_reason(log)}\n'{shlex.join(command)}' failed; its whole output is in {log}"
            )

    def end(self) -> None:
        """End the command that runs, if one does: politely, then with what it started."""
        process, self._running = self._running, None
        if process is None or process.poll() is not None:
            return
        descendants = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=_GRACE_SECONDS)  # reads on: a full pipe would keep it from ending
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            for each in descendants:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
            process.wait()

    def _start(
        self,
        command: Sequence[str],
        *,
        folder: Path = ROOT,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> "subprocess.Popen[str]":
        try:
            with self._interrupts.held():
                self._running = subprocess.Popen(
                    command,
                    cwd=folder,
                    env={**self.environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"},
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    text=True,
                    process_group=0,
                )
                return self._running
        except OSError as error:
            raise CommandFailedError(
                f"{command[0]} cannot be run ({error.strerror}): run `make setup`"
            ) from error


def _event(line: str) -> Event:
    """Parse a line; what is no event (a message of the CLI, a line that was cut) is an empty one."""
    with suppress(ValueError):
        parsed = json.loads(line)
        return parsed if isinstance(parsed, dict) else {}
    return {}


def _reason(log: Path) -> str:
    """Return the errors that Pulumi reported, or else the end of what it printed."""
    lines = log.read_text(encoding="utf-8").splitlines()
    diagnostics = [_event(line).get("diagnosticEvent", {}) for line in lines]
    errors = [event["message"].strip() for event in diagnostics if event.get("severity") == "error"]
    return "\n".join(errors or [line for line in lines if not _event(line)][-_LAST_LINES:])
