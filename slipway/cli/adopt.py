"""`slipway adopt`: Terraform's resources become Pulumi's, layer by layer."""

import typer

from slipway.cli import (
    adopt_handback,
    adopt_import,
    adopt_inventory,
    adopt_propose,
    adopt_release,
    adopt_status,
    adopt_verify,
    adopt_wrap,
)

app = typer.Typer(rich_markup_mode=None)
app.command("inventory")(adopt_inventory.command)
app.command("propose")(adopt_propose.command)
app.command("import")(adopt_import.command)
app.command("verify")(adopt_verify.command)
app.command("release")(adopt_release.command)
app.command("handback")(adopt_handback.command)
app.command("status")(adopt_status.command)
app.command("wrap")(adopt_wrap.command)


@app.callback()
def _adopt() -> None:
    """Take over what Terraform manages, layer by layer, without a change to the cloud."""
