"""`slipway adopt propose`: what adopting layers would do, as files for people to review."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from slipway.adopt.baseline import Grounds, write_baselines
from slipway.adopt.layers import parse_layers
from slipway.adopt.proposal import Proposal, write_proposal
from slipway.adopt.propose import Target, propose
from slipway.adopt.pulumi_state import Owned, read_owned
from slipway.cli import wiring
from slipway.cli.adopt_judging import judge_proposal
from slipway.cli.adopt_layers import PRODUCTION
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
from slipway.cli.named_files import read_file, write_file
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode, UsageError

_BASELINE_DAYS: Final = 90


class NoLayer(UsageError):  # noqa: N818 - it says what is the case
    """No layer was named."""


class NoGrounds(UsageError):  # noqa: N818 - same
    """Baselines were asked for, and not everything that they have to say was given."""


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
    baseline_ticket: Annotated[
        str,
        typer.Option(
            "--baseline-ticket",
            metavar="TICKET",
            help="Write LAYER.waivers.yaml: what the production policies refuse today, discussed there.",
            show_default=False,
        ),
    ] = "",
    baseline_approver: Annotated[
        str,
        typer.Option(
            "--baseline-approver", metavar="PERSON", help="Who answers for that.", show_default=False
        ),
    ] = "",
    baseline_days: Annotated[
        int, typer.Option("--baseline-days", metavar="DAYS", min=1, help="For how long it holds.")
    ] = _BASELINE_DAYS,
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
      slipway adopt propose terraform.tfstate -s prod --layer 'lake=aws_s3_*' --baseline-ticket PLAT-7 \\
        --baseline-approver ana.silva

    Exits with 1 when something has two owners, or would have: that is settled before the import.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    layers = parse_layers(layer or ())
    if not layers:
        raise NoLayer("no layer is named", remedy="give --layer NAME=PATTERN; slipway adopt inventory helps")
    read = read_states(
        states, workspace=workspace, prefix=workspace_key_prefix, table=dynamodb_table, region=region
    )
    target = _target(stack, exported or ())
    grounds = _grounds(baseline_ticket, baseline_approver, baseline_days)
    reporter = console_of(context).reporter
    with reporter.task("asking the SDKs"):
        proposals = propose(read, layers, target, wiring.resource_types())
    for proposal in proposals:
        write_file(to / f"{proposal.layer}.proposal.json", write_proposal(proposal), option="--to")
        if grounds is not None:
            with reporter.task(f"judging {proposal.layer}"):
                write_file(
                    to / f"{proposal.layer}.waivers.yaml", _baselines(proposal, grounds), option="--to"
                )
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


def _grounds(ticket: str, approver: str, days: int) -> Grounds | None:
    if not ticket and not approver:
        return None
    if not ticket or not approver:
        raise NoGrounds(
            "a baseline needs a ticket and an approver",
            remedy="give both: --baseline-ticket PLAT-7 --baseline-approver ana.silva",
        )
    today = datetime.now(UTC).date()
    return Grounds(ticket=ticket, approver=approver, expires=today + timedelta(days=days))


def _baselines(proposal: Proposal, grounds: Grounds) -> str:
    return write_baselines(proposal, judge_proposal(proposal, PRODUCTION), grounds)
