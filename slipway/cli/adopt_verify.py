"""`slipway adopt verify`: the proof that an adopted layer is owned, and that nobody would change it."""

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer

from slipway.adapters.system_clock import SystemClock
from slipway.adopt.proof import write_proof
from slipway.adopt.records import file_digest
from slipway.adopt.verifying import held_digest, judge_owned
from slipway.cli import wiring
from slipway.cli.adopt_layers import (
    PRODUCTION,
    PROPOSALS,
    FolderOption,
    LayerOption,
    PackOption,
    StackOption,
    StatesOption,
    TerraformOption,
    read_adopted,
)
from slipway.cli.adopt_proofs import exit_code_of, look_at_previews, look_at_terraform, render_proof
from slipway.cli.adopt_records import LedgerRecords
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
from slipway.model.adoption import AdoptionProof, Owner


def command(
    context: typer.Context,
    *,
    stack: StackOption,
    layer: LayerOption,
    state: StatesOption = None,
    terraform: TerraformOption = None,
    refresh: Annotated[
        bool, typer.Option("--refresh/--no-refresh", help="Whether to look at the cloud, too.")
    ] = True,
    record: Annotated[
        bool,
        typer.Option(
            "--record/--no-record", help="Whether to keep the proof as evidence, which a release asks for."
        ),
    ] = True,
    pack: PackOption = PRODUCTION,
    to: FolderOption = PROPOSALS,
    workspace: WorkspaceOption = "default",
    workspace_key_prefix: PrefixOption = "env:",
    dynamodb_table: TableOption = "",
    region: RegionOption = "us-east-1",
    style: FormatOption = Format.TEXT,
) -> None:
    """Prove that an adopted layer is owned as it was imported, and that nobody would change it.

    Four sides, each by itself: every address has one URN and the stack's state has it, protected; a preview
    changes nothing, and policies refuse nothing in it; nor does one after a look at the cloud; Terraform
    plans nothing. A side that cannot be looked at is not proven, and says why. States that are named have
    every address, and none once Terraform has forgotten the layer. What was found is kept as evidence, told
    to the ledger and written into LAYER.proof.json, with the digests of all that it is about. Nothing else
    is changed.

    \b
    Examples:
      slipway adopt verify -s dev --layer lake --state terraform.tfstate --terraform ../terraform/data
      slipway adopt verify -s dev --layer lake --no-refresh --no-record

    Exits with 0 when every side is proven, with 1 when one is refuted, with 4 when one is not proven.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    platform = find_platform(Path.cwd(), os.environ)
    adopted = read_adopted(platform, stack, layer)
    records = LedgerRecords.here() if record else None
    owner = _owner(records, adopted)
    states = read_states(
        state or (), workspace=workspace, prefix=workspace_key_prefix, table=dynamodb_table, region=region
    )
    reporter = console_of(context).reporter
    held = wiring.stack_imports(platform).held(stack)
    now = adopted.as_held({each.urn for each in held})
    proof = AdoptionProof(
        layer=layer,
        stack=stack,
        owner=owner,
        proposal=adopted.proposal,
        file=file_digest(adopted),
        pulumi=held_digest(adopted, held),
        pack=pack,
        states=tuple(each.revision for each in states),
        findings=(
            judge_owned(now, held, states, owner),
            *look_at_previews(now, platform, reporter, pack, refresh=refresh),
            look_at_terraform(terraform, reporter),
        ),
        at=SystemClock().now(),
        actor=getpass.getuser() if records is None else records.actor,
    )
    if records is not None:
        records.keep(proof)
    path = to / f"{layer}.proof.json"
    write_file(path, write_proof(proof), option="--to")
    typer.echo(render_proof(proof, path, style))
    raise typer.Exit(exit_code_of(proof.result))


def _owner(records: LedgerRecords | None, adopted: AdoptedLayer) -> Owner:
    """Whose it is by the ledger; what is not told there, or not asked, is still Terraform's too."""
    change = None if records is None else records.change(adopted.stack, adopted.layer)
    return Owner.BOTH if change is None else change.owner
