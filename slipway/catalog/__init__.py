"""A workspace's files in, the model out: parsed once, checked as a whole, every finding reported.

`load_workspace` is for programs that need a right workspace (`load_from` where it is no folder, such as a
commit); `lint_workspace` for whoever wants to know what
is wrong with it.
"""

from slipway.catalog.findings import CatalogErrors, Finding, RuleId
from slipway.catalog.held import HeldFiles
from slipway.catalog.load import Lint, NoWorkspaceError, lint_workspace, load_from, load_workspace

__all__ = [
    "CatalogErrors",
    "Finding",
    "HeldFiles",
    "Lint",
    "NoWorkspaceError",
    "RuleId",
    "lint_workspace",
    "load_from",
    "load_workspace",
]
