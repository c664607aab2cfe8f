"""`slipway adopt verify`: the proof that an adopted layer is owned, and that nobody would change it."""

import getpass
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, assert_never

import typer

from slipway.adapters.system_clock import SystemClock
from slipway.adapters.terraform_engine import CommandTerraform
from slipway.adopt.proof import Finding, Proof, Result, Side, write_proof
from slipway.adopt.proposal import Revision
from slipway.adopt.state import State
from slipway.adopt.verifying import held_digest, judge_owned, judge_preview, judge_terraform
from slipway.attest import digest_of
from slipway.cli import wiring
from slipway.cli.adopt_import import StatesOption
from slipway.cli.adopt_sources import (
    PrefixOption,
    RegionOption,
    TableOption,
    WorkspaceOption,
    read_states,
)
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.estate import find_platform, workspace_of
from slipway.cli.named_files import read_file, write_file
from slipway.model.adopted import FOLDER, AdoptedLayer, file_name, read_layer
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode, UsageError
from slipway.ports.reporter import Reporter
from slipway.ports.stack_engine import Program

_LEFT_OUT: Final = Finding(
    side=Side.REFRESH, result=Result.NOT_PROVEN, says=("left out, as --no-refresh asks",)
)


class NoSuchLayer(UsageError):  # noqa: N818 - it says what is the case
    """No layer of that name is adopted in the stack."""


def command(
    context: typer.Context,
    *,
    stack: Annotated[
        StackName, typer.Option("--stack", "-s", metavar="STACK", help="Which owns it.", show_default=False)
    ],
    layer: Annotated[str, typer.Option("--layer", metavar="NAME", help="Which layer.", show_default=False)],
    state: StatesOption = None,
    terraform: Annotated[
        Path | None,
        typer.Option(
            "--terraform",
            metavar="FOLDER",
            help="Terraform's configuration of the layer, initialised: a plan there has to be empty.",
            show_default=False,
        ),
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh/--no-refresh", help="Whether to look at the cloud, too.")
    ] = True,
    to: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", help="Where LAYER.proof.json is written.")
    ] = Path("proposals"),
    workspace: WorkspaceOption = "default",
    workspace_key_prefix: PrefixOption = "env:",
    dynamodb_table: TableOption = "",
    region: RegionOption = "us-east-1",
    style: FormatOption = Format.TEXT,
) -> None:
    """Prove that an adopted layer is owned as it was imported, and that nobody would change it.

    Four sides, each by itself: every address has one URN and the stack's state has it, protected; a preview
    changes nothing; nor does one after a look at the cloud; Terraform plans nothing. A side that cannot be
    looked at is not proven, and says why. What was found is written into LAYER.proof.json with the digests
    of all that it is about. Nothing is changed.

    \b
    Examples:
      slipway adopt verify -s dev --layer lake --terraform ../terraform/data
      slipway adopt verify -s dev --layer lake --state terraform.tfstate --no-refresh

    Exits with 0 when every side is proven, with 1 when one is refuted, with 4 when one is not proven.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    platform = find_platform(Path.cwd(), os.environ)
    content, adopted = read_adopted(platform, stack, layer)
    states = read_states(
        state or (), workspace=workspace, prefix=workspace_key_prefix, table=dynamodb_table, region=region
    )
    reporter = console_of(context).reporter
    held = wiring.stack_imports(platform).held(stack)
    adopted = adopted.as_held({each.urn for each in held})
    proof = Proof(
        layer=layer,
        stack=stack,
        proposal=adopted.proposal,
        file=digest_of(content),
        pulumi=held_digest(adopted, held),
        states=tuple(map(_revision, states)),
        findings=(
            judge_owned(adopted, held, states),
            *_previews(adopted, platform, reporter, refresh=refresh),
            _terraform(terraform, reporter),
        ),
        at=SystemClock().now(),
        actor=getpass.getuser(),
    )
    path = to / f"{layer}.proof.json"
    write_file(path, write_proof(proof), option="--to")
    typer.echo(_render(proof, path, style))
    raise typer.Exit(_code(proof.result))


def read_adopted(platform: Path, stack: StackName, layer: str) -> tuple[bytes, AdoptedLayer]:
    """Read the file of a stack's layer, and return its content too.

    Raises:
        NoSuchLayer: the stack has no layer of that name.
    """
    path = platform / FOLDER / file_name(layer)
    if not path.is_file():
        raise NoSuchLayer(
            f"no layer {layer} is adopted: there is no {FOLDER}/{path.name}",
            remedy="slipway adopt import writes it",
        )
    content = read_file(path)
    adopted = read_layer(content, str(path))
    if adopted.stack is not stack:
        raise NoSuchLayer(
            f"the layer {layer} is stack {adopted.stack}'s, not {stack}'s", remedy=f"give -s {adopted.stack}"
        )
    return content, adopted


def _previews(
    adopted: AdoptedLayer, platform: Path, reporter: Reporter, *, refresh: bool
) -> Iterator[Finding]:
    engine = wiring.stack_engine(platform)
    program = Program(stack=adopted.stack, workspace=workspace_of(platform, adopted.stack))
    with reporter.task("previewing"):
        yield judge_preview(adopted, engine, program)
    if not refresh:
        yield _LEFT_OUT
        return
    with reporter.task("previewing after a look at the cloud"):
        yield judge_preview(adopted, engine, replace(program, refresh=True))


def _terraform(folder: Path | None, reporter: Reporter) -> Finding:
    with reporter.task("asking Terraform"):
        return judge_terraform(CommandTerraform(), folder)


def _revision(state: State) -> Revision:
    return Revision(
        source=state.id.source,
        lineage=state.id.lineage,
        serial=state.id.serial,
        digest=state.id.digest,
        version=state.id.version,
    )


def _code(result: Result) -> ExitCode:
    match result:
        case Result.PROVEN:
            return ExitCode.OK
        case Result.REFUTED:
            return ExitCode.FINDINGS
        case Result.NOT_PROVEN:
            return ExitCode.PARTIAL
        case _:
            assert_never(result)


def _render(proof: Proof, path: Path, style: Format) -> str:
    if style is Format.JSON:
        findings = [each.model_dump(mode="json") for each in proof.findings]
        return json.dumps(
            {"layer": proof.layer, "result": proof.result, "digest": proof.digest, "findings": findings},
            indent=2,
        )
    return "\n".join(_lines(proof, path))


def _lines(proof: Proof, path: Path) -> Iterator[str]:
    yield f"{proof.layer}: {proof.result}"
    for finding in proof.findings:
        yield f"  {finding.side}: {finding.result}"
        yield from (f"    {each}" for each in finding.says)
    yield f"  {path}, {proof.digest}"
