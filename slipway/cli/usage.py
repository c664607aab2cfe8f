"""The line of a command's help that says how it is written."""

from typing import Any

from typer.core import TyperCommand


class ArgumentsFirst(TyperCommand):
    """A command whose usage names arguments before options, as examples do: `deploy RELEASE -s ENV`."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the pieces of the usage line after the command's name."""
        options, *arguments = super().collect_usage_pieces(ctx)
        return [*arguments, options]
