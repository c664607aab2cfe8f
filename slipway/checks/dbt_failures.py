"""Why dbt could not read a project, as a finding with file and line. Pure."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from slipway.checks.outcomes import problem
from slipway.model.evidence import Finding

_FILE: Final = re.compile(r"\(([\w./ -]+\.(?:sql|ya?ml|py|csv|md))\)|Error reading \w+: ([\w./ -]+\.ya?ml)")
_LINE: Final = re.compile(r"\bline (\d+)\b")
_NAMED: Final = re.compile(r"depends on a (?:node|source|macro)[^']*'([^']+)'")


def finding_of(message: str, folder: str, paths: Iterable[str], read: Callable[[str], str]) -> Finding:
    """Find what a fatal error is about.

    Args:
        message: dbt's own.
        folder: the project's folder with a slash at its end; empty for the workspace's root.
        paths: the project's files, relative to it.
        read: reads one of them.
    """
    path = _path_of(message, paths)
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return problem(
        "dbt-parse-error",
        folder + path if path else "",
        "; ".join(lines[:4])[:600],
        line=_line_of(message, read(path) if path else ""),
        remedy="correct it there; `slipway check --only dbt-parse` parses the project again",
    )


def _path_of(message: str, paths: Iterable[str]) -> str:
    """The file that is named; a properties file is named without the folder of models."""
    found = _FILE.search(message)
    named = (found[1] or found[2]) if found else ""
    matching = (path for path in sorted(paths) if path == named or path.endswith(f"/{named}"))
    return next(matching, "") if named else ""


def _line_of(message: str, text: str) -> int:
    found = _LINE.search(message)
    if found is not None:
        return int(found[1])
    missing = _NAMED.search(message)
    name = missing[1].split(".")[-1] if missing else ""
    return next((n for n, line in enumerate(text.splitlines(), start=1) if name and name in line), 0)
