"""docs/reference/environments.md says how the environments differ, and nothing that is the same."""

import re
import shutil
from pathlib import Path

from pydantic.alias_generators import to_camel

from stacks.environments_page import descriptions, page
from stacks.settings import EnvironmentSettings
from tests.doubles.declared_stacks import ROOT

FILES = ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml")


def _rows(text: str) -> dict[str, list[str]]:
    cells = (
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in text.splitlines()
        if line[:2] == "| "
    )
    return {key.strip("`"): values for key, _, *values in cells if key.startswith("`")}


def _changed(folder: Path, stack: str, old: str, new: str) -> str:
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    path = folder / f"Pulumi.{stack}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return page(folder)


def test_the_page_is_current() -> None:
    """A table that is not says what somebody once wanted."""
    assert (ROOT / "docs" / "reference" / "environments.md").read_text(encoding="utf-8") == page(ROOT)


def test_a_setting_that_differs_has_its_values_in_order() -> None:
    """Dev, staging, prod; truth in words, mappings by name."""
    rows = _rows(page(ROOT))
    assert rows["natGateways"] == ["1", "1", "3"]
    assert rows["airflowProtected"] == ["no", "no", "yes"]
    assert rows["spentCredits"] == ["SUSPEND", "SUSPEND", "NOTIFY"]
    assert rows["warehouseSizes"][2] == "transform MEDIUM, release MEDIUM, rollback MEDIUM, mask XSMALL"


def test_a_setting_that_is_the_same_has_no_row(tmp_path: Path) -> None:
    """Until one environment has another value."""
    assert "statementLimitMinutes" not in _rows(page(ROOT))
    changed = _changed(tmp_path, "dev", "statementLimitMinutes: 60", "statementLimitMinutes: 30")
    assert _rows(changed)["statementLimitMinutes"] == ["30", "60", "60"]


def test_values_that_say_nothing_are_not_shown() -> None:
    """Accounts and keys are each environment's own; what a month is assumed to cost is another page's."""
    text = page(ROOT)
    rows = _rows(text)
    assert rows["aws:allowedAccountIds"] == ["its own"] * 3
    assert "MIIB" not in text
    assert "cost" not in rows


def test_every_setting_of_an_environment_is_described() -> None:
    """A setting without a description could not have a row."""
    described = descriptions(EnvironmentSettings)
    named = set(EnvironmentSettings.model_fields) - {"stack", "region", "workspace", "organization", "cost"}
    assert named - set(described) == set()
    assert all(re.search(r"\w", text) for text in described.values())
    assert "statementLimitMinutes" in {to_camel(field) for field in described}
