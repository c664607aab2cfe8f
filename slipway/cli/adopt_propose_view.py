"""Proposals, told in short: the files have everything."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, assert_never

from slipway.adopt.proposal import Overlap, Proposal
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.counted import counted


def render_proposals(proposals: Sequence[Proposal], folder: Path, style: Format) -> str:
    """Write what proposals come to.

    Args:
        proposals: one a layer.
        folder: in which their files are.
        style: for whom.
    """
    match style:
        case Format.TEXT:
            return "\n".join(line for each in proposals for line in _text(each, folder))
        case Format.JSON:
            return json.dumps([_as_data(each, folder) for each in proposals], indent=2)
        case Format.MARKDOWN:
            return "\n".join(line for each in proposals for line in _markdown(each, folder))
        case _:
            assert_never(style)


def _text(proposal: Proposal, folder: Path) -> Iterator[str]:
    yield f"{proposal.layer}: {_counts(proposal)}"
    yield f"  {_path(proposal, folder)}, {proposal.digest}"
    for provider in proposal.providers:
        where = ", ".join((*provider.regions, *provider.accounts)) or "no region"
        yield (
            f"  provider {provider.provider}: {counted(provider.resources, 'resource')} through "
            f"pulumi-{provider.package} {provider.version} ({where})"
        )
    for kind, number in sorted(Counter(each.type for each in proposal.components).items()):
        yield f"  component {kind}: {number}"
    for each in proposal.left_out:
        yield f"  not adopted: {each.address}: {each.why}"
    for resource in proposal.resources:
        for note in resource.notes:
            yield f"  note: {resource.address}: {note}"
    for overlap in proposal.overlaps:
        yield f"  {_word(overlap)}: {overlap.address} and {overlap.other} ({overlap.kind}): {overlap.says}"


def _word(overlap: Overlap) -> str:
    return "TO SETTLE" if overlap.blocks else "settled"


def _counts(proposal: Proposal) -> str:
    secrets = sum(len(each.secrets) for each in proposal.resources)
    from_state = sum(each.outputs_from_state for each in proposal.resources)
    told = (
        f"{counted(len(proposal.resources), 'resource')} in {counted(len(proposal.components), 'component')}",
        f"{from_state} with outputs",
        f"{counted(secrets, 'secret')} marked",
        f"{len(proposal.left_out)} not adopted",
        counted(len(proposal.overlaps), "overlap"),
    )
    return ", ".join(told)


def _path(proposal: Proposal, folder: Path) -> Path:
    return folder / f"{proposal.layer}.proposal.json"


def _markdown(proposal: Proposal, folder: Path) -> Iterator[str]:
    yield f"### {proposal.layer}: {_counts(proposal)}"
    yield ""
    yield f"`{_path(proposal, folder)}`, `{proposal.digest}`"
    yield ""
    yield "| Terraform | Pulumi | import id |"
    yield "|---|---|---|"
    for each in proposal.resources:
        cells = (each.address, f"{each.type} `{each.name}`", each.import_id or "from the state")
        yield f"| {' | '.join(markdown_cell(cell) for cell in cells)} |"
    yield ""
    for overlap in proposal.overlaps:
        yield f"- {_word(overlap)}: `{overlap.address}` and `{overlap.other}`: {overlap.says}"


def _as_data(proposal: Proposal, folder: Path) -> dict[str, Any]:
    return {
        "layer": proposal.layer,
        "path": str(_path(proposal, folder)),
        "digest": proposal.digest,
        "blocked": proposal.blocked,
        "resources": len(proposal.resources),
        "components": len(proposal.components),
        "left_out": [each.model_dump(mode="json") for each in proposal.left_out],
        "overlaps": [each.model_dump(mode="json") for each in proposal.overlaps],
    }
