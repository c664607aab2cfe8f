"""How what runs where is written."""

import json
from collections.abc import Sequence
from typing import Any

from slipway.cli.console import Format
from slipway.model.digest import short
from slipway.model.environment_document import Entry
from slipway.rollout.running import RunningEnvironment, RunningPipeline


def render_status(found: Sequence[RunningEnvironment], pipeline: str | None, style: Format) -> str:
    """Write environments, one after the other.

    Args:
        found: what runs.
        pipeline: only this one; None: all.
        style: for whom.
    """
    match style:
        case Format.JSON:
            return json.dumps([_as_data(each, pipeline) for each in found], indent=2)
        case Format.MARKDOWN:
            return "\n\n".join("\n".join(_table(each, pipeline)) for each in found)
        case Format.TEXT:
            return "\n\n".join("\n".join(_lines(each, pipeline)) for each in found)


def _kept(running: RunningEnvironment, name: str | None) -> list[RunningPipeline]:
    return [each for each in running.pipelines if name in {None, each.name}]


def _lines(running: RunningEnvironment, name: str | None) -> list[str]:
    kept = _kept(running, name)
    width = max((len(each.name) for each in kept), default=0)
    rows = [f"  {each.name:<{width}}  {_parts(each.entries)}" for each in kept]
    return [_title(running), *rows, *(f"  {line}" for line in _under_way(running))]


def _table(running: RunningEnvironment, name: str | None) -> list[str]:
    rows = [f"| {each.name} | {_parts(each.entries)} |" for each in _kept(running, name)]
    head = ["", "| pipeline | parts |", "|---|---|"] if rows else []
    return [f"**{_title(running)}**", *head, *rows, *(f"- {line}" for line in _under_way(running))]


def _title(running: RunningEnvironment) -> str:
    document = running.document
    if document is None:
        command = f"slipway release bootstrap -s {running.environment}"
        return f"{running.environment}: nobody has written down what runs; {command}"
    return f"{running.environment}: version {document.version}, written by {document.deployment}"


def _parts(entries: Sequence[Entry]) -> str:
    """Parts by what brought them: `release 0123456789ab (dag, dbt); bootstrapped at 0123456789ab (entry)`."""
    brought: dict[str, list[str]] = {}
    for entry in entries:
        brought.setdefault(_bringer(entry), []).append(str(entry.part.kind))
    return "; ".join(f"{bringer} ({', '.join(kinds)})" for bringer, kinds in brought.items())


def _bringer(entry: Entry) -> str:
    """A release, or `slipway release bootstrap`, which wrote down what ran before the first one."""
    if entry.release is None:
        return f"bootstrapped at {entry.commit[:12]}"
    return f"release {short(entry.release)}"


def _under_way(running: RunningEnvironment) -> list[str]:
    return [
        f"under way: {head.id}, going {head.direction}"
        + (f", waits until {head.wait.condition}" if head.wait else "")
        for head in running.under_way
    ]


def _as_data(running: RunningEnvironment, name: str | None) -> dict[str, Any]:
    return {
        "environment": running.environment.value,
        "version": None if running.document is None else running.document.version,
        "pipelines": [
            {
                "pipeline": each.name,
                "parts": [
                    {
                        "part": str(entry.part.kind),
                        "artifact": entry.artifact,
                        "release": entry.release,
                        "commit": entry.commit,
                    }
                    for entry in each.entries
                ],
            }
            for each in _kept(running, name)
        ],
        "under_way": [
            {
                "deployment": head.id,
                "direction": head.direction.value,
                "waits_until": None if head.wait is None else head.wait.condition,
            }
            for head in running.under_way
        ],
    }
