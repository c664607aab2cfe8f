"""What each sub-command does: arguments in, one call, words out, an exit code.

Results go to standard output, the story to standard error.
"""

import json
import os
import sys
from argparse import Namespace
from pathlib import Path

from slipway_sandbox.supervisor import logs as logbook
from slipway_sandbox.supervisor.down import take_down
from slipway_sandbox.supervisor.environment import shell_lines, variables
from slipway_sandbox.supervisor.faults import ExitCode
from slipway_sandbox.supervisor.home import DEFAULT_HOME, Home
from slipway_sandbox.supervisor.project import find_project
from slipway_sandbox.supervisor.servers import USUAL, Server
from slipway_sandbox.supervisor.shadow import refresh_shadow
from slipway_sandbox.supervisor.status import Condition, as_json, as_text, observe, require_world, sentence
from slipway_sandbox.supervisor.up import Wish, require_same, running_world, start
from slipway_sandbox.world import World


def up(arguments: Namespace) -> int:
    """Start a world, or show the one that is up."""
    usual = USUAL if arguments.airflow and not arguments.servers else ()
    wish = Wish(
        project=_project(arguments),
        home=_home(arguments),
        servers=[*usual, *arguments.servers, *arguments.airflow],
        ports={server: getattr(arguments, f"{server}_port".replace("-", "_")) for server in Server},
        libraries=arguments.dynamodb_libraries,
    )
    world = running_world(wish.home)
    if world is not None:
        require_same(wish, world)
        _tell("the sandbox is already up; for a fresh one: `slipway sandbox down`, then `slipway sandbox up`")
    else:
        world = start(wish, _tell)
        _tell('the sandbox is up; next: eval "$(slipway sandbox env)"')
    _print(as_text(world))
    return ExitCode.OK


def down(arguments: Namespace) -> int:
    """End the world."""
    was_there = take_down(_home(arguments))
    _tell("the sandbox is down; its world is removed" if was_there else "there is no sandbox to end")
    return ExitCode.OK


def status(arguments: Namespace) -> int:
    """Say what is true of the sandbox."""
    found = observe(_home(arguments))
    is_up = found.condition is Condition.UP
    if arguments.format == "json":
        _print(as_json(found))
        return ExitCode.OK if is_up else ExitCode.ENVIRONMENT
    _print(as_text(require_world(found.home)))
    _tell(sentence(found))
    return ExitCode.OK


def env(arguments: Namespace) -> int:
    """Print the environment of the world that is up."""
    project, home = _project(arguments), _home(arguments)
    world = require_world(home)
    for dropped in refresh_shadow(home, project):
        _tell(
            f"{dropped.source.name} has changed: the sandbox's copy follows it, and loses what "
            f"`pulumi config` wrote into it: {', '.join(dropped.settings)}\n"
            f"  to keep a setting, write it into {dropped.source}"
        )
    _tell_absent(world, "variables that would lead there are unset")
    wanted = variables(world, project, os.environ, person=arguments.person)
    _print(json.dumps(wanted, indent=2) if arguments.format == "json" else "\n".join(shell_lines(wanted)))
    return ExitCode.OK


def logs(arguments: Namespace) -> int:
    """Show a log, or which there are."""
    home = _home(arguments)
    if arguments.server is None:
        _print("\n".join(logbook.names(home)))
        return ExitCode.OK
    path = logbook.log_file(home, arguments.server)
    lines, position = logbook.tail(path, arguments.lines)
    for line in lines:
        _print(line)
    for line in logbook.follow(path, home, position) if arguments.follow else ():
        _print(line)
    return ExitCode.OK


def inventory(arguments: Namespace) -> int:
    """List what exists."""
    from slipway_sandbox.inventory.render import rendered  # noqa: PLC0415 - boto3 costs half a second
    from slipway_sandbox.inventory.survey import survey  # noqa: PLC0415 - same

    world = require_world(_home(arguments))
    places = survey(world, arguments.stack)
    _tell_absent(world, "nothing was asked there")
    _print(rendered(places, arguments.format))
    return ExitCode.OK


def seed(arguments: Namespace) -> int:
    """Make what standard input says exist."""
    from slipway_sandbox.seeding.model import Place, read_objects  # noqa: PLC0415 - boto3 costs half a second
    from slipway_sandbox.seeding.run import rendered  # noqa: PLC0415 - same
    from slipway_sandbox.seeding.run import seed as seed_world  # noqa: PLC0415 - same

    world = require_world(_home(arguments))
    seeded = seed_world(world, arguments.stack, read_objects(sys.stdin.read()))
    _print(rendered(seeded, arguments.format))
    lost = any(each.place is Place.NOWHERE for each in seeded)
    return ExitCode.FINDINGS if lost else ExitCode.OK


def _project(arguments: Namespace) -> Path:
    return find_project((arguments.project or Path.cwd()).resolve())


def _home(arguments: Namespace) -> Home:
    """The sandbox's folder: named, else the one that `env` has set, else the project's own."""
    inherited = os.environ.get("SLIPWAY_SANDBOX_HOME")
    if arguments.home is not None:
        return Home(arguments.home)
    if inherited and arguments.project is None:
        return Home(Path(inherited))
    return Home(_project(arguments) / DEFAULT_HOME)


def _tell_absent(world: World, consequence: str) -> None:
    if world.absent:
        _tell(f"this sandbox was started without {', '.join(world.absent)}: {consequence}")


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
