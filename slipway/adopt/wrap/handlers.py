"""What the stages of wrapping do. What is written is given back when the program would change anything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slipway.adopt.handlers import write_whole
from slipway.adopt.verifying import judge_preview
from slipway.adopt.wrap.stages import ProveUnchanged, WriteProgram
from slipway.model.adopted import AdoptedLayer
from slipway.model.adoption import Result
from slipway.model.counted import counted
from slipway.ports.stack_engine import Program, StackEngine
from slipway.stages import Done, Handler, Handlers, Observed, Progress, Run, StageFailed, Unclear, Untouched
from slipway.stages.handler import Outputs

_WAS: Final = "was"
_TOLD: Final = 5


@dataclass(frozen=True, kw_only=True)
class WrapGround:
    """What wrapping works on.

    Attributes:
        platform: the folder of the program.
        files: contents by path below it.
        layer: as its file has it then.
        engine: previews the program.
        program: what is previewed.
    """

    platform: Path
    files: Mapping[str, str]
    layer: AdoptedLayer
    engine: StackEngine
    program: Program


def wrap_handlers(ground: WrapGround) -> Handlers:
    """Join every kind of stage with its handler."""
    return Handlers(
        {
            "write-program": WriteProgramHandler(ground=ground),
            "prove-unchanged": ProveUnchangedHandler(ground=ground),
        }
    )


@dataclass(frozen=True, kw_only=True)
class WriteProgramHandler(Handler[WriteProgram]):
    """Writes files, each whole or not at all; on the way back they are as they were."""

    ground: WrapGround

    def describe(self, stage: WriteProgram) -> str:
        """Count them."""
        return f"write {counted(len(stage.files), 'file')} that declare {stage.target}"

    def prepare(self, stage: WriteProgram, run: Run) -> Outputs:  # noqa: ARG002 - a handler's signature
        """Keep what is there now."""
        return {_WAS: json.dumps({path: self._there(path) for path in stage.files})}

    def observe(self, stage: WriteProgram, run: Run) -> Observed:  # noqa: ARG002 - same
        """Read them."""
        written = [self._there(path) == self.ground.files[path] for path in stage.files]
        return Done() if all(written) else Unclear() if any(written) else Untouched()

    def do(self, stage: WriteProgram, run: Run) -> Progress:  # noqa: ARG002 - same
        """Write them; the layer's file, which the program looks into first, is the last."""
        for path in stage.files:
            write_whole(self.ground.platform / path, self.ground.files[path])
        return Done()

    def undo(self, stage: WriteProgram, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Write what was there, the layer's file first; take away what was not."""
        before: Mapping[str, str | None] = json.loads(outputs.get(_WAS, "{}"))
        for path, content in reversed(list(before.items())):
            if content is not None:
                write_whole(self.ground.platform / path, content)
            else:
                self._take_away(path)
        return Done()

    def _there(self, path: str) -> str | None:
        file = self.ground.platform / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def _take_away(self, path: str) -> None:
        file = self.ground.platform / path
        file.unlink(missing_ok=True)
        if file.parent.is_dir() and not any(file.parent.iterdir()):
            file.parent.rmdir()


@dataclass(frozen=True, kw_only=True)
class ProveUnchangedHandler(Handler[ProveUnchanged]):
    """Previews the program; it looks, and changes nothing."""

    ground: WrapGround

    def describe(self, stage: ProveUnchanged) -> str:
        """Say what has to hold."""
        return f"preview: nothing of {stage.target} may change"

    def observe(self, stage: ProveUnchanged, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        """Look again: an earlier look is no proof of what is written now."""
        return Untouched()

    def do(self, stage: ProveUnchanged, run: Run) -> Progress:
        """Preview."""
        found = judge_preview(self.ground.layer, self.ground.engine, self.ground.program)
        if found.result is Result.PROVEN:
            return Done()
        told = "; ".join(found.says[:_TOLD])
        more = f" (and {len(found.says) - _TOLD} more)" if len(found.says) > _TOLD else ""
        raise StageFailed(
            f"as components {stage.target} would not be what it is: {told}{more}",
            remedy=f"the layer is declared from its file as before: slipway adopt verify -s {run.stack} "
            f"--layer {stage.target} says whether that holds; --dry-run prints what would be written",
        )

    def undo(self, stage: ProveUnchanged, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Nothing was changed."""
        return Done()
