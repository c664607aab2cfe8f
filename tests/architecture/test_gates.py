"""No gate of this repository is switched off for a part of it, unnoticed."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 300
"""Lines that a module may have (CONTRIBUTING.md)."""


def _tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


def test_ruff_has_one_settings_file() -> None:
    """It takes those that lie nearest: what workspaces are held to must not judge its own package."""
    assert _tracked("*ruff.toml") == ["slipway/checks/workspace_ruff.toml"]


def test_no_module_is_longer_than_it_may_be() -> None:
    """A module that grows past it has two subjects."""
    modules = [name for name in _tracked("*.py") if "tests" not in Path(name).parts]
    assert len(modules) > LONGEST
    long = [name for name in modules if len((ROOT / name).read_bytes().splitlines()) > LONGEST]
    assert not long
