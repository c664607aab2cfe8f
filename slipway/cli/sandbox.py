"""`slipway sandbox ...`: the embedded cloud, run by the sandbox's own command.

Owned here: which sub-commands there are and a line on each. Arguments, `--help` included, go to the sandbox's
command as they are: it parses and explains them, and docs/reference asks it for its words. `seed` reads
Terraform states first, which the sandbox does not know.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import typer
from typer.core import TyperCommand

from slipway.adapters.sandbox_process import become_sandbox_command, sandbox_command_help
from slipway.cli import sandbox_seed

_CHECKOUT: Final = Path(__file__).resolve().parents[2]

_WIDTH: Final = 100

_SUMMARIES: Final = {
    "up": "Start a fresh world and wait until every server answers.",
    "down": "End every process of the sandbox and remove its world.",
    "status": "Say whether a sandbox is up, where it answers, how it ended.",
    "env": 'Print the environment that points plain tools at it: eval "$(slipway sandbox env)".',
    "logs": "Show what a server said, also after it has crashed.",
    "inventory": "List what exists now, asked from the servers.",
}

app = typer.Typer(
    no_args_is_help=True,
    help="The embedded cloud: AWS accounts, a GitHub and provider plugins on this machine.",
)


class _SandboxCommand(TyperCommand):
    """A sub-command that the sandbox's own command explains."""

    def get_help(self, ctx: Any) -> str:
        return sandbox_command_help(_CHECKOUT, str(self.name), ctx.terminal_width or _WIDTH)


def _passing_on(name: str) -> Callable[[typer.Context], None]:
    def command(context: typer.Context) -> None:
        become_sandbox_command(_CHECKOUT, [name, *context.args])

    return command


for _name, _summary in _SUMMARIES.items():
    app.command(
        _name,
        cls=_SandboxCommand,
        help=_summary,
        add_help_option=False,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(_passing_on(_name))

app.command("seed")(sandbox_seed.command)
