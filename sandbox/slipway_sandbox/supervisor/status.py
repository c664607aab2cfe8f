"""What the sandbox is doing now, in one word and a table."""

import json
from dataclasses import dataclass
from enum import StrEnum

from slipway_sandbox.supervisor.faults import NotRunningError
from slipway_sandbox.supervisor.home import Crash, Home
from slipway_sandbox.supervisor.servers import Server
from slipway_sandbox.world import World


class Condition(StrEnum):
    """What can be true of a sandbox."""

    UP = "up"
    CHANGING = "starting or ending"
    CRASHED = "crashed"
    DOWN = "down"


@dataclass(frozen=True, kw_only=True)
class Status:
    """One observation.

    Attributes:
        home: the folder.
        condition: what is true of it.
        world: the world, when it is up.
        crash: how the last world ended, when it crashed.
    """

    home: Home
    condition: Condition
    world: World | None = None
    crash: Crash | None = None


def observe(home: Home) -> Status:
    """Look at the lock, the endpoints file and the records; asks no server."""
    if home.is_held:
        if not home.endpoints.exists():
            return Status(home=home, condition=Condition.CHANGING)
        return Status(home=home, condition=Condition.UP, world=World.load(home.path))
    crash = home.recorded_crash()
    if crash is None and home.endpoints.exists():
        crash = Crash(server="supervisor", reason="it was killed", when="")
    return Status(home=home, condition=Condition.CRASHED if crash else Condition.DOWN, crash=crash)


def require_world(home: Home) -> World:
    """The world that is up.

    Raises:
        NotRunningError: none is; the message says why, the remedy how to get one.
    """
    status = observe(home)
    if status.world is not None:
        return status.world
    if status.condition is Condition.CHANGING:
        raise busy(home)
    remedy = "start one with `slipway sandbox up`"
    if status.crash is not None:
        remedy = (
            f"see `slipway sandbox logs {status.crash.server}`, then start afresh with `slipway sandbox up`"
        )
    raise NotRunningError(sentence(status), remedy=remedy)


def busy(home: Home) -> NotRunningError:
    """Another command is starting or ending this sandbox right now."""
    supervisor = home.recorded_supervisor()
    who = f" (process {supervisor.pid})" if supervisor else ""
    return NotRunningError(
        f"the sandbox in {home.path} is starting or ending{who}",
        remedy="wait for it, or end it with `slipway sandbox down`",
    )


def ended_early(home: Home) -> NotRunningError:
    """Another command, or a signal, ended this sandbox before it was ready."""
    return NotRunningError(
        f"the sandbox in {home.path} was ended while it started: by `slipway sandbox down`, or by a signal",
        remedy="start it again with `slipway sandbox up`",
    )


def sentence(status: Status) -> str:
    """The status as one sentence."""
    match status.condition:
        case Condition.UP if status.world is not None and status.world.absent:
            return f"the sandbox in {status.home.path} is up, without {', '.join(status.world.absent)}"
        case Condition.CRASHED if status.crash is not None:
            when = f" at {status.crash.when}" if status.crash.when else ""
            ended = f"{status.crash.server} ended{when} ({status.crash.reason})"
            return f"the sandbox in {status.home.path} has crashed: {ended}, and its world with it"
        case _:
            return f"the sandbox in {status.home.path} is {status.condition}"


def as_text(world: World) -> str:
    """A table of endpoints and accounts for people."""
    rows = [(str(server), url) for server, url in endpoints(world).items()]
    rows += [(f"account {stack}", account) for stack, account in sorted(world.accounts.items())]
    rows += [("without", ", ".join(world.absent))] if world.absent else []
    rows += [("home", str(world.home)), ("supervisor", f"process {world.pid}")]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def as_json(status: Status) -> str:
    """The same for programs; no secrets."""
    document: dict[str, object] = {"condition": str(status.condition), "home": str(status.home.path)}
    if status.world is not None:
        document |= {
            "pid": status.world.pid,
            "servers": endpoints(status.world),
            "region": status.world.region,
        }
        document |= {"accounts": dict(status.world.accounts), "without": list(status.world.absent)}
    if status.crash is not None:
        document |= {"crash": {"server": status.crash.server, "reason": status.crash.reason}}
    return json.dumps(document, indent=2)


def endpoints(world: World) -> dict[str, str]:
    """Server -> base URL, of the servers that this world has."""
    urls = {
        Server.AWS: world.aws,
        Server.DYNAMODB: world.dynamodb,
        Server.GITHUB: world.github,
        Server.SNOWFLAKE: world.snowflake,
    }
    airflows = {Server.airflow_of(stack): url for stack, url in world.airflow.items()}
    return {str(server): url for server, url in (urls | airflows).items() if url}
