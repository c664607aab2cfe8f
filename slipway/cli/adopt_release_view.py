"""What Terraform is to be told to forget: files, and the order in which nothing is destroyed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway.adopt.forgetting import Forgetting, Tool, removed_blocks, state_rm
from slipway.adopt.releasing import Standing
from slipway.adopt.state import State
from slipway.cli.console import Format
from slipway.model.adopted import AdoptedLayer
from slipway.model.adoption import OwnershipChange
from slipway.model.counted import counted


@dataclass(frozen=True, kw_only=True)
class PlanJudged:
    """What Terraform's plan of the release says.

    Attributes:
        asked: it was planned.
        wrong: what it would do besides forgetting the layer.
        unable: why there is no plan of it.
    """

    asked: bool = False
    wrong: tuple[str, ...] = ()
    unable: str = ""


@dataclass(frozen=True, kw_only=True)
class Release:
    """How far a release is.

    Attributes:
        layer: which.
        change: whose it is.
        standing: what Terraform has of it.
        asked: what each state is to forget; nothing once it has.
        folder: where files are written.
        plan: what Terraform would do.
        is_new: the ledger was told just now.
        dry_run: nothing was written.
    """

    layer: AdoptedLayer
    change: OwnershipChange
    standing: Standing
    asked: tuple[tuple[State, Forgetting], ...] = ()
    folder: Path = Path()
    plan: PlanJudged = PlanJudged()
    is_new: bool = True
    dry_run: bool = False

    @property
    def state(self) -> str:
        """In a word or two."""
        if self.plan.wrong:
            return "refused"
        if self.asked:
            return "partly forgotten" if self.standing.gone else "to forget"
        return "released"


def files_of(release: Release) -> Iterator[tuple[Path, str]]:
    """Write what is applied: a file of blocks, and a command, for each state that has something."""
    for number, (_, found) in enumerate(release.asked, 1):
        name = release.layer.layer if len(release.asked) == 1 else f"{release.layer.layer}-{number}"
        if found.blocks:
            yield release.folder / f"{name}.removed.tf", removed_blocks(found)
        if found.rows:
            yield release.folder / f"{name}.state-rm.sh", f"#!/bin/sh -e\n{state_rm(found)}"


def render_release(release: Release, style: Format) -> str:
    """Write how far a release is, and what comes next."""
    if style is Format.JSON:
        return json.dumps(_as_data(release), indent=2)
    mark = "1." if style is Format.MARKDOWN else ""
    return "\n".join(_lines(release, mark))


def _lines(release: Release, mark: str) -> Iterator[str]:
    yield f"{release.layer.layer}: {_title(release)}"
    yield from (f"  not as a release: {each}" for each in release.plan.wrong)
    if release.plan.wrong:
        yield "  apply nothing: correct Terraform's code first, then run this again"
        return
    if release.plan.asked:
        yield "  its plan forgets the layer, and changes nothing"
    if release.plan.unable:
        yield f"  no plan of it: {release.plan.unable}"
    for number, step in enumerate(steps(release), 1):
        yield f"{mark} {step}" if mark else f"  {number}. {step}"


def _title(release: Release) -> str:
    if not release.asked:
        told = "; the ledger was not told" if release.dry_run else ""
        since = "" if release.is_new else f" since {release.change.at:%Y-%m-%d %H:%M} UTC"
        objects = counted(len(release.layer.resources), "resource")
        return f"Terraform has forgotten {objects}; the layer is Pulumi's alone{since}{told}"
    there, every = len(release.standing.there), len(release.layer.resources)
    return f"Terraform has {there} of {counted(every, 'resource')}; {release.state}"


def steps(release: Release) -> Iterator[str]:
    """The order that cannot destroy; each step is a sentence."""
    again = f"slipway adopt release -s {release.layer.stack} --layer {release.layer.layer} --state STATE"
    if not release.asked:
        yield f"slipway adopt verify -s {release.layer.stack} --layer {release.layer.layer}"
        return
    tool = release.asked[0][1].dialect.tool
    files = [str(path) for path, _ in files_of(release)]
    yield f"let nobody else plan or apply there: stop {_name(tool)}'s builds of the state"
    if any(found.rows for _, found in release.asked):
        named = ", ".join(each for each in files if each.endswith(".sh"))
        yield f"run {named} in the folder of the configuration: it forgets, and destroys nothing"
        yield "delete those resources from the code, before anybody plans: a plan would create them again"
    if any(found.blocks for _, found in release.asked):
        named = ", ".join(each for each in files if each.endswith(".tf"))
        yield (
            f"in one change: add {named} to the root module, and delete the resources and modules that it "
            "names from the code; without the file a plan destroys them"
        )
        yield f"{tool} plan: 0 to add, 0 to change, 0 to destroy; {again} --terraform FOLDER reads it"
        yield f"{tool} apply, then delete the file"
    yield again


def _name(tool: Tool) -> str:
    return "Terraform" if tool is Tool.TERRAFORM else "OpenTofu"


def _as_data(release: Release) -> dict[str, Any]:
    return {
        "layer": release.layer.layer,
        "stack": release.layer.stack,
        "owner": release.change.owner,
        "state": release.state,
        "dry_run": release.dry_run,
        "proof": release.change.proof,
        "there": [each.address for each in release.standing.there],
        "gone": [each.address for each in release.standing.gone],
        "forget": [
            {
                "state": state.id.source,
                "tool": found.dialect.tool,
                "removed": list(found.blocks),
                "state_rm": list(found.rows),
            }
            for state, found in release.asked
        ],
        "plan": {
            "asked": release.plan.asked,
            "wrong": list(release.plan.wrong),
            "unable": release.plan.unable,
        },
        "files": [str(path) for path, _ in files_of(release)],
        "steps": [] if release.plan.wrong else list(steps(release)),
    }
