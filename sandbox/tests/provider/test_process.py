"""The provider as a process: it starts as the engine starts it, and never outlives its engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil

from tests.conftest import own_process

if TYPE_CHECKING:
    from pathlib import Path

WAIT_SECONDS = 30


def command(home: Path, package: str = "snowflake") -> list[str]:
    """How the engine's shim starts it; the last argument is the engine's address."""
    module = [sys.executable, "-u", "-m", "slipway_sandbox.provider"]
    return [*module, "--package", package, "--home", str(home), "127.0.0.1:1"]


def test_the_first_line_is_the_port_and_a_signal_ends_it(home: Path) -> None:
    """Nothing else may stand on stdout: the engine would take it for the port."""
    with own_process(command(home), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        process.send_signal(signal.SIGINT)
        assert process.wait(WAIT_SECONDS) == 0
        assert process.stdout.read() == ""


def test_it_ends_when_its_engine_is_killed(home: Path) -> None:
    """A killed engine cannot tell its plugins to end."""
    script = "import subprocess, sys; p = subprocess.Popen(sys.argv[1:]); print(p.pid, flush=True); p.wait()"
    starter = [sys.executable, "-c", script, *command(home)]
    with own_process(starter, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        provider = psutil.Process(int(engine.stdout.readline()))
        assert int(engine.stdout.readline()) > 0
        os.kill(engine.pid, signal.SIGKILL)
        engine.wait(WAIT_SECONDS)
        gone, _ = psutil.wait_procs([provider], timeout=WAIT_SECONDS)
    assert gone == [provider]


def test_an_unknown_package_is_one_line(home: Path) -> None:
    """As a mistyped shim would ask."""
    done = subprocess.run(
        command(home, "gcp"), check=False, capture_output=True, text=True, timeout=WAIT_SECONDS
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "the sandbox has no provider for the package gcp\n"
