"""The supervisor: it starts the servers, watches them, and ends them whenever it ends.

Until the world is ready its life hangs on the command that started it: its standard input is a pipe held by
that command alone (the lifeline), and when the pipe closes before the word of release, everything ends. From
then on it ends when it is told to (`down`), or when a server crashes: AWS objects live in that server's
memory, so a world with a missing server is no world, and none is restarted.

One thread, on purpose: the kernel ties a child's life to the thread that started it.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from slipway_sandbox.supervisor.environment import pulumi_variables
from slipway_sandbox.supervisor.events import FAILPOINT_VARIABLE, Event, Kind, Step
from slipway_sandbox.supervisor.faults import DependencyError, SandboxError
from slipway_sandbox.supervisor.home import Crash, own_identity
from slipway_sandbox.supervisor.order import Order
from slipway_sandbox.supervisor.plugins import write_plugins
from slipway_sandbox.supervisor.processes import (
    Child,
    Identity,
    adopt_orphans,
    end,
    end_descendants,
    reap_adopted,
    spawn,
)
from slipway_sandbox.supervisor.servers import AIRFLOWS, Server, death_signal, is_ready
from slipway_sandbox.supervisor.shadow import refresh_shadow
from slipway_sandbox.supervisor.stacks import init_command, pulumi_program
from slipway_sandbox.supervisor.status import ended_early
from slipway_sandbox.world import Founding, World

RELEASE = b"released\n"
"""What the starting command writes into the lifeline when it has seen that all is ready."""

_TICK_SECONDS = 0.05
_READY_DEADLINE_SECONDS = 300.0
_LIFELINE = 0


class _EndedError(Exception):
    """The supervisor was told to end, or its lifeline closed: the way out of any step."""


class _CrashedError(DependencyError):
    """A server ended by itself."""

    def __init__(self, server: Server, reason: str) -> None:
        super().__init__(f"{server} ended by itself: {reason}", remedy=f"see `slipway sandbox logs {server}`")
        self.server = server
        self.reason = reason


class Supervisor:
    """One world, from its first process to its last.

    Args:
        order: what to start.
        story: where events are told until the world is released.
    """

    def __init__(self, order: Order, story: IO[str]) -> None:
        self._order = order
        self._site = order.site
        self._home = order.site.home
        self._story = story
        self._children: dict[Server, Child] = {}
        self._helper: Child | None = None
        self._identities: dict[str, Identity] = {}
        self._started = time.monotonic()
        self._released = False
        self._told_to_end = False

    def run(self) -> None:
        """Start everything, tell when it is ready, watch until the end, leave no process."""
        adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note_end)
        try:
            self._start()
            self._watch()
        except _CrashedError as crash:
            self._report(crash)
            self._record_crash(crash)
        except SandboxError as fault:
            self._report(fault)
        except _EndedError:
            if not self._released:
                self._report(ended_early(self._home))
        finally:
            self._end_all()

    def _start(self) -> None:
        self._at(Step.RECORD)
        self._identities |= own_identity()
        self._home.record_processes(self._identities)
        for folder in (self._home.databases, self._home.state):
            folder.mkdir()
        for server in self._site.ports:
            self._at(Step(f"spawn-{server}"))
            self._spawn(server)
        self._at(Step.PLUGINS)
        write_plugins(self._home, self._order.project)
        self._at(Step.PROJECT)
        refresh_shadow(self._home, self._order.project)
        self._at(Step.STACKS)
        self._init_stacks()
        self._at(Step.READINESS)
        self._await_servers()
        self._at(Step.ENDPOINTS)
        self._write_world()
        self._at(Step.RELEASE)
        self._tell(Kind.READY, "ready")
        self._wait_until(lambda: self._released)

    def _spawn(self, server: Server) -> None:
        command = self._site.command(server)
        log = self._home.logs / f"{server}.log"
        child = spawn(command, log=log, cwd=self._home.path, at_death=death_signal(server))
        self._children[server] = child
        self._identities[server] = Identity.of(child.pid)
        self._home.record_processes(self._identities)

    def _init_stacks(self) -> None:
        """Make each stack in the state folder, so that a first ``pulumi up -s dev`` finds it."""
        program = pulumi_program(self._order.project)
        env = os.environ | pulumi_variables(self._home, self._order.project)
        log = self._home.logs / "pulumi.log"
        for stack in self._order.stacks:
            self._helper = spawn(init_command(program, stack), log=log, cwd=self._home.project, env=env)
            self._wait_until(lambda child=self._helper: child.poll() is not None)  # type: ignore[misc] # bound now
            if self._helper.returncode != 0:
                message = f"`pulumi stack init {stack}` failed: {_last_line(log)}"
                raise DependencyError(message, remedy="see `slipway sandbox logs pulumi`")
        self._helper = None
        self._tell(Kind.PROGRESS, f"stacks {', '.join(self._order.stacks)}: initialised")

    def _await_servers(self) -> None:
        waiting = list(self._site.ports)
        deadline = self._started + _READY_DEADLINE_SECONDS
        while waiting:
            for server in [one for one in waiting if is_ready(one, self._site.ports[one])]:
                waiting.remove(server)
                self._tell(Kind.PROGRESS, f"{server}: ready")
            if time.monotonic() > deadline:
                names = ", ".join(waiting)
                message = f"{names} did not answer within {_READY_DEADLINE_SECONDS:.0f} seconds"
                raise DependencyError(message, remedy=f"see `slipway sandbox logs {waiting[0]}`")
            self._tick()

    def _write_world(self) -> None:
        founding = Founding.load(self._home.path)
        World(
            home=self._home.path,
            pid=os.getpid(),
            aws=self._site.url(Server.AWS),
            dynamodb=self._site.url(Server.DYNAMODB),
            github=self._site.url(Server.GITHUB),
            snowflake=self._site.url(Server.SNOWFLAKE),
            airflow={one.airflow_stack: self._site.url(one) for one in AIRFLOWS if one in self._site.ports},
            **founding.told,
        ).save()

    def _watch(self) -> None:
        """Wait for the end: a signal, or a server that ends by itself."""
        self._wait_until(lambda: False)

    def _wait_until(self, done: Callable[[], bool]) -> None:
        while not done():
            self._tick()

    def _tick(self) -> None:
        """Wait a moment; notice a closed lifeline and a server that ended."""
        if self._released:
            time.sleep(_TICK_SECONDS)
        elif select.select([_LIFELINE], [], [], _TICK_SECONDS)[0]:
            self._read_lifeline()
        if self._told_to_end:
            raise _EndedError
        reap_adopted({child.pid for child in self._all_children()})
        for server, child in self._children.items():
            if child.poll() is not None:
                raise _CrashedError(server, _how_it_ended(child.returncode))

    def _read_lifeline(self) -> None:
        if os.read(_LIFELINE, len(RELEASE)) != RELEASE:
            raise _EndedError
        self._released = True

    def _note_end(self, number: int, frame: object) -> None:
        """Only note it: an exception out of a signal handler could lose a child that was just started."""
        del number, frame
        self._told_to_end = True

    def _at(self, step: Step) -> None:
        """Stop for ever when this step is the failpoint."""
        if self._order.failpoint is not step:
            return
        self._tell(Kind.FAILPOINT, f"stopped before {step} ({FAILPOINT_VARIABLE})")
        self._wait_until(lambda: False)

    def _tell(self, kind: Kind, text: str) -> None:
        seconds = time.monotonic() - self._started
        Event(kind=kind, text=f"{text} ({seconds:.1f} s)").send(self._story)

    def _report(self, fault: SandboxError) -> None:
        Event(kind=Kind.FAILED, text=fault.message, remedy=fault.remedy, exit_code=fault.exit_code).send(
            self._story
        )

    def _record_crash(self, crash: _CrashedError) -> None:
        when = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
        self._home.record_crash(Crash(server=crash.server, reason=crash.reason, when=when))

    def _end_all(self) -> None:
        """End every child; the world's description goes first, so that nobody is sent to a dead server."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._home.endpoints.unlink(missing_ok=True)
        children = self._all_children()
        end([Identity.of(child.pid) for child in children if child.poll() is None])
        for child in children:
            child.wait()
        end_descendants()  # what a killed Airflow has left: it came to this process

    def _all_children(self) -> list[Child]:
        return [*self._children.values(), *([self._helper] if self._helper else [])]


def _how_it_ended(returncode: int) -> str:
    if returncode < 0:
        return f"signal {signal.Signals(-returncode).name}"
    return f"exit code {returncode}"


def _last_line(log: Path) -> str:
    lines = [
        line.strip()
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.strip()
    ]
    return lines[-1] if lines else "it said nothing"


def main() -> None:
    """Run one supervisor: the order is this process's only argument, the lock on the home is inherited."""
    Supervisor(Order.parse(sys.argv[1]), sys.stdout).run()


if __name__ == "__main__":
    main()
