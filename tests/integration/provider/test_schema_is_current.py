"""The provider's committed schemas are those of the installed SDKs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.tools import generate_schema
from tests.integration.provider.cli import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOOL = ROOT / "sandbox" / "tools" / "generate_schema.py"


def test_the_schemas_are_of_the_installed_versions() -> None:
    """As CI asks: a new SDK without a new schema fails here, with the remedy."""
    checked = subprocess.run([sys.executable, TOOL, "--check"], check=False, capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_schema_of_another_version_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a missing one."""
    monkeypatch.setattr(generate_schema, "SCHEMAS", tmp_path)
    assert generate_schema.stale("github", full=False) == "github.json is missing"
    (tmp_path / "github.json").write_text(json.dumps({"version": "6.0.0"}))
    reason = generate_schema.stale("github", full=False)
    assert reason == f"github.json is of version 6.0.0, the SDK of {generate_schema.installed('github')}"


@pytest.mark.integration
def test_a_fresh_schema_is_the_committed_one() -> None:
    """For the smallest SDK, line by line; `--check --full` does it for all."""
    assert generate_schema.stale("github", full=True) is None
