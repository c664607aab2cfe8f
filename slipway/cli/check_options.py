"""The options of `slipway check`."""

from pathlib import Path
from typing import Annotated

import typer

from slipway.checks.names import CheckName
from slipway.model.environment import Environment
from slipway.model.shard import MOST

BaseOption = Annotated[
    str,
    typer.Option(
        "--base",
        metavar="REV",
        help="What the change is to be merged into, such as origin/main. HEAD is compared with where the "
        "two parted.",
    ),
]

OnlyOption = Annotated[
    list[CheckName] | None,
    typer.Option(
        "--only",
        metavar="CHECK",
        help="Run this check alone; may be given more than once. The others are reported as not judged, "
        "and no evidence is kept.",
        show_default=False,
    ),
]

CloneOption = Annotated[
    Environment,
    typer.Option(
        "--clone-from",
        metavar="ENV",
        help="Whose tables the build goes on from. It reads them, and writes to its own clone alone.",
    ),
]

EvidenceOption = Annotated[
    Path | None,
    typer.Option(
        "--evidence",
        metavar="FILE",
        help="Write the evidence, as canonical JSON, to this file.",
        show_default=False,
    ),
]

JunitOption = Annotated[
    Path | None,
    typer.Option(
        "--junit",
        metavar="FILE",
        help="Write what was found as JUnit XML, for a build server to show.",
        show_default=False,
    ),
]

ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Do the I-th of N parts of the work, as N machines side by side do. Each part is evidence of "
        "itself; --fan-in joins them.",
        show_default=False,
    ),
]

FanInOption = Annotated[
    int | None,
    typer.Option(
        "--fan-in",
        metavar="N",
        min=1,
        max=MOST,
        help="Check nothing: join what N shards found, which --record kept, or which the files of "
        "--shard-evidence hold.",
        show_default=False,
    ),
]

ShardEvidenceOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--shard-evidence",
        metavar="FILE",
        help="With --fan-in: a file that --shard and --evidence wrote; once for each shard.",
        show_default=False,
    ),
]

RecordOption = Annotated[
    bool,
    typer.Option(
        "--record",
        help="What a build server adds: keep the evidence in the audit account, tell the ledger, and set "
        "the commit's status on GitHub (GITHUB_TOKEN).",
    ),
]
