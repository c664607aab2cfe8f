"""Every rule module in a copy of the tree, changed and tested mutant by mutant; a table of what was noticed.

A worker has pytest and the libraries loaded and forks for each mutant: the rules themselves are imported in
the fork, so each sees the changed module alone.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.progress import say

ROOT: Final = Path(__file__).parents[2]
RULES: Final = ROOT / "policies" / "rules"
EQUIVALENT: Final[dict[tuple[str, str], str]] = {}
"""Module and change -> why nothing can notice it."""

_SHARED: Final = {
    "approval": ("approval", "composition", "operation"),
    "deciding": ("approval", "composition"),
    "documents": ("documents", "exposure", "identity", "pipeline_reach"),
    "grants": ("grants", "statements"),
    "links": ("links", "identity", "exposure", "encryption"),
    "place": ("spend", "warehouse", "builds", "compute", "pipeline_reach", "pipelines"),
    "rule": ("judging",),
    "statements": ("statements", "warehouse"),
    "values": ("values", "compute", "spend", "builds", "warehouse"),
}
"""Module -> the tests that are about it, where these have not its name."""

_AT_ONCE: Final = 2


@dataclass(frozen=True, kw_only=True)
class Survivor:
    """A change that no test noticed.

    Attributes:
        module: of which module.
        line: where.
        what: the change.
    """

    module: str
    line: int
    what: str


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What became of the mutants of a module.

    Attributes:
        module: which.
        mutants: how many there were.
        survivors: those that no test noticed.
    """

    module: str
    mutants: int
    survivors: tuple[Survivor, ...]


def mutations_table(modules: Sequence[str], scratch: Path) -> str:
    """Try every mutant of some modules, of all where none is named; return the table.

    Args:
        modules: names without `.py`.
        scratch: an empty folder.
    """
    chosen = modules or sorted(path.stem for path in RULES.glob("[!_]*.py"))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return table(list(pool.map(lambda module: _tried(module, scratch / module), chosen)))


def files_of(module: str) -> list[str]:
    """The files of tests that have to notice a change of a module."""
    return [f"tests/policies/test_{name}.py" for name in _SHARED.get(module, (module,))]


def _tried(module: str, copy: Path) -> Tried:
    copy.mkdir()
    for name in ("policies", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "integration"))
    for name in ("slipway", "stacks", "components", "bench", "examples"):
        (copy / name).symlink_to(ROOT / name)
    ended = subprocess.run(
        [sys.executable, "-m", "bench.mutations.worker", module, *files_of(module)],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    told = json.loads(ended.stdout)
    survivors = tuple(Survivor(module=module, line=line, what=what) for line, what in told["survivors"])
    say(f"{module}: {told['mutants']} mutants, {len(survivors)} not noticed")
    return Tried(module=module, mutants=told["mutants"], survivors=survivors)


def table(tried: Iterable[Tried]) -> str:
    """Return what was tried as Markdown, the kill rate, and each change that nothing noticed."""
    tried = list(tried)
    rows = [f"| {each.module} | {each.mutants} | {each.mutants - len(each.survivors)} |" for each in tried]
    made = sum(each.mutants for each in tried)
    left = [each for one in tried for each in one.survivors]
    excused = [each for each in left if (each.module, each.what) in EQUIVALENT]
    noticed = made - len(left) + len(excused)
    rate = f"{noticed} of {made} noticed, {_percent(noticed, made)}"
    lines = [f"- {each.module}.py:{each.line}: {each.what}{_excuse(each)}" for each in left]
    return "\n".join(["| rules | mutants | noticed |", "|---|---|---|", *rows, "", rate, *lines])


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "nothing to try"


def _excuse(survivor: Survivor) -> str:
    why = EQUIVALENT.get((survivor.module, survivor.what))
    return f" (equivalent: {why})" if why else ""
