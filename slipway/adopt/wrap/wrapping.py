"""Carries the wrapping of a layer out, on the stages engine: written, previewed, kept or given back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from slipway.adopt.faults import NotWrappable
from slipway.adopt.wrap.handlers import WrapGround, wrap_handlers
from slipway.adopt.wrap.layout import laid_out
from slipway.adopt.wrap.program_text import program_of
from slipway.adopt.wrap.renaming import renamed, wrapped
from slipway.adopt.wrap.shape import shape_of
from slipway.adopt.wrap.stages import build_wrap
from slipway.adopt.wrap.writing import written_files
from slipway.attest import digest_of
from slipway.model.adopted import FOLDER, AdoptedLayer, file_name, write_layer
from slipway.model.digest import short
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.journal import Deployment, Journal
from slipway.ports.resource_types import ResourceTypes
from slipway.ports.stack_engine import Program, StackEngine
from slipway.ports.stack_imports import Held
from slipway.ports.tools import ToolRunner
from slipway.stages import Executor, Outcome
from slipway.stages.story import Story

_NO_LEASE: Final = timedelta.max
"""Nothing but files of a checkout is changed."""
_WAIVERS: Final = "policies/waivers.yaml"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What wrapping a layer writes.

    Attributes:
        layer: as its file has it then.
        files: contents by path below the platform's folder; the layer's file is the last.
    """

    layer: AdoptedLayer
    files: Mapping[str, str]


def write_wrapped(
    layer: AdoptedLayer, held: Iterable[Held], types: ResourceTypes, platform: Path, tools: ToolRunner
) -> Written:
    """Say what is written: the same in every run, as long as the layer is declared from its file.

    Args:
        layer: as it was adopted.
        held: what the stack's state has.
        types: what the SDK says.
        platform: the folder of the program.
        tools: runs the formatter.

    Raises:
        NotWrappable: something else is where its components would be.
    """
    outputs = _by_python_names(layer, {each.urn: each.texts for each in held}, types)
    whole = laid_out(written_files(layer, outputs, types), platform, tools)
    files = laid_out(written_files(layer, outputs, types, whole), platform, tools)
    _require_room(files, platform)
    made = wrapped(layer, shape_of(layer), program_of(layer.layer))
    return Written(
        layer=made,
        files={**files, **_waivers(made, platform), f"{FOLDER}/{file_name(layer.layer)}": write_layer(made)},
    )


def _by_python_names(
    layer: AdoptedLayer, texts: Mapping[str, Mapping[str, str]], types: ResourceTypes
) -> dict[str, dict[str, str]]:
    return {
        each.urn: {
            name: text
            for name, known in types.resource(each.py).properties.items()
            if (text := texts.get(each.urn, {}).get(known.wire))
        }
        | {"id": each.id}
        for each in layer.resources
    }


def _require_room(files: Mapping[str, str], platform: Path) -> None:
    for path, content in files.items():
        there = platform / path
        if there.is_file() and there.read_text(encoding="utf-8") != content:
            raise NotWrappable(
                f"{there} is there already, with something else in it",
                remedy="give what it has another place, or remove it if an earlier attempt has left it",
            )


def _waivers(layer: AdoptedLayer, platform: Path) -> dict[str, str]:
    """Have what exempts resources of the layer name them as they are called then."""
    path = platform / _WAIVERS
    if not path.is_file():
        return {}
    content = was = path.read_text(encoding="utf-8")
    for former, urn in sorted(renamed(layer).items(), key=lambda each: len(each[0]), reverse=True):
        content = content.replace(former, urn)
    return {_WAIVERS: content} if content != was else {}


@dataclass(frozen=True, kw_only=True)
class Wrapping:
    """One run.

    Attributes:
        engine: previews the program.
        program: what is previewed.
        journal: where it is written down.
        clock: tells the time.
        platform: the folder of the program.
        actor: who runs this.
    """

    engine: StackEngine
    program: Program
    journal: Journal
    clock: Clock
    platform: Path
    actor: str

    def carry_out(self, written: Written, story: Story) -> Outcome:
        """Wrap a layer, or go on with what was begun.

        Args:
            written: what is written.
            story: is told what happens.

        Raises:
            StackLocked: an update of the stack is running.
            StackEngineError: the engine does not answer; call again to continue.
        """
        ground = WrapGround(
            platform=self.platform,
            files=written.files,
            layer=written.layer,
            engine=self.engine,
            program=self.program,
        )
        executor = Executor(
            handlers=wrap_handlers(ground),
            journal=self.journal,
            clock=self.clock,
            story=story,
            actor=self.actor,
            lease=lambda: _NO_LEASE,
        )
        plan = build_wrap(written.layer.layer, tuple(written.files))
        return executor.carry_on(self._head(written), plan)

    def _head(self, written: Written) -> Deployment:
        """Find what is open, else begin the next attempt."""
        digest = short(digest_of(json.dumps(written.files, sort_keys=True).encode()))
        number = 1
        while (head := self.journal.deployment(_id(written.layer, digest, number))) is not None:
            if head.conclusion is None:
                return head
            number += 1
        head = Deployment.beginning(
            _id(written.layer, digest, number),
            written.layer.stack,
            b"[]",
            actor=self.actor,
            began=self.clock.now(),
        )
        self.journal.save(head)
        return head


def _id(layer: AdoptedLayer, digest: str, number: int) -> DeploymentId:
    return DeploymentId(f"{layer.stack}-wrap-{layer.layer}-{digest}-{number}")
