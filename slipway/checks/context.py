"""What every check is given: the change, its two trees as folders, the catalogs, the tools."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from slipway.checks.change import Change
from slipway.model.workspace import Workspace
from slipway.ports.tools import Tool, ToolRunner

Tell = Callable[[str], None]
"""Takes a few words on how far a check is."""


@dataclass(frozen=True, kw_only=True)
class ChangedWorkspace:
    """A change with both catalogs: from these alone it follows which checks it needs.

    Attributes:
        change: what changed.
        workspace: the catalog at head; None when it is wrong, which `catalog-lint` then reports.
        before: the catalog at base; None when there was none, or a wrong one.
    """

    change: Change
    workspace: Workspace | None
    before: Workspace | None


@dataclass(frozen=True, kw_only=True)
class CheckContext(ChangedWorkspace):
    """What every check is given.

    Attributes:
        head: folder with the workspace at head.
        scratch: folder for what tools leave behind; it is removed at the end.
        tools: runs tools.
    """

    head: Path
    scratch: Path
    tools: ToolRunner

    def named(self, tool: Tool) -> str:
        """Name and version of a tool, as evidence names it."""
        return f"{tool} {self.tools.version(tool)}"

    def home(self, name: str) -> Path:
        """A folder of a check's own: a tool's HOME, so that no setting of the person's counts."""
        folder = self.scratch / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def read(self, path: str) -> str:
        """A file of head as text; empty when it has none of that name."""
        file = self.head / path
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
