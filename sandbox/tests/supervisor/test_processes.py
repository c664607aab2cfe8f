"""Processes are ended by identity: id and start time, never a name."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from slipway_sandbox.supervisor.processes import Identity, end, spawn
from tests.conftest import own_process

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-uc",
    "import time; from signal import *; signal(SIGTERM, SIG_IGN); print('told: deaf'); time.sleep(600)",
]
FAMILY = [
    sys.executable,
    "-uc",
    f"import subprocess, time; print('told:', subprocess.Popen({SLEEP}).pid); time.sleep(600)",
]
GENERATIONS = """
import sys, time
from pathlib import Path
from slipway_sandbox.supervisor.processes import spawn
child = spawn([sys.executable, "-c", "import time; time.sleep(600)"], log=Path(sys.argv[1]), cwd=Path("/"))
print(child.pid, flush=True)
time.sleep(600)
"""

GUARD = f"""
import subprocess, sys
from slipway_sandbox.supervisor.processes import adopt_orphans, end_descendants, reap_adopted
adopt_orphans()
leave = "import subprocess; print(subprocess.Popen({SLEEP}, start_new_session=True, stdout=-3).pid)"
orphan = int(subprocess.run([sys.executable, "-c", leave], stdout=subprocess.PIPE, check=True).stdout)
subprocess.run(["sh", "-c", "sleep 0 >/dev/null &"], check=True)
reap_adopted(set())
print(orphan, end_descendants())
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where children write."""
    return tmp_path / "log"


@pytest.fixture
def bystander() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that nobody asked to end."""
    with own_process(SLEEP) as process:
        yield process


def told(log: Path) -> str:
    """What a child wrote of itself, once it has; gRPC may write into the log as well when it is forked."""
    deadline = time.monotonic() + 30
    while True:
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        if found := re.search(r"^told: (.*)\n", text, re.MULTILINE):
            return found[1]
        assert time.monotonic() < deadline, text
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """Whether a process has ended, within a deadline."""
    deadline = time.monotonic() + 30
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_child_is_ended_and_reported(log: Path) -> None:
    """Its id comes back, so that the person can be told."""
    with spawn(SLEEP, log=log, cwd=log.parent) as child:
        assert end([Identity.of(child.pid)]) == [child.pid]
        assert gone(child.pid)


def test_a_deaf_child_is_killed(log: Path) -> None:
    """Politely first; then the signal that cannot be ignored."""
    with spawn(STUBBORN, log=log, cwd=log.parent) as child:
        assert told(log) == "deaf"
        end([Identity.of(child.pid)])
        assert gone(child.pid)


def test_the_whole_group_ends(log: Path) -> None:
    """What a server has started goes with it."""
    with spawn(FAMILY, log=log, cwd=log.parent) as child:
        grandchild = int(told(log))
        end([Identity.of(child.pid)])
        assert gone(child.pid)
        assert gone(grandchild)


def test_a_reused_id_is_not_ended(bystander: "subprocess.Popen[bytes]") -> None:
    """The record of a crashed sandbox may name an id that is somebody else's by now."""
    stale = Identity(pid=bystander.pid, started=Identity.of(bystander.pid).started - 3600)
    assert not stale.is_alive
    assert end([stale]) == []
    assert bystander.poll() is None


def test_an_id_that_is_gone_is_nothing_to_end() -> None:
    """`down` after everything has died is no error."""
    with own_process([sys.executable, "-c", ""]) as process:
        process.wait()
    assert end([Identity(pid=process.pid, started=time.time())]) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_a_child_dies_with_a_killed_parent(log: Path) -> None:
    """SIGKILL leaves a parent no time to end its children: the kernel does it."""
    command = [sys.executable, "-c", GENERATIONS, str(log)]
    with own_process(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert psutil.pid_exists(child)
        os.kill(parent.pid, signal.SIGKILL)
        assert gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="adopting orphans is Linux's")
def test_a_descendant_that_left_its_parent_and_its_session_is_ended() -> None:
    """Airflow's DAG processor and tasks do both."""
    said = subprocess.run([sys.executable, "-c", GUARD], stdout=subprocess.PIPE, text=True, check=True).stdout
    orphan, ended = said.split(" ", 1)
    assert int(orphan) in json.loads(ended)
    assert gone(int(orphan))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_a_child_may_be_asked_to_end_when_its_parent_dies(log: Path) -> None:
    """It has children of its own to end, for which SIGKILL leaves no time."""
    note = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('asked')))"
    program = GENERATIONS.replace('cwd=Path("/")', 'cwd=Path("/"), at_death=signal.SIGTERM').replace(
        '"import time; time.sleep(600)"', f"\"{note}; print('told: up', flush=True); time.sleep(600)\""
    )
    command = [sys.executable, "-c", f"import signal\n{program}", str(log)]
    with own_process(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert told(log) == "up"
        os.kill(parent.pid, signal.SIGKILL)
        assert gone(child)
    assert log.read_text(encoding="utf-8").split() == ["told:", "up", "asked"]
