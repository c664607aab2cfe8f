"""The servers of a world: what each is started with and how it says that it is ready."""

import http.client
import json
import signal
import socket
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

import psutil

from slipway_sandbox.airflow.place import TOOL
from slipway_sandbox.supervisor.dynamodb import java_command
from slipway_sandbox.supervisor.faults import DependencyError
from slipway_sandbox.supervisor.home import Home

LOOPBACK = "127.0.0.1"
_HEALTH_PATH = "/_slipway/health"
_HEALTH_TIMEOUT = 1.0
_OK = 200


class Server(StrEnum):
    """What can be asked for. The order is the order of starting."""

    DYNAMODB = "dynamodb"
    AWS = "aws"
    GITHUB = "github"
    SNOWFLAKE = "snowflake"
    AIRFLOW_DEV = "airflow-dev"
    AIRFLOW_STAGING = "airflow-staging"
    AIRFLOW_PROD = "airflow-prod"

    @property
    def airflow_stack(self) -> str:
        """The stack whose Airflow it is; empty for any other server."""
        return self.value.partition("airflow-")[2]

    @staticmethod
    def airflow_of(stack: str) -> "Server":
        """The Airflow of a stack.

        Raises:
            ValueError: such a stack has none.
        """
        return Server(f"airflow-{stack}")


AIRFLOWS = tuple(server for server in Server if server.airflow_stack)
"""One an environment. Started when asked for: each takes a gigabyte, and some ten seconds."""

USUAL = tuple(server for server in Server if not server.airflow_stack)
"""What is started when nothing is asked for."""

_NEEDS: Mapping[Server, tuple[Server, ...]] = {
    Server.AWS: (Server.DYNAMODB,),
    **dict.fromkeys(AIRFLOWS, (Server.AWS, Server.DYNAMODB)),
}


def with_requirements(asked: Iterable[Server]) -> list[Server]:
    """The servers asked for and those they need, in the order of starting.

    All but Airflow when none is asked for.
    """
    wanted = set(asked) or set(USUAL)
    needed = {requirement for server in wanted for requirement in _NEEDS.get(server, ())}
    return [server for server in Server if server in wanted | needed]


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where servers are started.

    Attributes:
        home: the sandbox's folder.
        libraries: DynamoDB Local's jars.
        ports: server -> its port.
    """

    home: Home
    libraries: Path
    ports: Mapping[Server, int]

    def url(self, server: Server) -> str:
        """Base URL of a server; empty when it is not part of this world."""
        return f"http://{LOOPBACK}:{self.ports[server]}" if server in self.ports else ""

    def command(self, server: Server) -> list[str]:
        """What runs a server.

        Raises:
            DependencyError: something it needs is missing.
        """
        match server:
            case Server.DYNAMODB:
                return java_command(self.libraries, self.home.databases, self.ports[server])
            case Server.AWS:
                return [
                    *self._python(server, "aws"),
                    "--dynamodb",
                    self.url(Server.DYNAMODB),
                    *self._airflows(),
                ]
            case Server.GITHUB | Server.SNOWFLAKE:
                return self._python(server, server)
            case Server.AIRFLOW_DEV | Server.AIRFLOW_STAGING | Server.AIRFLOW_PROD:
                return self._airflow(server)
            case unreachable:
                assert_never(unreachable)

    def _airflow(self, server: Server) -> list[str]:
        require_airflow()
        urls = ["--aws", self.url(Server.AWS), "--snowflake", self.url(Server.SNOWFLAKE)]
        return [*self._python(server, "airflow"), "--stack", server.airflow_stack, *urls]

    def _airflows(self) -> list[str]:
        """What tells the front where each environment's Airflow answers."""
        present = [server for server in AIRFLOWS if server in self.ports]
        return [f"--airflow={server.airflow_stack}={self.url(server)}" for server in present]

    def _python(self, server: Server, module: str) -> list[str]:
        start = [sys.executable, "-P", "-u", "-m", f"slipway_sandbox.{module}"]
        return [*start, "--home", str(self.home.path), "--port", str(self.ports[server])]


def require_airflow() -> None:
    """Make sure that Airflow is installed.

    Raises:
        DependencyError: it is not.
    """
    if not (TOOL / ".venv" / "bin" / "airflow").exists():
        raise DependencyError(
            f"Airflow is missing: there is none in {TOOL / '.venv'}", remedy="run `make setup`"
        )


def death_signal(server: Server) -> signal.Signals:
    """What a server gets when its supervisor dies: an Airflow has processes of its own to end first."""
    return signal.SIGTERM if server in AIRFLOWS else signal.SIGKILL


def is_ready(server: Server, port: int) -> bool:
    """Ask a server whether it is ready to work."""
    try:
        status, body = _get(port, _health_path(server))
    except (OSError, http.client.HTTPException):
        return False
    if server is Server.DYNAMODB:
        return True  # it answers a plain GET with 400
    return status == _OK and (server not in AIRFLOWS or _is_healthy(body))


def _get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_HEALTH_TIMEOUT)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _health_path(server: Server) -> str:
    if server is Server.DYNAMODB:
        return "/"
    return "/health" if server in AIRFLOWS else _HEALTH_PATH


def _is_healthy(body: bytes) -> bool:
    """Whether an Airflow's database and scheduler are well; its web server answers long before the latter."""
    parts = json.loads(body)
    return all(parts[name]["status"] == "healthy" for name in ("metadatabase", "scheduler"))


def choose_ports(servers: Iterable[Server], asked: Mapping[Server, int]) -> dict[Server, int]:
    """A port for each server: the one asked for, else a free one.

    Raises:
        DependencyError: a port that was asked for is in use.
    """
    with_sockets = {server: _bound(server, asked.get(server, 0)) for server in servers}
    ports = {server: int(probe.getsockname()[1]) for server, probe in with_sockets.items()}
    for probe in with_sockets.values():
        probe.close()
    return ports


def _bound(server: Server, port: int) -> socket.socket:
    """A socket on the port, kept open until all are chosen, so that no port is chosen twice."""
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
    try:
        probe.bind((LOOPBACK, port))
        probe.listen()
    except OSError as error:
        probe.close()
        raise DependencyError(
            f"port {port} for {server} is in use{_holder(port)}",
            remedy=f"end what listens there, or leave --{server}-port out to take a free one",
        ) from error
    return probe


def _holder(port: int) -> str:
    """Who listens on a port, as far as this user may know."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    listening = (
        c for c in connections if c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port
    )
    pid = next((connection.pid for connection in listening if connection.pid), None)
    return f" by process {pid} ({psutil.Process(pid).name()})" if pid else ""
