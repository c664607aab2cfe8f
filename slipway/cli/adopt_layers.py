"""Which adopted layer a command of `slipway adopt` is about: the options that they share, and its file."""

from pathlib import Path
from typing import Annotated, Final

import typer

from slipway.cli.named_files import read_file
from slipway.model.adopted import FOLDER, AdoptedLayer, file_name, read_layer
from slipway.model.environment import StackName
from slipway.model.errors import UsageError
from slipway.model.policy_report import PolicyPack

StackOption = Annotated[
    StackName, typer.Option("--stack", "-s", metavar="STACK", help="Which owns it.", show_default=False)
]
LayerOption = Annotated[str, typer.Option("--layer", metavar="NAME", help="Which layer.", show_default=False)]
StatesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        metavar="STATE",
        help="Terraform's state as it is now: a file, s3://BUCKET/KEY, or -; once for each.",
        show_default=False,
    ),
]
TerraformOption = Annotated[
    Path | None,
    typer.Option(
        "--terraform",
        metavar="FOLDER",
        help="Terraform's configuration of the layer, initialised: it is planned there.",
        show_default=False,
    ),
]
FolderOption = Annotated[
    Path, typer.Option("--to", metavar="FOLDER", help="Where files for people are written.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done; nothing is written or changed.")
]
PackOption = Annotated[
    PolicyPack,
    typer.Option(
        "--pack",
        metavar="PACK",
        help="baseline or production: policies that it has to pass, but for policies/waivers.yaml.",
    ),
]
PRODUCTION: Final = PolicyPack.PRODUCTION
"""The policies that a layer has to pass unless others are named: its baselines are written for them."""
PROPOSALS = Path("proposals")
"""Where files for people are written, unless another folder is named."""


class NoSuchLayer(UsageError):  # noqa: N818 - it says what is the case
    """No layer of that name is adopted in the stack."""


def read_adopted(platform: Path, stack: StackName, layer: str) -> AdoptedLayer:
    """Read the file that a program declares a layer from.

    Raises:
        NoSuchLayer: the stack has none of that name.
        DefinitionError: the file is no layer.
    """
    path = platform / FOLDER / file_name(layer)
    if not path.is_file():
        raise NoSuchLayer(
            f"no layer {layer} is adopted: there is no {FOLDER}/{path.name}",
            remedy="slipway adopt import writes it",
        )
    adopted = read_layer(read_file(path), str(path))
    if adopted.stack is not stack:
        raise NoSuchLayer(
            f"the layer {layer} is stack {adopted.stack}'s, not {stack}'s", remedy=f"give -s {adopted.stack}"
        )
    return adopted
