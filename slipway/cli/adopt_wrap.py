"""`slipway adopt wrap`: an adopted layer becomes components of the program."""

import getpass
import json
import os
from pathlib import Path
from typing import Annotated, assert_never

import typer

from slipway.adapters.file_journal import FileJournal
from slipway.adapters.system_clock import SystemClock
from slipway.adopt.wrap.wrapping import Wrapping, Written, write_wrapped
from slipway.cli import wiring
from slipway.cli.adopt_import import JOURNALS
from slipway.cli.adopt_layers import PRODUCTION, LayerOption, PackOption, StackOption, read_adopted
from slipway.cli.adopt_story import AdoptionStory
from slipway.cli.check_wiring import build_tools
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.estate import find_platform, workspace_of
from slipway.cli.interruption import stoppable
from slipway.cli.outcomes import exit_as
from slipway.model.adopted import AdoptedLayer
from slipway.model.counted import counted
from slipway.ports.stack_engine import Program
from slipway.stages import Completed, Outcome, Parked, Undone


def command(
    context: typer.Context,
    *,
    stack: StackOption,
    layer: LayerOption,
    pack: PackOption = PRODUCTION,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be written, and write nothing.")
    ] = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Turn an adopted layer into components of the program, and prove that nothing changes.

    Each module becomes a class below components/adopted/LAYER: what all its instances have is in the class,
    what tells them apart becomes its arguments, and what one resource has of another a reference. A module
    below stacks/layers declares the layer. Then the program is previewed: when anything of the layer would
    change, or policies refuse anything of it, everything is given back. Secrets stay in Pulumi's state. The
    cloud is not touched.

    \b
    Examples:
      slipway adopt wrap -s dev --layer lake --dry-run
      slipway adopt wrap -s dev --layer lake

    Exits with 1 when the preview is not empty, with 4 when it was stopped: run it again.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    platform = find_platform(Path.cwd(), os.environ)
    adopted = read_adopted(platform, stack, layer)
    if adopted.program:
        typer.echo(_render(adopted, "wrapped already", f"declared by {adopted.program}", style))
        return
    reporter = console_of(context).reporter
    with reporter.task(f"reading {layer}"):
        held = wiring.stack_imports(platform).held(stack)
    written = write_wrapped(adopted, held, wiring.resource_types(), platform, build_tools())
    if dry_run:
        typer.echo(_files(written, style))
        return
    wrapping = Wrapping(
        engine=wiring.stack_engine(platform, pack),
        program=Program(stack=stack, workspace=workspace_of(platform, stack)),
        journal=FileJournal(platform / JOURNALS),
        clock=SystemClock(),
        platform=platform,
        actor=getpass.getuser(),
    )
    with stoppable(), reporter.task(f"wrapping {layer}") as task:
        outcome = wrapping.carry_out(written, AdoptionStory(task, reporter))
    typer.echo(_ended(written, outcome, style))
    exit_as(outcome)


def _files(written: Written, style: Format) -> str:
    if style is Format.JSON:
        return json.dumps(written.files, indent=2)
    return "\n".join(f"# {path}\n{content}" for path, content in written.files.items())


def _ended(written: Written, outcome: Outcome, style: Format) -> str:
    layer = written.layer
    match outcome:
        case Completed():
            resources, components = len(layer.resources), len(layer.components)
            text = (
                f"{counted(resources, 'resource')} in {counted(components, 'component')}; "
                f"commit {', '.join(written.files)}\n"
                f"  next: slipway adopt verify -s {layer.stack} --layer {layer.layer}"
            )
            return _render(layer, "wrapped", text, style)
        case Undone():
            return _render(layer, "given back", f"nothing was written: {outcome.reason}", style)
        case Parked():
            raise AssertionError(outcome)  # no stage of it waits
        case _:
            assert_never(outcome)


def _render(layer: AdoptedLayer, state: str, text: str, style: Format) -> str:
    if style is Format.JSON:
        return json.dumps(
            {
                "layer": layer.layer,
                "stack": layer.stack,
                "state": state,
                "program": layer.program,
                "why": text,
            },
            indent=2,
        )
    return f"{layer.layer}: {state}: {text}"
