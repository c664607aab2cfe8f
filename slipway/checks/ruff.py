"""`ruff`: changed Python has no errors. A workspace's own settings hold, else `workspace_ruff.toml` here."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from slipway.checks.context import ChangedWorkspace, CheckContext, Tell
from slipway.checks.names import CheckName
from slipway.checks.outcomes import judged, problem, unjudged
from slipway.model.evidence import CheckOutcome, Finding
from slipway.ports.tools import Tool, ToolCall

SETTINGS: Final = ("ruff.toml", ".ruff.toml", "pyproject.toml")
"""Files that change how every Python file of the workspace is judged."""

_OURS: Final = Path(__file__).with_name("workspace_ruff.toml")
_RAN: Final = frozenset({0, 1})  # clean, or findings; anything else is ruff's own failure


def python_files(context: ChangedWorkspace) -> tuple[str, ...]:
    """The files to judge: those that were written, or all of them when the settings were."""
    change = context.change
    looked_at = change.after if change.paths & set(SETTINGS) else change.written
    return tuple(sorted(path for path in looked_at if path.endswith(".py")))


def check(context: CheckContext, files: tuple[str, ...], tell: Tell) -> CheckOutcome:
    """Lint Python: all of `python_files`, or some."""
    tell(f"{len(files)} Python files")
    settings = () if _has_settings(context.head) else ("--config", str(_OURS))
    result = context.tools.run(
        ToolCall(
            tool=Tool.RUFF,
            arguments=["check", "--output-format", "json", "--no-cache", *settings, "--", *files],
            folder=context.head,
            environment={"HOME": str(context.home("ruff"))},
        )
    )
    tool = context.named(Tool.RUFF)
    if result.exit_code not in _RAN:
        said = result.errors.strip().splitlines()[-1:] or ["nothing"]
        remedy = "correct the workspace's settings for ruff"
        return unjudged(CheckName.RUFF, tool=tool, message=f"ruff failed: {said[0]}", remedy=remedy)
    found = [_finding(context.head, each) for each in json.loads(result.output)]
    return judged(CheckName.RUFF, tool=tool, subjects=files, findings=found)


def _has_settings(head: Path) -> bool:
    """Whether ruff would find settings by itself; a pyproject.toml may be about other tools only."""
    return any(_settings(head))


def _settings(head: Path) -> Iterator[bool]:
    for name in SETTINGS:
        file = head / name
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            yield name != "pyproject.toml" or "ruff" in tomllib.loads(text).get("tool", {})


def _finding(head: Path, each: dict[str, Any]) -> Finding:
    code = each["code"] or "invalid-syntax"
    fix = each.get("fix") or {}
    remedy = fix.get("message") or (f"see {each['url']}" if each.get("url") else "correct the syntax there")
    return problem(
        code,
        Path(each["filename"]).relative_to(head).as_posix(),
        each["message"],
        line=each["location"]["row"],
        remedy=remedy,
    )
