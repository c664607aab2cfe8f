"""`slipway adopt import`: carry a reviewed proposal out."""

import json
import os
from pathlib import Path
from typing import Annotated, assert_never

import typer

from slipway.adapters.file_journal import FileJournal
from slipway.adapters.system_clock import SystemClock
from slipway.adopt.baseline import require_passing
from slipway.adopt.importing import Importing
from slipway.adopt.proposal import Proposal, read_proposal
from slipway.adopt.readiness import require_place, require_unchanged
from slipway.cli import wiring
from slipway.cli.adopt_judging import judge_proposal
from slipway.cli.adopt_layers import PRODUCTION, DryRunOption, PackOption
from slipway.cli.adopt_plans import render_plan
from slipway.cli.adopt_records import LedgerRecords
from slipway.cli.adopt_sources import (
    PrefixOption,
    RegionOption,
    TableOption,
    WorkspaceOption,
    read_states,
)
from slipway.cli.adopt_story import AdoptionStory
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.estate import find_platform, read_estate
from slipway.cli.interruption import stoppable
from slipway.cli.named_files import read_file
from slipway.cli.outcomes import exit_as
from slipway.model.adopted import FOLDER, file_name
from slipway.model.counted import counted
from slipway.model.environment import StackName
from slipway.stages import Completed, Outcome, Parked, Undone

JOURNALS = Path(".slipway") / "adoptions"
"""Where imports are written down, in the folder of the program; not in git."""

ProposalArgument = Annotated[
    Path,
    typer.Argument(metavar="PROPOSAL", help="What slipway adopt propose wrote.", show_default=False),
]
StatesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        metavar="STATE",
        help="Where the states are now: a file, s3://BUCKET/KEY, or -; without it, where they were proposed.",
        show_default=False,
    ),
]


def command(
    context: typer.Context,
    proposal_file: ProposalArgument,
    *,
    stack: Annotated[
        StackName,
        typer.Option("--stack", "-s", metavar="STACK", help="Which is to own it.", show_default=False),
    ],
    state: StatesOption = None,
    workspace: WorkspaceOption = "default",
    workspace_key_prefix: PrefixOption = "env:",
    dynamodb_table: TableOption = "",
    region: RegionOption = "us-east-1",
    pack: PackOption = PRODUCTION,
    dry_run: DryRunOption = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Import a proposed layer into a stack, protected, and write the file that the program declares it from.

    Refused before anything is changed: a proposal that was changed, a state that is another revision than
    was proposed, a tainted or deposed object, what policies refuse and no waiver exempts, a URN or object
    that Pulumi has already. Resources are taken
    in batches with the values of Terraform's state; the cloud is not asked, and nothing in it is changed.
    The ledger is told that the layer has two owners now. Killed half-way, the same command goes on; refused
    half-way, what was taken is given back.

    \b
    Examples:
      slipway adopt import proposals/lake.proposal.json -s dev --dry-run
      terraform state pull | slipway adopt import proposals/lake.proposal.json -s dev --state -
      slipway adopt import proposals/lake.proposal.json -s prod --workspace prod --dynamodb-table tf-locks

    Exits with 1 when something is refused, with 4 when it was stopped: run it again.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    proposal = read_proposal(read_file(proposal_file), str(proposal_file))
    platform = find_platform(Path.cwd(), os.environ)
    types = wiring.resource_types()
    require_place(proposal, stack, read_estate(platform).project, types)
    states = read_states(
        state or [each.source for each in proposal.states],
        workspace=workspace,
        prefix=workspace_key_prefix,
        table=dynamodb_table,
        region=region,
    )
    instances = require_unchanged(proposal, states)
    reporter = console_of(context).reporter
    with reporter.task(f"judging {proposal.layer}"):
        require_passing(proposal, judge_proposal(proposal, pack))
    records = LedgerRecords.here()
    importing = Importing(
        imports=wiring.stack_imports(platform),
        types=types,
        records=records,
        journal=FileJournal(platform / JOURNALS),
        clock=SystemClock(),
        platform=platform,
        actor=records.actor,
    )
    if dry_run:
        typer.echo(render_plan(proposal.layer, importing.explain(proposal, instances), style))
        return
    with stoppable(), reporter.task(f"importing {proposal.layer}") as task:
        outcome = importing.carry_out(proposal, instances, AdoptionStory(task, reporter))
    typer.echo(_render(proposal, outcome, style))
    exit_as(outcome)


def _render(proposal: Proposal, outcome: Outcome, style: Format) -> str:
    state, text = _ended(proposal, outcome)
    if style is Format.JSON:
        return json.dumps(
            {
                "layer": proposal.layer,
                "stack": proposal.stack,
                "proposal": proposal.digest,
                "state": state,
                "resources": len(proposal.resources),
                "file": f"{FOLDER}/{file_name(proposal.layer)}",
                "why": text,
            },
            indent=2,
        )
    return f"{proposal.layer}: {text}"


def _ended(proposal: Proposal, outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Completed():
            return "imported", (
                f"{counted(len(proposal.resources), 'resource')} in "
                f"{counted(len(proposal.components), 'component')} imported into {proposal.stack}, "
                f"protected; commit {FOLDER}/{file_name(proposal.layer)}\n"
                f"  next: slipway adopt verify -s {proposal.stack} --layer {proposal.layer}"
            )
        case Undone():
            return "taken back", f"nothing was imported: {outcome.reason}"
        case Parked():
            raise AssertionError(outcome)  # no stage of an import waits
        case _:
            assert_never(outcome)
