"""What Terraform is to import again, and how a hand-back has ended."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from slipway.adopt.returning import Returning, import_blocks, import_commands
from slipway.adopt.state import State
from slipway.cli.adopt_proofs import proof_as_data, proof_lines
from slipway.cli.console import Format
from slipway.model.adopted import FOLDER, AdoptedLayer, file_name
from slipway.model.adoption import AdoptionProof
from slipway.model.counted import counted
from slipway.stages import Undone

Asked = Sequence[tuple[State, Returning]]
"""What each state is to have again."""


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A layer that Pulumi has forgotten.

    Attributes:
        layer: as it was.
        proof: what was found of both sides after that.
        path: its file.
    """

    layer: AdoptedLayer
    proof: AdoptionProof
    path: Path


def files_of(layer: AdoptedLayer, asked: Asked, folder: Path) -> Iterator[tuple[Path, str]]:
    """Write what is applied, for each state that lacks something that can be imported."""
    for number, (_, found) in enumerate(asked, 1):
        name = layer.layer if len(asked) == 1 else f"{layer.layer}-{number}"
        if not found.imports:
            continue
        if found.dialect.has_import:
            yield folder / f"{name}.imports.tf", import_blocks(found)
        else:
            yield folder / f"{name}.imports.sh", f"#!/bin/sh -e\n{import_commands(found)}"


def render_asked(layer: AdoptedLayer, asked: Asked, files: Sequence[Path], style: Format) -> str:
    """Write what Terraform has to import before Pulumi forgets anything."""
    steps = list(_steps(layer, asked, files))
    if style is Format.JSON:
        return json.dumps(
            {
                "layer": layer.layer,
                "stack": layer.stack,
                "state": "to import",
                "imports": [
                    {"state": state.id.source, "address": address, "id": id_}
                    for state, found in asked
                    for address, id_ in found.imports
                ],
                "lost": [address for _, found in asked for address in found.lost],
                "files": list(map(str, files)),
                "steps": steps,
            },
            indent=2,
        )
    lacks = sum(len(found.imports) + len(found.lost) for _, found in asked)
    title = f"{layer.layer}: Terraform lacks {lacks} of {counted(len(layer.resources), 'resource')}"
    mark = "" if style is Format.MARKDOWN else "  "
    return "\n".join([title, *(f"{mark}{number}. {step}" for number, step in enumerate(steps, 1))])


def _steps(layer: AdoptedLayer, asked: Asked, files: Sequence[Path]) -> Iterator[str]:
    yield "restore the code of the resources in Terraform's configuration; plan nothing before the next step"
    if files:
        tool = asked[0][1].dialect.tool
        named = ", ".join(map(str, files))
        yield f"add {named} there: {tool} plan has to import, and to change nothing; then apply"
    lost = [address for _, found in asked for address in found.lost]
    if lost:
        yield (
            f"put back what no provider imports, from the state of before the release: {', '.join(lost)} "
            "(its serial is in the proof of the release)"
        )
    yield f"slipway adopt handback -s {layer.stack} --layer {layer.layer} --state STATE"


def render_returned(returned: Returned, style: Format) -> str:
    """Write how both sides are."""
    layer = returned.layer
    if style is Format.JSON:
        return json.dumps(
            {
                "layer": layer.layer,
                "stack": layer.stack,
                "state": "handed back",
                "resources": len(layer.resources),
                "removed": f"{FOLDER}/{file_name(layer.layer)}",
                "unused": layer.program,
                "proof": proof_as_data(returned.proof),
            },
            indent=2,
        )
    title = (
        f"{layer.layer}: {counted(len(layer.resources), 'resource')} handed back to Terraform; commit the "
        f"removal of {FOLDER}/{file_name(layer.layer)}"
    )
    left = (
        [f"  nothing runs {layer.program} and its components any more: delete them"] if layer.program else []
    )
    return "\n".join([title, *left, *proof_lines(returned.proof, returned.path)])


def render_undone(layer: AdoptedLayer, outcome: Undone, style: Format) -> str:
    """Write why a layer stays."""
    if style is Format.JSON:
        said = {"layer": layer.layer, "stack": layer.stack, "state": "taken back", "why": outcome.reason}
        return json.dumps(said, indent=2)
    return f"{layer.layer}: nothing was handed back: {outcome.reason}"
