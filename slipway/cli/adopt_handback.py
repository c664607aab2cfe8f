"""`slipway adopt handback`: a layer becomes Terraform's again, and the cloud is not touched."""

import os
from collections.abc import Iterator
from pathlib import Path

import typer

from slipway.adapters.file_journal import FileJournal
from slipway.adapters.system_clock import SystemClock
from slipway.adopt.faults import NotAdoptable, NotTold
from slipway.adopt.forgetting import dialect_of
from slipway.adopt.handing_back import HandingBack
from slipway.adopt.proof import write_proof
from slipway.adopt.records import file_digest
from slipway.adopt.releasing import standing
from slipway.adopt.returning import Returning, other_ids, returning
from slipway.adopt.state import State
from slipway.adopt.verifying import held_digest, judge_handed_back
from slipway.cli import wiring
from slipway.cli.adopt_handback_view import (
    Returned,
    files_of,
    render_asked,
    render_returned,
    render_undone,
)
from slipway.cli.adopt_import import JOURNALS
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
from slipway.cli.adopt_plans import render_plan
from slipway.cli.adopt_proofs import exit_code_of, look_at_preview, look_at_terraform
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
from slipway.cli.estate import find_platform
from slipway.cli.interruption import stoppable
from slipway.cli.named_files import write_file
from slipway.model.adopted import FOLDER, AdoptedLayer, file_name
from slipway.model.adoption import AdoptionProof, Owner
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode
from slipway.ports.reporter import Reporter
from slipway.stages import Undone


def command(
    context: typer.Context,
    *,
    stack: StackOption,
    layer: LayerOption,
    state: StatesOption = None,
    terraform: TerraformOption = None,
    to: FolderOption = PROPOSALS,
    workspace: WorkspaceOption = "default",
    workspace_key_prefix: PrefixOption = "env:",
    dynamodb_table: TableOption = "",
    region: RegionOption = "us-east-1",
    dry_run: DryRunOption = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Give a layer back to Terraform: Pulumi forgets it, and nothing is destroyed.

    Terraform has to have the layer first, so that at no time nobody has it. One that was never released it
    still has. For one that was, this writes the import blocks (or commands, for a Terraform before 1.5) that
    are to be applied there, and ends with 4; run it again with the state after that. Then adopted/LAYER.json
    is removed, the resources are unprotected and taken out of the stack's state, the ledger is told, and both
    sides are verified. Killed half-way, the same command goes on.

    \b
    Examples:
      slipway adopt handback -s dev --layer lake --state terraform.tfstate --dry-run
      slipway adopt handback -s dev --layer lake --state terraform.tfstate --terraform ../terraform/data

    Exits with 0 when both sides are proven, with 1 when something is refused or refuted, with 4 when
    Terraform has to import first, or a side is not proven.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    platform = find_platform(Path.cwd(), os.environ)
    records = LedgerRecords.here()
    handing = HandingBack(
        imports=wiring.stack_imports(platform),
        records=records,
        journal=FileJournal(platform / JOURNALS),
        clock=SystemClock(),
        platform=platform,
        actor=records.actor,
    )
    adopted, is_done = _find(handing, stack, layer)
    states = read_states(
        state or (), workspace=workspace, prefix=workspace_key_prefix, table=dynamodb_table, region=region
    )
    _require_ready(adopted, states, records)
    asked = tuple(_asked(adopted, states))
    if asked:
        files = tuple(files_of(adopted, asked, to))
        for path, content in () if dry_run else files:
            write_file(path, content, option="--to")
        typer.echo(render_asked(adopted, asked, [path for path, _ in files], style))
        raise typer.Exit(ExitCode.PARTIAL)
    revisions = [each.revision for each in states]
    if dry_run:
        typer.echo(render_plan(layer, handing.explain(adopted, revisions), style))
        return
    reporter = console_of(context).reporter
    if not is_done:
        with stoppable(), reporter.task(f"handing {layer} back") as task:
            outcome = handing.carry_out(adopted, revisions, AdoptionStory(task, reporter))
        if isinstance(outcome, Undone):
            typer.echo(render_undone(adopted, outcome, style))
            raise typer.Exit(ExitCode.FINDINGS)
    proof = _prove(adopted, states, handing, terraform, reporter)
    records.keep(proof)
    path = to / f"{layer}.proof.json"
    write_file(path, write_proof(proof), option="--to")
    typer.echo(render_returned(Returned(layer=adopted, proof=proof, path=path), style))
    raise typer.Exit(exit_code_of(proof.result))


def _find(handing: HandingBack, stack: StackName, layer: str) -> tuple[AdoptedLayer, bool]:
    """Read the layer's file; where a hand-back has removed it, what that has written down."""
    if not (handing.platform / FOLDER / file_name(layer)).is_file():
        begun = handing.begun(stack, layer)
        if begun is not None:
            return begun
    adopted = read_adopted(handing.platform, stack, layer)
    return adopted.as_held({each.urn for each in handing.imports.held(stack)}), False


def _require_ready(layer: AdoptedLayer, states: tuple[State, ...], records: LedgerRecords) -> None:
    standing(layer, states)
    if records.change(layer.stack, layer.layer) is None:
        raise NotTold(
            f"the ledger does not say that {layer.layer} was imported into {layer.stack}",
            remedy="run slipway adopt import with its proposal again: it takes nothing that is there",
        )
    for says in other_ids(layer, states):
        raise NotAdoptable(says, remedy="have Terraform forget that object, and import the layer's own")


def _asked(layer: AdoptedLayer, states: tuple[State, ...]) -> Iterator[tuple[State, Returning]]:
    for state in states:
        dialect = dialect_of(state)
        if dialect is None:
            raise NotTold(
                f"{state.id.source} does not say which Terraform has written it",
                remedy="apply once with the one that is to have the layer, and name the state after that",
            )
        found = returning(layer, state, dialect)
        if found is not None:
            yield state, found


def _prove(
    layer: AdoptedLayer,
    states: tuple[State, ...],
    handing: HandingBack,
    terraform: Path | None,
    reporter: Reporter,
) -> AdoptionProof:
    """Look at both sides: a refresh says nothing of what Pulumi does not have."""
    held = handing.imports.held(layer.stack)
    return AdoptionProof(
        layer=layer.layer,
        stack=layer.stack,
        owner=Owner.HANDED_BACK,
        proposal=layer.proposal,
        file=file_digest(layer),
        pulumi=held_digest(layer, held),
        states=tuple(each.revision for each in states),
        findings=(
            judge_handed_back(layer, held, states),
            look_at_preview(layer, handing.platform, reporter),
            look_at_terraform(terraform, reporter),
        ),
        at=handing.clock.now(),
        actor=handing.actor,
    )
