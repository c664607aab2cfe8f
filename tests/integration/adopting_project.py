"""The sandbox's project, into which layers are adopted: files of its own, and what its policies exempt."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

BASELINES = ("--baseline-ticket", "PLAT-7", "--baseline-approver", "ana.silva")
"""Options of `slipway adopt propose` that have it write what exempts a layer as it is."""


def give_own_folders(project: Path, checkout: Path) -> None:
    """Give the sandbox's project folders in place of links: what is written is not for the checkout."""
    for folder in ("components", "policies", "stacks"):
        (project / folder).unlink()
        shutil.copytree(checkout / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))


def exempt(project: Path, proposed: Iterable[Path]) -> None:
    """Have the project's policies exempt what the waivers of proposals say, and nothing else."""
    rows = [row for each in proposed for row in yaml.safe_load(each.read_bytes())["baselines"]]
    assert rows
    waivers = project / "policies" / "waivers.yaml"
    waivers.write_text(yaml.safe_dump({"baselines": rows}, width=1000), encoding="utf-8")
