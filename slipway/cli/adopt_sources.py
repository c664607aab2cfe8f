"""Which states a command of `slipway adopt` reads: the words and options that they share."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from slipway.adapters.terraform_state import FileState, StreamState
from slipway.adopt.faults import SameStateTwice
from slipway.adopt.state import State
from slipway.adopt.state_reading import read_state
from slipway.model.errors import UsageError
from slipway.ports.terraform_state import StateSource

if TYPE_CHECKING:
    from slipway.adapters.aws.terraform_state import S3StatePlace

_S3: Final = "s3://"
_STREAM: Final = "-"

StatesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="STATE...",
        help="A file, s3://BUCKET/KEY, or - for standard input.",
        show_default=False,
    ),
]
WorkspaceOption = Annotated[
    str, typer.Option("--workspace", metavar="NAME", help="Workspace of the states in S3.")
]
PrefixOption = Annotated[
    str,
    typer.Option(
        "--workspace-key-prefix", metavar="PREFIX", help="The backend's, of other workspaces' keys."
    ),
]
TableOption = Annotated[
    str,
    typer.Option(
        "--dynamodb-table",
        metavar="TABLE",
        help="The backend's table of locks and digests, in the same region.",
        show_default=False,
    ),
]
RegionOption = Annotated[
    str,
    typer.Option(
        "--region", metavar="REGION", help="Of bucket and table.", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"]
    ),
]
LayersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--layer",
        metavar="NAME=PATTERN",
        help="Addresses that are adopted together; may be given several times, also for one name.",
        show_default=False,
    ),
]


class NoSuchPlace(UsageError):  # noqa: N818 - it says what is the case
    """A word names no place where a state could be."""


def read_states(
    words: Sequence[str], *, workspace: str, prefix: str, table: str, region: str
) -> tuple[State, ...]:
    """Read states.

    Args:
        words: as the command line names them.
        workspace: of those in S3.
        prefix: of the keys of workspaces.
        table: of locks and digests.
        region: of bucket and table.

    Raises:
        NoSuchPlace: a word is of no known form.
        SameStateTwice: standard input is named twice.
        SlipwayError: a state cannot be read, is locked, or is none.
    """
    if words.count(_STREAM) > 1:
        raise SameStateTwice("standard input is named twice", remedy="name it once")
    found = []
    for word in words:
        file = _source(word, workspace=workspace, prefix=prefix, table=table, region=region).read()
        found.append(read_state(file.content, file.source, version=file.version))
    return tuple(found)


def _source(word: str, *, workspace: str, prefix: str, table: str, region: str) -> StateSource:
    if word == _STREAM:
        return StreamState(sys.stdin.buffer)
    if not word.startswith(_S3):
        return FileState(Path(word))
    from slipway.adapters.aws.terraform_state import S3StatePlace  # noqa: PLC0415 - boto3 costs a third of a second

    bucket, _, key = word.removeprefix(_S3).partition("/")
    if not bucket or not key:
        raise NoSuchPlace(f"{word} names no object", remedy="write s3://BUCKET/KEY, as the backend has them")
    place = S3StatePlace(bucket=bucket, key=key, workspace=workspace, prefix=prefix, table=table)
    return _in_s3(place, region)


def _in_s3(place: "S3StatePlace", region: str) -> StateSource:
    from slipway.adapters.aws.sessions import client, own_session  # noqa: PLC0415 - boto3 costs a third of a second
    from slipway.adapters.aws.terraform_state import S3State  # noqa: PLC0415 - same

    session = own_session(region)
    return S3State(client(session, "s3"), client(session, "dynamodb"), place)
