"""The kinds of stage of wrapping a layer, and its plan. Data only."""

from collections.abc import Sequence
from typing import Literal

from slipway.stages import Stage


class WriteProgram(Stage):
    """Write components, what declares them, and what the layer's file says then; the target is the layer.

    Attributes:
        files: paths below the platform's folder.
    """

    kind: Literal["write-program"] = "write-program"
    files: tuple[str, ...]


class ProveUnchanged(Stage):
    """Have the program previewed: nothing of the layer may change; the target is the layer."""

    kind: Literal["prove-unchanged"] = "prove-unchanged"


def build_wrap(layer: str, files: Sequence[str]) -> tuple[Stage, ...]:
    """Return the plan that wraps a layer.

    Args:
        layer: its name.
        files: what is written, by paths below the platform's folder.
    """
    return WriteProgram(target=layer, files=tuple(files)), ProveUnchanged(target=layer)
