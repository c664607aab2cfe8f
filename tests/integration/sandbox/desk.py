"""A person's desk: a small Pulumi project, a folder for a sandbox, and every process that comes of it.

Processes are recognised by a variable that all descendants inherit, so that a test sees the ones that lost
their parent too, and never one of somebody else's.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psutil

CHECKOUT = Path(__file__).parents[3]
TIME_LIMIT_SECONDS = 240.0

Command = subprocess.Popen[str]
"""A command that runs."""

_MARK = "SLIPWAY_TEST_DESK"
_POLL_SECONDS = 0.05
_LOCKFILE = """\
version = 1
[[package]]
name = "pulumi-aws"
version = "7.51.1"
[[package]]
name = "pulumi-github"
version = "6.15.0"
[[package]]
name = "pulumi-snowflake"
version = "2.22.0"
"""
_PROGRAM = """\
name: desk
runtime: python
config:
  slipway:organization:
    value: desk
"""
_STACK = """\
secretsprovider: awskms://alias/pulumi?region=us-east-1
config:
  aws:region: us-east-1
  aws:allowedAccountIds: ["{account}"]
  github:owner: finedge
"""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """One command that has ended.

    Attributes:
        code: its exit code.
        out: what it wrote to standard output.
        err: what it wrote to standard error.
    """

    code: int
    out: str
    err: str


@dataclass(kw_only=True)
class Desk:
    """One project with its sandbox.

    Attributes:
        project: a Pulumi project with the stacks shared and dev.
        home: its sandbox's folder, not there yet.
        mark: the value that all processes of this desk carry.
    """

    project: Path
    home: Path
    mark: str = field(default_factory=lambda: uuid4().hex)

    @staticmethod
    def at(folder: Path) -> "Desk":
        """Lay out the project."""
        project = folder / "project"
        project.mkdir()
        (project / "Pulumi.yaml").write_text(_PROGRAM, encoding="utf-8")
        (project / "uv.lock").write_text(_LOCKFILE, encoding="utf-8")
        desk = Desk(project=project, home=folder / "home")
        for stack, account in {"shared": "111122223333", "dev": "222233334444"}.items():
            desk.add_stack(stack, account)
        return desk

    def add_stack(self, stack: str, account: str) -> None:
        """Give the project another stack."""
        text = _STACK.format(account=account)
        (self.project / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """What commands of this desk run with."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
        path = os.pathsep.join([str(Path(sys.executable).parent), inherited["PATH"]])
        return {**inherited, "PATH": path, _MARK: self.mark, **(extra or {})}

    def command(self, name: str, *arguments: str) -> list[str]:
        """A command line of `slipway sandbox`."""
        program = str(Path(sys.executable).parent / "slipway")
        return [
            program,
            "sandbox",
            name,
            "--home",
            str(self.home),
            "--project",
            str(self.project),
            *arguments,
        ]

    def slipway(self, name: str, *arguments: str, **extra: str) -> Ended:
        """Run a sub-command to its end."""
        return self.run(self.command(name, *arguments), extra)

    def run(self, command: list[str], extra: Mapping[str, str] | None = None) -> Ended:
        """Run any command in the project's folder."""
        done = subprocess.run(
            command,
            cwd=self.project,
            env=self.environment(extra),
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT_SECONDS,
        )
        return Ended(code=done.returncode, out=done.stdout, err=done.stderr)

    def begin(self, name: str, *arguments: str, **extra: str) -> Command:
        """Start a sub-command and return while it runs."""
        return subprocess.Popen(
            self.command(name, *arguments),
            cwd=self.project,
            env=self.environment(extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def processes(self) -> list[psutil.Process]:
        """Every living process that descends from this desk's commands."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            alive = process.status() != psutil.STATUS_ZOMBIE
            return alive and process.environ().get(_MARK) == self.mark
        return False

    def wait_for_no_process(self, seconds: float = 30.0) -> None:
        """Wait until nothing of this desk runs, and say what does when the time is over."""
        deadline = time.monotonic() + seconds
        while left := self.processes():
            assert time.monotonic() < deadline, [process.cmdline() for process in left]
            time.sleep(_POLL_SECONDS)

    def wait_for_process(self, word: str) -> psutil.Process:
        """Wait until a process of this desk has a word in its command line."""
        deadline = time.monotonic() + TIME_LIMIT_SECONDS
        while time.monotonic() < deadline:
            for process in self.processes():
                with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    if word in process.cmdline():
                        return process
            time.sleep(_POLL_SECONDS / 5)
        raise AssertionError(f"no process with {word}: {[one.cmdline() for one in self.processes()]}")

    def clear(self) -> None:
        """End what a failed test left, by id."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)


def follow_until(process: Command, words: str) -> str:
    """Read a command's story until a line has the words; return what was read."""
    assert process.stderr is not None
    read = ""
    for line in process.stderr:
        read += line
        if words in line:
            return read
    raise AssertionError(f"the story ended without {words!r}: {read}")


def busy_port() -> tuple[socket.socket, int]:
    """A listening socket and its port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener, int(listener.getsockname()[1])


def folder_with(folder: Path, *programs: str) -> str:
    """A PATH on which only these programs are."""
    folder.mkdir()
    for program in programs:
        found = shutil.which(
            program, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        )
        assert found is not None
        (folder / program).symlink_to(found)
    return str(folder)
