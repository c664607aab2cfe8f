"""The example copied, the planned pipelines written beside it, slipway.yaml and CODEOWNERS extended."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from bench.workspace import entries, tables, warehouse
from bench.workspace.plan import Planned, Shape, plan
from slipway.catalog import load_workspace
from slipway.catalog.owners import CODEOWNERS, code_owners

EXAMPLE: Final = Path(__file__).resolve().parents[2] / "examples" / "finedge"
_NOT_THE_WORKSPACE: Final = ("tests", "README.md", "__pycache__", "target", "logs")
SMALLEST: Final = sum(1 for _ in (EXAMPLE / "catalog").glob("*.yaml"))
"""The pipelines of the example."""

_MARTS_A_CONSUMER: Final = 5


class TooSmallError(ValueError):
    """A workspace was asked for that has fewer pipelines than the example."""


def grow(target: Path, *, pipelines: int, seed: int) -> None:
    """Write a workspace.

    Args:
        target: an empty folder, or one to be made.
        pipelines: how many it has, those of the example included.
        seed: another seed, another workspace.

    Raises:
        TooSmallError: fewer than the example has.
        FileExistsError: the folder is not empty.
    """
    if pipelines < SMALLEST:
        raise TooSmallError(f"{pipelines} pipelines are too few: the example alone has {SMALLEST}")
    if target.exists() and any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty: name another folder")
    shutil.copytree(EXAMPLE, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_NOT_THE_WORKSPACE))
    planned = plan(pipelines - SMALLEST, seed)
    for pipeline in planned:
        _write(target, _files(pipeline))
    _extend_settings(target / "slipway.yaml", planned)
    (target / CODEOWNERS).write_text(code_owners(load_workspace(target)), encoding="utf-8")


def _files(pipeline: Planned) -> dict[str, str]:
    """All files of a pipeline, by path."""
    found = {
        f"catalog/{pipeline.name}.yaml": entries.entry(pipeline),
        entries.contract_path(pipeline): tables.contract(pipeline),
        **warehouse.files(pipeline),
        **entries.connectors(pipeline),
    }
    if "dag" in entries.parts(pipeline):
        found[entries.parts(pipeline)["dag"]] = entries.dag(pipeline)
    return found


def _write(target: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def _extend_settings(path: Path, planned: Iterable[Planned]) -> None:
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    marts = [pipeline for pipeline in planned if pipeline.shape is Shape.MART]
    settings["sources"] += [_source(pipeline) for pipeline in planned if pipeline.shape is not Shape.MART]
    groups = [marts[start : start + _MARTS_A_CONSUMER] for start in range(0, len(marts), _MARTS_A_CONSUMER)]
    settings["consumers"] += [_consumer(number, group) for number, group in enumerate(groups, start=1)]
    path.write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _source(pipeline: Planned) -> dict[str, Any]:
    return {
        "dataset": entries.source(pipeline),
        "owner": "back-office",
        "description": f"{pipeline.name.replace('-', ' ').capitalize()} of the back office.",
    }


def _consumer(number: int, marts: list[Planned]) -> dict[str, Any]:
    name = f"dashboard-{number}"
    return {
        "name": name,
        "reads": [pipeline.table.uri for pipeline in marts],
        "contact": f"{name}@finedge.example",
    }
