"""The two servers under comparison, each a process of the sandbox's environment."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
_TOOLS: Final = ROOT / "sandbox" / ".venv" / "bin"
_DEADLINE_SECONDS: Final = 60.0

Parameters = Mapping[str, Any]
"""What a connection takes."""


@contextmanager
def ours(home: Path) -> Iterator[Parameters]:
    """The sandbox Snowflake, its data on disk, roles enforced."""
    port = _free_port()
    command = [str(_TOOLS / "python"), "-P", "-u", "-m", "slipway_sandbox.snowflake"]
    with _running([*command, "--home", str(home), "--port", str(port)], port, home / "ours.log"):
        key = home / "snowflake" / "engineer.p8"
        yield _local(port) | {"user": "PLATFORM_ENGINEER", "private_key_file": str(key)}


@contextmanager
def plain_fakesnow(home: Path) -> Iterator[Parameters]:
    """fakesnow's own server, its data in memory."""
    port = _free_port()
    with _running([str(_TOOLS / "fakesnow"), "-s", "-p", str(port)], port, home / "fakesnow.log"):
        yield _local(port) | {"user": "fake", "password": "fake"}


def _local(port: int) -> dict[str, Any]:
    return {"account": "sandbox", "host": "127.0.0.1", "port": port, "protocol": "http"}


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int, log: Path) -> Iterator[None]:
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            _wait_until_it_listens(process, port, log)
            yield
        finally:
            process.terminate()
            process.wait()


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"a server did not start: {log.read_text(encoding='utf-8')}")
