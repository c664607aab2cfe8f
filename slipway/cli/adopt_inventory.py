"""`slipway adopt inventory`: what Terraform states hold, and what can become of each instance."""

import typer

from slipway.adopt.inventory import take_inventory
from slipway.adopt.layers import parse_layers
from slipway.cli.adopt_inventory_view import render_inventory
from slipway.cli.adopt_sources import (
    LayersOption,
    PrefixOption,
    RegionOption,
    StatesArgument,
    TableOption,
    WorkspaceOption,
    read_states,
)
from slipway.cli.console import Format, FormatOption


def command(
    states: StatesArgument,
    *,
    layer: LayersOption = None,
    workspace: WorkspaceOption = "default",
    workspace_key_prefix: PrefixOption = "env:",
    dynamodb_table: TableOption = "",
    region: RegionOption = "us-east-1",
    style: FormatOption = Format.TEXT,
) -> None:
    """Say what Terraform states hold, by layer and type, and what can become of each instance, and why.

    It reads states of format 4, of Terraform and OpenTofu, and changes nothing. A state whose lock is held,
    or that is not the revision its digest is of, is not read. While no layer is named, instances are told by
    their outermost module. Every instance is counted: data sources, deposed and tainted objects too.

    \b
    Examples:
      slipway adopt inventory terraform.tfstate
      terraform state pull | slipway adopt inventory -
      slipway adopt inventory s3://finedge-terraform/data/terraform.tfstate --workspace prod
      slipway adopt inventory network.tfstate data.tfstate --layer 'lake=aws_s3_*' --format json
    """  # noqa: D301 - a backspace is how click is told to keep lines
    layers = parse_layers(layer or ())
    read = read_states(
        states,
        workspace=workspace,
        prefix=workspace_key_prefix,
        table=dynamodb_table,
        region=region,
    )
    typer.echo(render_inventory(take_inventory(read, layers), style))
