"""The kinds of stage of an adoption, and its plan. Data only."""

from collections.abc import Sequence
from typing import Final, Literal

from slipway.adopt.recording import RecordOwner
from slipway.model.adopted import FOLDER, file_name
from slipway.model.adoption import Owner
from slipway.stages import Stage

BATCH: Final = 200
"""How many resources are taken at a time: what a process that is killed has to do again."""


class TakeBatch(Stage):
    """Take resources into the stack's state; the target is the layer, and which batch of how many.

    Attributes:
        urns: of the batch, each after its parent.
    """

    kind: Literal["take-batch"] = "take-batch"
    urns: tuple[str, ...]


class DeclareLayer(Stage):
    """Write the file that the program declares the layer from; the target is the file."""

    kind: Literal["declare-layer"] = "declare-layer"


def build_import(layer: str, urns: Sequence[str], *, batch: int = BATCH) -> tuple[Stage, ...]:
    """Return the plan that imports a layer.

    Args:
        layer: its name.
        urns: of its components and resources, each after its parent.
        batch: how many are taken at a time.
    """
    batches = [tuple(urns[start : start + batch]) for start in range(0, len(urns), batch)]
    return (
        *(
            TakeBatch(target=f"{layer} {number}/{len(batches)}", urns=each)
            for number, each in enumerate(batches, 1)
        ),
        DeclareLayer(target=f"{FOLDER}/{file_name(layer)}"),
        RecordOwner(target=layer, owner=Owner.BOTH),
    )
