"""`slipway adopt`: Terraform's resources become Pulumi's, layer by layer."""

import typer

from slipway.cli import adopt_inventory

app = typer.Typer(rich_markup_mode=None)
app.command("inventory")(adopt_inventory.command)


@app.callback()
def _adopt() -> None:
    """Take over what Terraform manages, layer by layer, without a change to the cloud."""
