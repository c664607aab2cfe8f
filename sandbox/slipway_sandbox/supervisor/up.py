"""Starting a world, seen from the command: checks first, then a detached supervisor, watched until ready."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from slipway_sandbox.snowflake.keys import make_airflows_key
from slipway_sandbox.snowflake.place import FOLDER
from slipway_sandbox.supervisor.daemon import RELEASE
from slipway_sandbox.supervisor.down import end_leftovers
from slipway_sandbox.supervisor.events import FAILPOINT_VARIABLE, Event, Kind, Step
from slipway_sandbox.supervisor.faults import (
    DependencyError,
    ExitCode,
    NotRunningError,
    SandboxError,
    UsageError,
)
from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.supervisor.order import Order
from slipway_sandbox.supervisor.plugins import sdk_versions
from slipway_sandbox.supervisor.project import plan_founding, stack_files
from slipway_sandbox.supervisor.servers import AIRFLOWS, Server, Site, choose_ports, with_requirements
from slipway_sandbox.supervisor.stacks import pulumi_program
from slipway_sandbox.supervisor.status import busy, ended_early, endpoints
from slipway_sandbox.world import Founding, World

_EXIT_SECONDS = 20.0

Tell = Callable[[str], None]
"""Where the story of a start goes, one sentence at a time."""


class StartFailedError(SandboxError):
    """The supervisor gave up; its own reason and exit code."""

    def __init__(self, event: Event) -> None:
        super().__init__(event.text, remedy=event.remedy)
        self.exit_code = ExitCode(event.exit_code)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What ``up`` was asked for.

    Attributes:
        project: the Pulumi project, absolute.
        home: the sandbox's folder.
        servers: the servers asked for; all when empty.
        ports: server -> the port asked for.
        libraries: DynamoDB Local's jars.
    """

    project: Path
    home: Home
    servers: Sequence[Server]
    ports: Mapping[Server, int]
    libraries: Path


def running_world(home: Home) -> World | None:
    """The world that is up in ``home``, or nothing.

    Raises:
        NotRunningError: another command is starting it right now.
    """
    if not home.is_held:
        return None
    if not home.endpoints.exists():
        raise busy(home)
    return World.load(home.path)


def require_same(wish: Wish, world: World) -> None:
    """Accept a running world as the answer to a wish that it fulfils already.

    Raises:
        DependencyError: it lacks a server that is wished for, or has one on another port. None is added or
            moved: a world starts whole.
    """
    has = {Server(name): urlsplit(url).port for name, url in endpoints(world).items()}
    servers = with_requirements(wish.servers)
    differences = [f"without {server}" for server in servers if server not in has]
    differences += [
        f"with {server} on port {has[server]}, not {wish.ports[server]}"
        for server in servers
        if server in has and wish.ports.get(server) and wish.ports[server] != has[server]
    ]
    if differences:
        raise DependencyError(
            f"the sandbox in {world.home} is up {' and '.join(differences)}",
            remedy="end it, and its world, with `slipway sandbox down`; then start it like this",
        )


def start(wish: Wish, tell: Tell) -> World:
    """Start a fresh world and return it when every server answers.

    Raises:
        SandboxError: something is missing or failed; nothing runs then.
        KeyboardInterrupt: the person gave up; nothing runs then.
    """
    order, founding = _plan(wish)
    held = wish.home.hold()
    if held is None:
        raise busy(wish.home)
    with held:
        _clear(wish.home, tell)
        wish.home.logs.mkdir()
        founding.save(wish.home.path)
        if Server.SNOWFLAKE in order.site.ports:
            make_airflows_key(wish.home.path / FOLDER)
        _start_supervisor(order, held.fileno(), tell)
    return World.load(wish.home.path)


def _plan(wish: Wish) -> tuple[Order, Founding]:
    """Check everything that can be checked before anything is touched."""
    servers = with_requirements(wish.servers)
    airflows = [server.airflow_stack for server in servers if server in AIRFLOWS]
    founding = plan_founding(wish.project, needs_github=Server.GITHUB in servers, airflows=airflows)
    sdk_versions(wish.project)
    pulumi_program(wish.project)
    site = Site(
        home=wish.home,
        libraries=wish.libraries,
        ports=choose_ports(servers, wish.ports),
    )
    for server in servers:
        site.command(server)
    stacks = tuple(stack_files(wish.project))
    return Order(project=wish.project, stacks=stacks, site=site, failpoint=_failpoint()), founding


def _failpoint() -> Step | None:
    name = os.environ.get(FAILPOINT_VARIABLE, "")
    if name and name not in set(Step):
        raise UsageError(f"{FAILPOINT_VARIABLE}={name} is no step", remedy=f"one of: {', '.join(Step)}")
    return Step(name) if name else None


def _clear(home: Home, tell: Tell) -> None:
    """Remove what an earlier world left, and say so: nothing of it can be continued."""
    crash = home.recorded_crash()
    ended = end_leftovers(home)
    if ended:
        tell(f"ended processes that an earlier sandbox left: {', '.join(map(str, ended))}")
    if crash is not None:
        tell(f"the earlier sandbox crashed ({crash.server}: {crash.reason}, {crash.when}); its world is gone")
    if not home.is_empty:
        tell("starting fresh: state and databases of the earlier sandbox are removed")
    home.wipe()


def _start_supervisor(order: Order, lock: int, tell: Tell) -> None:
    """Run the supervisor as a session of its own and hold its lifeline until it is ready.

    It inherits the lock on the home: between this command and the supervisor nobody else can take it.
    """
    command = [sys.executable, "-P", "-u", "-m", "slipway_sandbox.supervisor.daemon", order.to_text()]
    with (order.site.home.logs / "supervisor.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=order.site.home.path,
            start_new_session=True,
            pass_fds=(lock,),
        )
    try:
        _follow(process, order.site.home, tell)
    except BaseException:
        _let_go(process)
        raise


def _follow(process: subprocess.Popen[bytes], home: Home, tell: Tell) -> None:
    lifeline, story = process.stdin, process.stdout
    assert lifeline is not None  # noqa: S101 - PIPE above
    assert story is not None  # noqa: S101 - PIPE above
    for line in story:
        event = Event.parse(line.decode())
        if event.kind is Kind.READY:
            _release(lifeline, home)
            return
        if event.kind is Kind.FAILED:
            raise StartFailedError(event)
        tell(event.text)
    raise NotRunningError(
        "the sandbox's supervisor ended by itself", remedy="see `slipway sandbox logs supervisor`"
    )


def _release(lifeline: IO[bytes], home: Home) -> None:
    try:
        lifeline.write(RELEASE)
        lifeline.flush()
    except BrokenPipeError as error:
        raise ended_early(home) from error


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Close the lifeline and wait: when this returns, nothing of the world runs."""
    if process.stdin is not None:
        process.stdin.close()
    process.wait(timeout=_EXIT_SECONDS)
