"""FinEdge's workspace as commits in memory, and contexts of checks on them."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from slipway.catalog import CatalogErrors, load_workspace
from slipway.checks.change import Change
from slipway.checks.context import CheckContext
from slipway.checks.export import export
from slipway.model.workspace import Workspace
from slipway.ports.tools import ToolRunner
from tests.doubles.commits import Commits
from tests.doubles.scripted_tools import ScriptedTools

FINEDGE = Path(__file__).parents[2] / "examples" / "finedge"

Contexts = Callable[..., CheckContext]


@cache
def finedge_files() -> dict[str, bytes]:
    """The files of the example that checks look at."""
    folders = (".github", "catalog", "contracts", "dags", "dbt", "spark", "streaming", "terraform")
    paths = [path for folder in folders for path in (FINEDGE / folder).rglob("*") if path.is_file()]
    settings = [FINEDGE / name for name in ("slipway.yaml", "team.yaml", ".sqlfluff")]
    return {
        str(path.relative_to(FINEDGE)): path.read_bytes()
        for path in [*paths, *settings]
        if "__pycache__" not in path.parts
    }


@pytest.fixture
def history() -> Commits:
    """One commit: FinEdge as it is."""
    commits = Commits()
    commits.commit(finedge_files())
    return commits


@pytest.fixture
def context_of(history: Commits, tmp_path: Path) -> Contexts:
    """Makes the context of a change that is written as path -> text (None: deleted)."""

    def made(changes: dict[str, str | None], tools: ToolRunner | None = None) -> CheckContext:
        before = history.ids[-1]
        after = history.change(**changes)
        change = Change(
            base=history.resolve(before),
            head=history.resolve(after),
            before=history.files(before),
            after=history.files(after),
        )
        export(history, change.after, tmp_path / "head")
        export(history, change.before, tmp_path / "base")
        return CheckContext(
            change=change,
            head=tmp_path / "head",
            scratch=tmp_path,
            workspace=_loaded(tmp_path / "head"),
            before=_loaded(tmp_path / "base"),
            tools=tools or ScriptedTools({}),
        )

    return made


def _loaded(folder: Path) -> Workspace | None:
    try:
        return load_workspace(folder)
    except CatalogErrors:
        return None
