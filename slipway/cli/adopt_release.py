"""`slipway adopt release`: Terraform forgets a layer that is proven to be Pulumi's; nothing is destroyed."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from slipway.adapters.system_clock import SystemClock
from slipway.adapters.terraform_engine import CommandTerraform
from slipway.adopt.faults import NotTold
from slipway.adopt.forgetting import Forgetting, dialect_of, forgetting
from slipway.adopt.records import change_to
from slipway.adopt.releasing import (
    judge_plan,
    require_adopted,
    require_forgotten,
    require_one_owner,
    require_proven,
    require_revisions,
    standing,
)
from slipway.adopt.state import State
from slipway.adopt.verifying import held_digest
from slipway.attest import digest_of_document
from slipway.cli import wiring
from slipway.cli.adopt_layers import (
    PROPOSALS,
    DryRunOption,
    FolderOption,
    LayerOption,
    StackOption,
    StatesOption,
    TerraformOption,
    read_adopted,
)
from slipway.cli.adopt_records import LedgerRecords
from slipway.cli.adopt_release_view import PlanJudged, Release, files_of, render_release
from slipway.cli.adopt_sources import (
    PrefixOption,
    RegionOption,
    TableOption,
    WorkspaceOption,
    read_states,
)
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.estate import find_platform
from slipway.cli.named_files import write_file
from slipway.model.adopted import AdoptedLayer
from slipway.model.adoption import AdoptionProof, Owner, OwnershipChange
from slipway.model.errors import ExitCode
from slipway.ports.reporter import Reporter
from slipway.ports.terraform_engine import TerraformUnable


def command(
    context: typer.Context,
    *,
    stack: StackOption,
    layer: LayerOption,
    state: StatesOption = None,
    terraform: TerraformOption = None,
    terraform_version: Annotated[
        str,
        typer.Option(
            "--terraform-version",
            metavar="X.Y",
            help="Of the Terraform or OpenTofu that is run; else the one that has written the state.",
            show_default=False,
        ),
    ] = "",
    to: FolderOption = PROPOSALS,
    workspace: WorkspaceOption = "default",
    workspace_key_prefix: PrefixOption = "env:",
    dynamodb_table: TableOption = "",
    region: RegionOption = "us-east-1",
    dry_run: DryRunOption = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Say what Terraform has to forget of a layer, and record that it has: then the layer is Pulumi's alone.

    Run it until it says that the layer is released. While Terraform has the layer, it writes what is to be
    applied there, removed blocks or a `state rm` command, and says in which order: none of it destroys, and
    this command applies nothing. With --terraform it plans there, and refuses a plan that does anything but
    forget the layer. Once the state shows that every address is gone, the ledger is told who owns it.

    Refused without a proof (slipway adopt verify) of the layer's file, the stack's state and Terraform's
    state as they are, of all sides: one that was left out, by --no-refresh or without --terraform, is none.

    \b
    Examples:
      slipway adopt release -s dev --layer lake --state terraform.tfstate
      slipway adopt release -s dev --layer lake --state terraform.tfstate --terraform ../terraform/data
      slipway adopt release -s prod --layer lake --state s3://finedge-terraform/data/terraform.tfstate

    Exits with 0 when the layer is released, with 4 while Terraform has it, with 1 when something is refused.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    platform = find_platform(Path.cwd(), os.environ)
    adopted = read_adopted(platform, stack, layer)
    states = read_states(
        state or (), workspace=workspace, prefix=workspace_key_prefix, table=dynamodb_table, region=region
    )
    found = standing(adopted, states)
    records = LedgerRecords.here()
    change = require_adopted(adopted, records.change(stack, layer))
    if change.owner is Owner.PULUMI:
        require_one_owner(adopted, found)
        _end(Release(layer=adopted, change=change, standing=found, is_new=False), style)
    held = held_digest(adopted, wiring.stack_imports(platform).held(stack))
    proof = require_proven(adopted, records.proof(stack, layer), held)
    require_revisions(adopted, proof, states, found)
    if not found.there:
        require_forgotten(adopted, change, states)
        released = _released(adopted, states, proof, records)
        if not dry_run:
            records.record(released)
        _end(Release(layer=adopted, change=released, standing=found, dry_run=dry_run), style)
    asked = tuple(_forgettings(adopted, states, terraform_version))
    refuses = _planned(asked, terraform, console_of(context).reporter)
    release = Release(
        layer=adopted, change=change, standing=found, asked=asked, folder=to, plan=refuses, dry_run=dry_run
    )
    for path, content in [] if dry_run else files_of(release):
        write_file(path, content, option="--to")
    _end(release, style)


def _end(release: Release, style: Format) -> None:
    typer.echo(render_release(release, style))
    if release.plan.wrong:
        raise typer.Exit(ExitCode.FINDINGS)
    raise typer.Exit(ExitCode.PARTIAL if release.asked else ExitCode.OK)


def _released(
    layer: AdoptedLayer, states: tuple[State, ...], proof: AdoptionProof, records: LedgerRecords
) -> OwnershipChange:
    return change_to(
        Owner.PULUMI,
        layer,
        states=[each.revision for each in states],
        at=SystemClock().now(),
        actor=records.actor,
        proof=digest_of_document(proof),
    )


def _forgettings(
    layer: AdoptedLayer, states: tuple[State, ...], version: str
) -> Iterator[tuple[State, Forgetting]]:
    """What each state is to forget; those that have nothing of the layer any more are left alone."""
    for state in states:
        dialect = dialect_of(state, version=version)
        if dialect is None:
            raise NotTold(
                f"{state.id.source} does not say which Terraform has written it",
                remedy="name the version that is run: --terraform-version 1.11",
            )
        found = forgetting(layer, state, dialect)
        if found.blocks or found.rows:
            yield state, found


def _planned(
    asked: Sequence[tuple[State, Forgetting]], folder: Path | None, reporter: Reporter
) -> PlanJudged:
    if folder is None:
        return PlanJudged()
    if len(asked) > 1:
        raise NotTold(
            f"{len(asked)} states have something of the layer, and --terraform names one folder",
            remedy="release from one state at a time: the others may have forgotten it already",
        )
    try:
        with reporter.task("asking Terraform"):
            changes = CommandTerraform().plan(folder)
    except TerraformUnable as unable:
        return PlanJudged(unable=unable.message)
    if not changes:
        return PlanJudged(unable="the code there is as it was: its plan is empty")
    return PlanJudged(asked=True, wrong=judge_plan(asked[0][1], changes))
