"""`slipway adopt propose`: what adopting layers would do, as files for people to review."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from slipway.adopt.layers import parse_layers
from slipway.adopt.proposal import Proposal, write_proposal
from slipway.adopt.propose import Target, propose
from slipway.adopt.pulumi_state import Owned, read_owned
from slipway.cli import wiring
from slipway.cli.adopt_propose_view import render_proposals
from slipway.cli.adopt_sources import (
    LayersOption,
    PrefixOption,
    RegionOption,
    StatesArgument,
    TableOption,
    WorkspaceOption,
    read_states,
)
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.estate import find_platform, read_estate
from slipway.cli.named_files import read_file
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode, UsageError


class NoLayer(UsageError):  # noqa: N818 - it says what is the case
    """No layer was named."""


class UnwritableProposal(UsageError):  # noqa: N818 - same
    """A proposal cannot be written where it was asked for."""


def command(
    context: typer.Context,
    states: StatesArgument,
    *,
    stack: Annotated[
        StackName,
        typer.Option("--stack", "-s", metavar="STACK", help="Which would own it.", show_default=False),
    ],
    layer: LayersOption = None,
    exported: Annotated[
        list[Path] | None,
        typer.Option(
            "--pulumi-state",
            metavar="FILE",
            help="What `pulumi stack export` wrote, to find what Pulumi owns already; may be given "
            "several times.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", help="Where LAYER.proposal.json is written.")
    ] = Path("proposals"),
    workspace: WorkspaceOption = "default",
    workspace_key_prefix: PrefixOption = "env:",
    dynamodb_table: TableOption = "",
    region: RegionOption = "us-east-1",
    style: FormatOption = Format.TEXT,
) -> None:
    """Propose how layers would be adopted: components, names, URNs, import ids, inputs, overlaps.

    A layer is what addresses match: `module.batch_pipeline` takes every instance of a module, and
    `aws_s3_bucket.zone` all its keys; `*` stands for anything. Name every state of the estate, so that what
    two of them have is found. Each layer becomes a file with a digest; secrets are marked in it, and never
    written. Nothing is changed, in Terraform, Pulumi or the cloud.

    \b
    Examples:
      slipway adopt propose terraform.tfstate -s dev --layer 'lake=aws_s3_*' --layer 'lake=aws_kms_*'
      slipway adopt propose terraform.tfstate -s dev --layer pipelines=module.batch_pipeline --to review

    Exits with 1 when something has two owners, or would have: that is settled before the import.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    layers = parse_layers(layer or ())
    if not layers:
        raise NoLayer("no layer is named", remedy="give --layer NAME=PATTERN; slipway adopt inventory helps")
    read = read_states(
        states, workspace=workspace, prefix=workspace_key_prefix, table=dynamodb_table, region=region
    )
    target = _target(stack, exported or ())
    with console_of(context).reporter.task("asking the SDKs"):
        proposals = propose(read, layers, target, wiring.resource_types())
    for proposal in proposals:
        _write(to / f"{proposal.layer}.proposal.json", proposal)
    typer.echo(render_proposals(proposals, to, style))
    blocked = any(proposal.blocked for proposal in proposals)
    raise typer.Exit(ExitCode.FINDINGS if blocked else ExitCode.OK)


def _target(stack: StackName, exported: Sequence[Path]) -> Target:
    estate = read_estate(find_platform(Path.cwd(), os.environ))
    owned: list[Owned] = []
    for path in exported:
        owned.extend(read_owned(read_file(path), str(path)))
    return Target(
        stack=stack.value, project=estate.project, region=estate.stacks[stack].region, owned=tuple(owned)
    )


def _write(path: Path, proposal: Proposal) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(write_proposal(proposal), encoding="utf-8")
    except OSError as error:
        raise UnwritableProposal(
            f"{path} cannot be written: {error.strerror}",
            remedy="name a folder that can be written: --to FOLDER",
        ) from error
