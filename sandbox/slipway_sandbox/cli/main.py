"""The command ``slipway-sandbox``: its arguments and its help.

argparse, because ``env`` runs in every shell that works with the sandbox and has to be quick.
"""

import argparse
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

from slipway_sandbox.cli import commands
from slipway_sandbox.supervisor.dynamodb import LIBRARIES
from slipway_sandbox.supervisor.faults import ExitCode, SandboxError, UsageError
from slipway_sandbox.supervisor.home import DEFAULT_HOME
from slipway_sandbox.supervisor.servers import AIRFLOWS, Server
from slipway_sandbox.world import WorldError

_EPILOG = """\
exit codes:
  0 ok    1 a stack file is wrong    2 usage    3 something is missing or not running
"""

_PRODS_AIRFLOW = "airflow"

_Subparsers: TypeAlias = "argparse._SubParsersAction[_Parser]"  # noqa: SLF001 - it has no public name


def run() -> None:
    """Run the command; what can go wrong ends in two lines and its exit code."""
    sys.exit(main(sys.argv[1:]))


def main(words: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        arguments = _parser().parse_args(words)
        with contextlib.suppress(BrokenPipeError):  # `| head` has read enough
            return int(arguments.command(arguments))
    except (SandboxError, WorldError) as error:
        sys.stderr.write(f"error: {error.message}\n  remedy: {error.remedy}\n")
        return error.exit_code if isinstance(error, SandboxError) else ExitCode.ENVIRONMENT
    except OSError as error:  # the folder cannot be made, or a file in it cannot be read
        if error.filename is None:
            raise
        sys.stderr.write(
            f"error: {error.filename}: {error.strerror}\n  remedy: name a folder of yours with --home\n"
        )
        return ExitCode.ENVIRONMENT
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return ExitCode.INTERRUPTED
    return ExitCode.OK


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words in two lines, as every other error."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, remedy=f"see `{self.prog} --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="slipway sandbox",
        description="The embedded cloud: AWS, GitHub, Snowflake, Airflow, provider plugins, on one machine.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (_add_up, _add_down, _add_status, _add_env, _add_logs, _add_inventory, _add_seed):
        add(subparsers)
    return parser


def _add_up(subparsers: _Subparsers) -> None:
    parser = _command(
        subparsers,
        commands.up,
        "up",
        "start a fresh world and wait until every server answers",
        """\
Each stack file of the project becomes a stack, in the AWS account that the file names. Afterwards
  eval "$(slipway sandbox env)"
points plain pulumi, aws and boto3 at it. A world that is already up is left as it is; with other servers
or ports than it has, `up` refuses. What an earlier world left is removed first: AWS objects live in memory,
so none can be continued.

examples:
  slipway sandbox up                   everything but Airflow, on free ports
  slipway sandbox up --airflow         and the Airflow of prod
  slipway sandbox up --airflow dev,prod
  slipway sandbox up aws               the AWS front and what it needs
  slipway sandbox up --aws-port 4566   at a known address
""",
    )
    parser.add_argument(
        "servers",
        nargs="*",
        type=_server,
        metavar="SERVER",
        help=f"what to start ({', '.join(Server)}); all but Airflow if absent; `airflow` is that of prod",
    )
    parser.add_argument(
        "--airflow",
        nargs="?",
        type=_airflows,
        default=(),
        const=(Server.AIRFLOW_PROD,),
        metavar="STACKS",
        help="an Airflow for each of these stacks too (12 seconds, a gigabyte each); prod if none is named",
    )
    for server in Server:
        parser.add_argument(
            f"--{server}-port",
            type=_port,
            default=0,
            metavar="N",
            help=f"port for {server}; a free one if absent",
        )
    parser.add_argument(
        "--dynamodb-libraries",
        type=_folder,
        default=LIBRARIES,
        metavar="DIR",
        help="DynamoDB Local's jars; where `make setup` puts them if absent",
    )


def _add_down(subparsers: _Subparsers) -> None:
    _command(
        subparsers,
        commands.down,
        "down",
        "end every process of the sandbox and remove its world",
        """\
State, databases, repositories and logs go. Nothing is lost that `up` and `pulumi up` do not make again.
Without a sandbox it does nothing.
""",
    )


def _add_status(subparsers: _Subparsers) -> None:
    parser = _command(
        subparsers,
        commands.status,
        "status",
        "say whether a sandbox is up, where it answers, how it ended",
        "Ends with 0 when it is up, with 3 when it is not; a crash is told with the server and its reason.\n",
    )
    _add_format(parser, "text", "json")


def _add_env(subparsers: _Subparsers) -> None:
    parser = _command(
        subparsers,
        commands.env,
        "env",
        "print the environment that points plain tools at the sandbox",
        """\
  eval "$(slipway sandbox env)"                    as the platform engineer
  eval "$(slipway sandbox env --as ana.silva)"     as somebody of the workspace's team.yaml

It also brings the sandbox's stack files up to date with the project's: run it again after editing one. What
`pulumi config set` wrote into a copy lasts until then, and is named when it goes: to keep a setting, write it
into the project's file.
In JSON, null means that a variable is to be unset.
""",
    )
    parser.add_argument(
        "--as", dest="person", metavar="ID", help="whose AWS credentials; the platform engineer's if absent"
    )
    _add_format(parser, "shell", "json")


def _add_logs(subparsers: _Subparsers) -> None:
    parser = _command(
        subparsers,
        commands.logs,
        "logs",
        "show what a server said, also after it has crashed",
        """\
examples:
  slipway sandbox logs              which logs there are
  slipway sandbox logs aws          its last 100 lines
  slipway sandbox logs aws -f       and what comes, until the sandbox ends
""",
    )
    parser.add_argument("server", nargs="?", metavar="SERVER", help="whose log; the list of logs if absent")
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the sandbox ends")
    parser.add_argument(
        "--lines", type=_count, default=100, metavar="N", help="how many of the last lines (100)"
    )


def _add_inventory(subparsers: _Subparsers) -> None:
    parser = _command(
        subparsers,
        commands.inventory,
        "inventory",
        "list what exists now, asked from the servers",
        """\
Objects are asked from the servers (AWS, GitHub, Snowflake), not from Pulumi's state. Objects of types that no
server here knows are what the provider plugins have recorded, and are labelled so.

examples:
  slipway sandbox inventory --stack dev
  slipway sandbox inventory --format markdown
""",
    )
    parser.add_argument(
        "--stack", metavar="NAME", help="only what belongs to this stack; all stacks if absent"
    )
    _add_format(parser, "text", "json", "markdown")


def _add_seed(subparsers: _Subparsers) -> None:
    parser = _command(
        subparsers,
        commands.seed,
        "seed",
        "have objects exist that standard input describes",
        """\
It is what `slipway sandbox seed --state FILE` runs: that reads Terraform states, and hands over what they
remember by Pulumi's names.
""",
    )
    parser.add_argument("--stack", required=True, metavar="NAME", help="in whose account")
    _add_format(parser, "text", "json")


def _command(
    subparsers: _Subparsers,
    command: Callable[[argparse.Namespace], int],
    name: str,
    summary: str,
    text: str,
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=command)
    parser.add_argument(
        "--project", type=_folder, metavar="DIR", help="the Pulumi project; the nearest one upwards if absent"
    )
    parser.add_argument(
        "--home", type=_folder, metavar="DIR", help=f"the sandbox's folder; PROJECT/{DEFAULT_HOME} if absent"
    )
    return parser


def _add_format(parser: argparse.ArgumentParser, *formats: str) -> None:
    parser.add_argument(
        "--format", choices=formats, default=formats[0], help=f"how to write it ({formats[0]})"
    )


def _folder(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _server(text: str) -> Server:
    if text == _PRODS_AIRFLOW:
        return Server.AIRFLOW_PROD
    if text not in list(Server):
        raise argparse.ArgumentTypeError(f"'{text}' is none of {', '.join(Server)}")
    return Server(text)


def _airflows(text: str) -> tuple[Server, ...]:
    known = ", ".join(server.airflow_stack for server in AIRFLOWS)
    try:
        return tuple(Server.airflow_of(stack) for stack in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of {known}, like dev,prod") from None


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of lines")
    return int(text)
