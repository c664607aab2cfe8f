"""`dag-import`: Airflow itself imports the DAGs, and they keep the rules that a shared scheduler needs.

The whole folder is imported, for two files may claim one DAG id; what is judged are the changed pipelines'
files, or all of them when code that they share was changed. A file that neither is, and is broken, was broken
before: it is no finding of this change.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pydantic import BaseModel

from slipway.checks.context import ChangedWorkspace, CheckContext, Tell
from slipway.checks.names import CheckName
from slipway.checks.outcomes import judged, problem, unjudged
from slipway.model.evidence import CheckOutcome, Finding
from slipway.model.pipeline import PartKind
from slipway.ports.tools import Tool, ToolCall

IMPORT_LIMIT: Final = timedelta(seconds=30)
"""How long one file may take: Airflow's own default of `dagbag_import_timeout`."""

_PROBE: Final = Path(__file__).with_name("dag_probe.py")
_PLACE: Final = re.compile(r'File "([^"]+)", line (\d+)')
_NOBODY: Final = "airflow"  # Airflow's default owner


class _Task(BaseModel):
    id: str
    owner: str
    retries: int


class _Dag(BaseModel):
    id: str
    line: int
    tags: list[str]
    tasks: list[_Task]


class _File(BaseModel):
    file: str
    seconds: float
    errors: list[str]
    dags: list[_Dag]


class Report(BaseModel):
    """What the probe saw."""

    files: list[_File]
    outside: list[tuple[str, int, str]]


@dataclass(frozen=True)
class Scope:
    """Which files are judged.

    Attributes:
        folder: the folder of DAGs, relative to the workspace.
        files: those that are judged, relative to the workspace.
    """

    folder: str
    files: frozenset[str]


def scope_of(context: ChangedWorkspace) -> Scope | None:
    """Find what a change makes worth importing; None when there is nothing."""
    parts = [
        part.path
        for workspace in (context.before, context.workspace)
        if workspace is not None
        for pipeline in workspace.pipelines
        if (part := pipeline.part(PartKind.DAG)) is not None
    ]
    if not parts:
        return None
    folder = parts[-1].parts[0] if len(parts[-1].parts) > 1 else "."
    changed = {path for path in context.change.paths if _is_in(path, folder)}
    own = {str(path) for path in parts}
    touched = {path for path in changed if any(_is_in(path, part) for part in own)}
    shared = {path for path in changed - touched if path.endswith((".py", ".airflowignore"))}
    if shared:
        everything = (path for path in context.change.after if _is_in(path, folder))
        return Scope(folder, frozenset(everything))
    return Scope(folder, frozenset(touched)) if touched else None


def check(context: CheckContext, tell: Tell) -> CheckOutcome:
    """Import DAGs."""
    scope = scope_of(context)
    if scope is None:
        raise AssertionError("selected without a DAG")
    home = context.home("airflow")
    output = home / "report.json"
    dags = context.head / scope.folder
    result = context.tools.run(
        ToolCall(
            tool=Tool.AIRFLOW,
            arguments=["-P", str(_PROBE), str(dags), str(output)],
            folder=context.head,
            environment=_environment(home, dags),
            python=True,
        ),
        on_line=tell,
    )
    tool = context.named(Tool.AIRFLOW)
    if result.exit_code or not output.is_file():
        said = (result.errors or result.output).strip().splitlines()[-1:] or ["nothing"]
        message = f"Airflow ended with exit code {result.exit_code} while it imported the DAGs: {said[0]}"
        remedy = "look for a file that ends the interpreter while it is imported"
        return unjudged(CheckName.DAG_IMPORT, tool=tool, message=message, remedy=remedy)
    report = Report.model_validate_json(output.read_bytes())
    return judged(
        CheckName.DAG_IMPORT,
        tool=tool,
        subjects=(path for path in scope.files if path.endswith(".py")),
        findings=findings(report, context.head, scope.files),
    )


def _environment(home: Path, dags: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": str(IMPORT_LIMIT.total_seconds()),
        "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACK_DEPTH": "100",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def findings(report: Report, head: Path, files: frozenset[str]) -> list[Finding]:
    """Judge a report. Pure.

    Args:
        report: what the probe saw.
        head: the folder that its paths are below.
        files: those that are judged, relative to it.
    """
    others = [*_duplicates(report, head), *_rules(report, head), *_outside(report, head)]
    return [*_imports(report, head, files), *(each for each in others if each.file in files)]


def _imports(report: Report, head: Path, files: frozenset[str]) -> Iterator[Finding]:
    """A judged file that cannot be imported fails, also where the fault is in code that it shares."""
    for each in report.files:
        for error in each.errors:
            file, line = _place_of(error, each.file, head)
            if not {file, _relative(each.file, head)} & files:
                continue
            said = error.strip().splitlines()[-1].replace(f"{head}/", "")
            remedy = "correct the file; `slipway check --only dag-import` imports it again"
            yield problem(
                "dag-import-error", file, f"Airflow cannot import it: {said}", line=line, remedy=remedy
            )


def _place_of(error: str, file: str, head: Path) -> tuple[str, int]:
    """Find the innermost line of ours in a traceback."""
    places = [(path, int(line)) for path, line in _PLACE.findall(error) if Path(path).is_relative_to(head)]
    path, line = places[-1] if places else (file, 0)
    return _relative(path, head), line


def _duplicates(report: Report, head: Path) -> Iterator[Finding]:
    made: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for each in report.files:
        for dag in each.dags:
            made[dag.id].append((_relative(each.file, head), dag.line))
    for dag_id, places in made.items():
        for file, line in places:
            others = ", ".join(other for other, _ in places if other != file)
            if others:
                message = (
                    f"DAG {dag_id!r} is made in {others} too: Airflow keeps one of them, now this, now that"
                )
                yield problem("dag-duplicate-id", file, message, line=line, remedy="give each DAG its own id")


def _rules(report: Report, head: Path) -> Iterator[Finding]:
    for each in report.files:
        file = _relative(each.file, head)
        for dag in each.dags:
            for rule, message, remedy in _broken(dag):
                yield problem(rule, file, message, line=dag.line, remedy=remedy)


def _broken(dag: _Dag) -> Iterator[tuple[str, str, str]]:
    if not dag.tags:
        remedy = "add tags that name pipeline and owner, such as `pipeline:settlements`"
        yield "dag-without-tags", f"DAG {dag.id!r} has no tags: nobody finds whose it is", remedy
    nobodys = [task.id for task in dag.tasks if task.owner in {"", _NOBODY}]
    if nobodys:
        message = f"nobody owns {_listed(nobodys)} of DAG {dag.id!r}"
        yield "dag-without-owner", message, "set `owner` in the DAG's default_args to the team of the catalog"
    once = [task.id for task in dag.tasks if task.retries < 1]
    if once:
        message = f"{_listed(once)} of DAG {dag.id!r} is never tried again"
        yield "dag-without-retries", message, "set `retries` in the DAG's default_args to 1 or more"


def _outside(report: Report, head: Path) -> Iterator[Finding]:
    for path, line, what in report.outside:
        message = f"it {what} while it is imported, which the scheduler does every 30 seconds"
        remedy = "do it in a task, or write it as a template that the worker renders"
        yield problem("dag-top-level-io", _relative(path, head), message, line=line, remedy=remedy)


def _relative(path: str, head: Path) -> str:
    return Path(path).relative_to(head).as_posix()


def _listed(names: list[str]) -> str:
    return f"task {names[0]}" if len(names) == 1 else f"{len(names)} tasks ({names[0]}, ...)"


def _is_in(path: str, folder: Any) -> bool:
    return PurePosixPath(path).is_relative_to(str(folder))
