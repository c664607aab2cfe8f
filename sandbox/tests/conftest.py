"""What the tests of several servers share: free ports and child processes that never outlive a test run."""

import atexit
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

# Speed is no property of the code under test: machines are shared, and a slow minute is not a counterexample.
settings.register_profile("shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared-machine")

# Tests speak gRPC to provider plugins; its handlers of fork() go on in a child until it is another program,
# and have broken one in thirty of them. Nothing here forks but to start a program.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"

# A script that starts the tests in the background has them ignore Ctrl-C, and every process that they start
# would inherit that: tests that interrupt a command would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

PROJECT = Path(__file__).parents[2]
DEADLINE_SECONDS = 60.0


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept_port() -> int:
    """A port of the loopback interface that stays this process's: nobody else is given it.

    A server may listen on it, and end, as often as wanted: a socket that is bound and does not listen is in
    nobody's way who sets SO_REUSEADDR, as Python's servers do (socket(7)).
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    atexit.register(holder.close)
    return int(holder.getsockname()[1])


@contextmanager
def own_process(command: list[str], **options: Any) -> Iterator["subprocess.Popen[Any]"]:
    """A process that ends with the block; Popen's own block waits for it, for ever where a test fails."""
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def running(command: list[str], ready_url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends, once it answers HTTP (with any status)."""
    with log.open("wb") as output, own_process(command, stdout=output, stderr=output) as process:
        _wait_until_answers(process, ready_url, log)
        yield process


def _wait_until_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - a loopback URL of the test's own
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{url} did not answer: {log.read_text()}")
