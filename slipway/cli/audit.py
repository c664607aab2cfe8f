"""`slipway audit`: what was done, by whom, with whose consent; and proof that the records are whole."""

import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from slipway.audit import EvidenceStore
from slipway.audit.checkpoints import Checkpoints
from slipway.audit.trace import Attested
from slipway.audit.trace import trace as follow
from slipway.audit.verify import Verifier
from slipway.catalog import load_workspace
from slipway.cli import audit_stacks, wiring
from slipway.cli.audit_view import render_checkpoint, render_verification
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import Desk, releases_of
from slipway.cli.trace_view import render_trace
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.model.counted import counted
from slipway.model.dataset import Dataset, DatasetError
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode, UsageError
from slipway.model.nearest import near
from slipway.model.workspace import Workspace
from slipway.release.releases import Releases

app = typer.Typer(rich_markup_mode=None)
app.command("stacks")(audit_stacks.command)

_RELEASE: Final = re.compile(r"(?:sha256:)?[0-9a-f]{8,64}")
_DEPLOYMENT: Final = re.compile(rf"(?:{'|'.join(Environment)})-.+")


class UnknownTableError(UsageError):
    """A name that is no table of the workspace, or several."""


@app.command("trace")
def _trace(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="TABLE|RELEASE",
            help="A table or view by its URI, an output by its name, or eight digits of a release's digest.",
            show_default=False,
        ),
    ],
    *,
    newest: Annotated[
        int, typer.Option("--newest", min=1, metavar="N", help="Tell of so many releases at most.")
    ] = 10,
    events: Annotated[
        bool, typer.Option("--events", help="List every document and every event of the ledger too.")
    ] = False,
    workspace: WorkspaceOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Follow a table or a release back to who changed it and who allowed it.

    For each environment, prod first: which release runs, who deployed and who approved it, which effects,
    what its data audits and its verdict said, what stopped it or rolled it back; older releases in a line
    each; attempts that were refused. Then each release: its pull requests with their authors and reviewers,
    what it ships, who checked, built and signed it. Times are UTC. --events lists every document and event,
    as --format json always does. The name of a pipeline's output is looked up in the workspace; any other
    table or view is found by its URI, and a deployment by its id. For example:

    slipway audit trace revenue

    slipway audit trace snowflake://FINEDGE.MARTS.REVENUE --format markdown

    slipway audit trace 3f9c2a1b
    """
    desk = wiring.build_desk()
    found = follow(
        _resolved(subject, desk, workspace),
        store=desk.ledger,
        evidence=_evidence(desk),
        manifest_of=partial(_attested, releases_of(desk)),
        newest=newest,
    )
    typer.echo(render_trace(found, style, events=events))


@app.command("verify")
def _verify(
    context: typer.Context,
    *,
    chain: Annotated[
        str | None,
        typer.Option(
            "--chain",
            metavar="NAME",
            help="Only this chain: a deployment's id, dev, staging, prod or platform.",
            show_default=False,
        ),
    ] = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Prove that ledger and evidence are as they were written.

    Every entry is recomputed and compared with its locked copy, every chain with its seal and with the
    signed checkpoints, every document of evidence with its digest. A changed byte, a missing entry, a
    missing chain and an edited document are each named. Exits with 1 when something is wrong.
    """
    desk = wiring.build_desk()
    checkpoints = Checkpoints(desk.evidence, desk.trusted.signing)
    reporter = console_of(context).reporter
    with reporter.task(f"reading {f'chain {chain}' if chain else 'every chain'} again"):
        found = Verifier(desk.ledger, _evidence(desk), checkpoints).verify(chain)
    typer.echo(render_verification(found, style))
    if found.discrepancies:
        reporter.step(counted(len(found.discrepancies), "discrepancy", "discrepancies"))
        raise typer.Exit(ExitCode.FINDINGS)
    reporter.step("everything is as it was written")


@app.command("checkpoint")
def _checkpoint(context: typer.Context, *, style: FormatOption = Format.TEXT) -> None:
    """Sign where every chain of the ledger ends now, and lock that away.

    What is cut from a chain later is found by `slipway audit verify`. A schedule runs this once a day;
    running it more often leaves less that could be cut unnoticed.
    """
    desk = wiring.build_desk()
    made = Checkpoints(desk.evidence, desk.trusted.signing).add(desk.ledger, desk.signer, desk.clock.now())
    typer.echo(render_checkpoint(made, style))
    console_of(context).reporter.step(f"checkpoint {made.number} covers {counted(len(made.heads), 'chain')}")


def _attested(releases: Releases, release: Digest) -> Attested:
    manifest = releases.read(release).manifest
    return Attested(manifest=manifest, signers=releases.signers(release))


def _evidence(desk: Desk) -> EvidenceStore:
    return EvidenceStore(desk.evidence, desk.clock)


def _resolved(subject: str, desk: Desk, workspace: Path | None) -> str:
    """Turn what was written into what the ledger's events are about."""
    if "://" in subject:
        return _uri(subject)
    if _RELEASE.fullmatch(subject):
        return releases_of(desk).find(subject)
    if _DEPLOYMENT.fullmatch(subject):
        return subject
    return _dataset_of(subject, load_workspace(workspace_root(workspace)))


def _uri(text: str) -> str:
    try:
        return Dataset.parse(text).uri
    except DatasetError as error:
        raise UnknownTableError(error.message, remedy=error.remedy) from error


def _dataset_of(name: str, workspace: Workspace) -> str:
    """Find a dataset by the end of its name, such as `revenue` or `marts.revenue`; case does not count."""
    produced = {output.dataset for pipeline in workspace.pipelines for output in pipeline.outputs}
    found = sorted(each.uri for each in produced if _ends_with(each, name))
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownTableError(
            f"{name!r} is the name of {len(found)} tables", remedy=f"write one of {', '.join(found)}"
        )
    raise UnknownTableError(
        f"no pipeline of workspace {workspace.name!r} writes a table {name!r}", remedy=_near(name, produced)
    )


def _near(name: str, produced: Iterable[Dataset]) -> str:
    """Name what is spelled like it; a workspace has hundreds of others, which help nobody."""
    words = name.split(".")
    by_table: dict[str, set[str]] = {}
    for each in produced:
        by_table.setdefault(each.parts[-1], set()).add(".".join(each.parts[-len(words) :]))
    close = [whole for table in near(words[-1], by_table) for whole in sorted(by_table[table])]
    if close:
        return f"did you mean {' or '.join(close)}?"
    return "no name is near it: write a table's URI, eight digits of a release, or a deployment's id"


def _ends_with(dataset: Dataset, name: str) -> bool:
    parts = [part.lower() for part in dataset.parts]
    wanted = name.lower().split(".")
    return parts[-len(wanted) :] == wanted
