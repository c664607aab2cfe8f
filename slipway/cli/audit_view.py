"""Verifications and checkpoints, written for people, programs and pull requests."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, assert_never

from slipway.audit.checkpoints import Checkpoint
from slipway.audit.verify import Verification
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.digest import short


def render_verification(found: Verification, style: Format) -> str:
    """Write what a verification found.

    Args:
        found: what was found.
        style: how to write it.
    """
    match style:
        case Format.TEXT:
            return "\n".join([*_discrepancies_text(found), _counts(found)])
        case Format.JSON:
            return json.dumps(_verification_plain(found), indent=2)
        case Format.MARKDOWN:
            return "\n".join([_counts(found), "", *_discrepancies_markdown(found)])
        case _:
            assert_never(style)


def render_checkpoint(checkpoint: Checkpoint, style: Format) -> str:
    """Write a checkpoint.

    Args:
        checkpoint: that was signed.
        style: how to write it.
    """
    match style:
        case Format.TEXT:
            return "\n".join(
                f"{head.chain}  {head.entries} entries, the last {short(head.digest)}"
                for head in checkpoint.heads
            )
        case Format.JSON:
            return checkpoint.model_dump_json(indent=2)
        case Format.MARKDOWN:
            rows = ((head.chain, str(head.entries), head.digest) for head in checkpoint.heads)
            return "\n".join(markdown_table(("chain", "entries", "last entry"), rows))
        case _:
            assert_never(style)


def markdown_table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Write a table of markdown, whose cells hold no line breaks."""
    columns = list(names)
    yield "| " + " | ".join(columns) + " |"
    yield "|" + " --- |" * len(columns)
    for row in rows:
        yield "| " + " | ".join(markdown_cell(cell) for cell in row) + " |"


def _discrepancies_text(found: Verification) -> Iterator[str]:
    for each in found.discrepancies:
        yield f"{each.subject}: {each.message} [{each.fault}]"
        yield f"  remedy: {each.remedy}"


def _discrepancies_markdown(found: Verification) -> Iterator[str]:
    if not found.discrepancies:
        yield "No discrepancies."
        return
    rows = ((each.subject, each.fault, each.message, each.remedy) for each in found.discrepancies)
    yield from markdown_table(("subject", "fault", "discrepancy", "remedy"), rows)


def _counts(found: Verification) -> str:
    return (
        f"{found.entries} entries of {found.chains} chains, {found.evidence} documents, "
        f"{found.checkpoints} checkpoints"
    )


def _verification_plain(found: Verification) -> dict[str, Any]:
    discrepancies = [
        {"fault": each.fault, "subject": each.subject, "message": each.message, "remedy": each.remedy}
        for each in found.discrepancies
    ]
    return {
        "chains": found.chains,
        "entries": found.entries,
        "evidence": found.evidence,
        "checkpoints": found.checkpoints,
        "discrepancies": discrepancies,
    }
