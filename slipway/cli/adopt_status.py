"""`slipway adopt status`: whose everything is, what blocks the rest, what has two owners, what drifts."""

import os
from collections.abc import Iterator
from pathlib import Path

import typer

from slipway.adopt.progress import KnownLayer, progress
from slipway.cli.adopt_layers import StatesOption
from slipway.cli.adopt_records import LedgerRecords
from slipway.cli.adopt_sources import (
    PrefixOption,
    RegionOption,
    TableOption,
    WorkspaceOption,
    read_states,
)
from slipway.cli.adopt_status_view import render_progress
from slipway.cli.console import Format, FormatOption
from slipway.cli.estate import find_platform
from slipway.model.adopted import FOLDER, AdoptedLayer, read_layer
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode


def command(
    *,
    state: StatesOption = None,
    workspace: WorkspaceOption = "default",
    workspace_key_prefix: PrefixOption = "env:",
    dynamodb_table: TableOption = "",
    region: RegionOption = "us-east-1",
    style: FormatOption = Format.TEXT,
) -> None:
    """Say how far the adoption is: whose each object is, by layer and type, and what is to be done.

    The map of owners is what the ledger says, beside the layers' files of this checkout. With --state, what
    nobody has adopted is counted too, with the reason of what cannot be, and an object that was released and
    that Terraform has again is told. Drift is what the newest proof of each layer has found. No engine and no
    cloud is asked, and nothing is changed. --format markdown draws a chart for a pull request, --format json
    has the owner of every address and URN.

    \b
    Examples:
      slipway adopt status --state terraform.tfstate
      slipway adopt status --format json

    Exits with 1 when an object has two owners that nobody has agreed to, or a newest proof found a
    difference.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    platform = find_platform(Path.cwd(), os.environ)
    states = read_states(
        state or (), workspace=workspace, prefix=workspace_key_prefix, table=dynamodb_table, region=region
    )
    files = _files(platform)
    records = LedgerRecords.here()
    known = [each for stack in StackName for each in _known(stack, files, records)]
    found = progress(known, states)
    typer.echo(render_progress(found, style))
    if found.doubles or found.drifted:
        raise typer.Exit(ExitCode.FINDINGS)


def _files(platform: Path) -> tuple[AdoptedLayer, ...]:
    paths = sorted((platform / FOLDER).glob("*.json"))
    return tuple(read_layer(path.read_bytes(), f"{FOLDER}/{path.name}") for path in paths)


def _known(stack: StackName, files: tuple[AdoptedLayer, ...], records: LedgerRecords) -> Iterator[KnownLayer]:
    own = {each.layer: each for each in files if each.stack is stack}
    changes = records.changes(stack)
    for name in sorted({*own, *changes}):
        yield KnownLayer(
            name=name,
            stack=stack,
            file=own.get(name),
            change=changes.get(name),
            proof=records.proof(stack, name),
        )
