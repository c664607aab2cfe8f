"""Plans of the real Terraform, without a provider: `terraform_data` is its own."""

import shutil
import subprocess
from pathlib import Path

import pytest

from slipway.adapters.terraform_engine import CommandTerraform
from slipway.ports.terraform_engine import PlannedChange, TerraformUnable

CONFIGURATION = 'resource "terraform_data" "lake" {{\n  input = "{value}"\n}}\n'
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="there is no terraform here")


@needs_terraform
def test_a_plan_names_what_would_change_and_no_value(tmp_path: Path) -> None:
    """Nothing after an apply; the address after an edit."""
    configuration = tmp_path / "main.tf"
    configuration.write_text(CONFIGURATION.format(value="hunter2"), encoding="utf-8")
    for words in (["init"], ["apply", "-auto-approve"]):
        subprocess.run(["terraform", f"-chdir={tmp_path}", *words], check=True, capture_output=True)
    assert CommandTerraform().plan(tmp_path) == ()
    configuration.write_text(CONFIGURATION.format(value="hunter3"), encoding="utf-8")
    changed = CommandTerraform().plan(tmp_path)
    assert changed == (PlannedChange(address="terraform_data.lake", action="update"),)
    assert str(changed[0]) == "terraform_data.lake (update)"


@needs_terraform
def test_a_folder_that_cannot_be_planned_says_why(tmp_path: Path) -> None:
    """Nothing is proven, and nothing refuted."""
    with pytest.raises(TerraformUnable, match=r"terraform cannot plan .*: No configuration files"):
        CommandTerraform().plan(tmp_path)


def test_without_terraform_nothing_can_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of the two is there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TerraformUnable, match="neither terraform nor tofu is on the PATH"):
        CommandTerraform().plan(tmp_path)
