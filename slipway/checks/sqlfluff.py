"""`sqlfluff`: changed SQL can be parsed, and is written as the workspace's .sqlfluff says.

The jinja templater needs neither dbt nor a warehouse; `sqlfluff_library` adds what dbt's templates use.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from slipway.catalog.dbt_folders import DBT_PROJECT, dbt_folder, dbt_folders
from slipway.checks.context import ChangedWorkspace, CheckContext, Tell
from slipway.checks.names import CheckName
from slipway.checks.outcomes import judged, problem, unjudged
from slipway.model.evidence import CheckOutcome, Finding
from slipway.ports.tools import Tool, ToolCall

SETTINGS: Final = ".sqlfluff"
"""The file that changes how every SQL file of the workspace is judged."""

_LIBRARY: Final = Path(__file__).with_name("sqlfluff_library")
_RAN: Final = frozenset({0, 1})
_REMEDIES: Final = {
    "PRS": "correct the SQL there",
    "TMP": "correct the template there",
}


def sql_files(context: ChangedWorkspace) -> tuple[str, ...]:
    """The dbt projects' SQL to judge: what was written, or all of it when the settings were. Not macros."""
    change = context.change
    looked_at = change.after if SETTINGS in change.paths else change.written
    folders = [folder for folder in dbt_folders(change.after) for folder in _sql_of(folder)]
    return tuple(sorted(path for path in looked_at if path.endswith(".sql") and _is_in(path, folders)))


def check(context: CheckContext, files: tuple[str, ...], tell: Tell) -> CheckOutcome:
    """Lint SQL: all of `sql_files`, or some."""
    tell(f"{len(files)} SQL files")
    project = dbt_folder(context.change.after)
    words = ["lint", "--format", "json", "--disable-progress-bar", "--nocolor", "--processes", "1"]
    if SETTINGS not in context.change.after:
        words += ["--dialect", "snowflake", "--templater", "jinja"]
    result = context.tools.run(
        ToolCall(
            tool=Tool.SQLFLUFF,
            arguments=[*words, "--library-path", str(_LIBRARY), "--", *files],
            folder=context.head,
            environment={
                "HOME": str(context.home("sqlfluff")),
                "SLIPWAY_DBT_PROJECT": str(context.head / project / DBT_PROJECT),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
    )
    tool = context.named(Tool.SQLFLUFF)
    if result.exit_code not in _RAN:
        said = (result.errors or result.output).strip().splitlines()[-1:] or ["nothing"]
        remedy = f"correct the workspace's {SETTINGS}"
        return unjudged(CheckName.SQLFLUFF, tool=tool, message=f"sqlfluff failed: {said[0]}", remedy=remedy)
    found = (
        _finding(file["filepath"], each) for file in json.loads(result.output) for each in file["violations"]
    )
    return judged(CheckName.SQLFLUFF, tool=tool, subjects=files, findings=found)


def _sql_of(folder: str) -> Iterable[str]:
    prefix = "" if folder == "." else f"{folder}/"
    return (f"{prefix}{name}/" for name in ("models", "tests", "snapshots", "analyses"))


def _is_in(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(folder) for folder in folders)


def _finding(path: str, each: dict[str, Any]) -> Finding:
    code = str(each["code"])
    name = each["name"] or {"PRS": "unparsable", "TMP": "template"}.get(code, "")
    return problem(
        f"{code} {name}".strip(),
        path,
        " ".join(str(each["description"]).split()),
        line=int(each["start_line_no"]),
        remedy=_REMEDIES.get(code)
        or f"run `sqlfluff fix --rules {code} {path}`, or see the rule at "
        f"https://docs.sqlfluff.com/en/stable/perma/rule/{code}.html",
    )
