"""Findings, written for people, programs and pull requests."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never

from slipway.catalog import Finding, Lint
from slipway.cli.console import Format


def render_lint(root: Path, lint: Lint, style: Format) -> str:
    """Write what a look at a workspace found.

    Args:
        root: the workspace's folder.
        lint: what was found.
        style: how to write it.

    Returns:
        The text of the result; empty in text style when there are no findings.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_text(root, lint.findings))
        case Format.JSON:
            return json.dumps(_plain(root, lint), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown(lint.findings))
        case _:
            assert_never(style)


def _text(root: Path, findings: Sequence[Finding]) -> Iterator[str]:
    """Paths are written as seen from the current folder, so that a terminal or an editor opens them."""
    for finding in findings:
        path = os.path.relpath(root / finding.path)
        subject = f"{finding.field}: " if finding.field else ""
        yield f"{path}:{finding.line}:{finding.column}: {subject}{finding.message} [{finding.rule}]"
        yield f"  remedy: {finding.remedy}"


def _plain(root: Path, lint: Lint) -> dict[str, object]:
    return {
        "workspace": str(root),
        "findings": [
            {
                "path": finding.path,
                "line": finding.line,
                "column": finding.column,
                "rule": finding.rule.value,
                "field": finding.field,
                "message": finding.message,
                "remedy": finding.remedy,
            }
            for finding in lint.findings
        ],
        "unchecked": [rule.value for rule in lint.unchecked],
    }


def _markdown(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        yield "No findings."
        return
    yield "| where | field | finding | remedy | rule |"
    yield "| --- | --- | --- | --- | --- |"
    for finding in findings:
        where = f"{finding.path}:{finding.line}:{finding.column}"
        cells = (where, finding.field, finding.message, finding.remedy, finding.rule.value)
        yield "| " + " | ".join(markdown_cell(cell) for cell in cells) + " |"


def markdown_cell(text: str) -> str:
    """Write a text so that it stays in its table cell.

    Args:
        text: anything.

    Returns:
        The text on one line, with bars escaped.
    """
    return " ".join(text.split()).replace("|", "\\|")
