"""`slipway build`: from a commit to a signed release in the artifact bucket."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

import typer

from slipway.attest import digest_of_document
from slipway.audit import EvidenceStore
from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import Desk, releases_of
from slipway.cli.named_files import read_file
from slipway.cli.release_view import Remark, render_release
from slipway.cli.telling import keep_run, tell_once
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.model.digest import short
from slipway.model.events import Event, EventKind, Outcome
from slipway.model.evidence import CheckRun
from slipway.model.release import DirectCommit, Manifest, Release
from slipway.ports.reporter import Reporter
from slipway.release.building import Draft, draft
from slipway.release.checked import brought_run, passed_runs
from slipway.release.releases import Added

_HERE: Final = "HEAD"


def command(
    context: typer.Context,
    commit: Annotated[str, typer.Argument(metavar="COMMIT", help="What is built.")] = _HERE,
    *,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="REV", help="What it is compared with. Without it: the commit before.", show_default=False
        ),
    ] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A check run that slipway check --evidence wrote; it is kept. May be given more than once.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write and sign nothing.")] = False,
    workspace: WorkspaceOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Build a release of what changed, and sign it.

    Each part whose files differ between the two commits becomes an artifact; docs/reference/artifacts.md says
    which files those are. Content comes from git's objects, never from the folder, so the same commit gives
    the same release on every machine. Building it again writes nothing.
    """
    reporter = console_of(context).reporter
    root = workspace_root(workspace)
    revisions = wiring.build_revisions(root)
    with reporter.task("bundling what changed"):
        drafted = draft(revisions, commit=commit, base=base)
    if commit == _HERE and (left := revisions.uncommitted()):
        reporter.warning(
            f"not committed, so not built: {', '.join(left[:3])}{' and more' if left[3:] else ''}"
        )
    _tell_ownership(reporter, drafted)
    if drafted.is_empty:
        reporter.step(f"nothing that ships changed between {drafted.base.commit[:12]} and {_built(drafted)}")
        typer.echo("null" if style is Format.JSON else "No release.")
        return
    desk = wiring.build_desk()
    brought = _brought(drafted, evidence or ())
    manifest = _manifest(reporter, desk, drafted, brought)
    if dry_run:
        reporter.step("dry run: nothing was written or signed")
        typer.echo(render_release(Release(digest=digest_of_document(manifest), manifest=manifest), style))
        return
    with reporter.task("writing and signing"):
        for run in brought:
            keep_run(desk, run)
        added = releases_of(desk).add(manifest, drafted.difference.bundles, desk.signer)
        tell_once(desk, _event(desk, added.release))
    typer.echo(render_release(added.release, style, _remark(added)))
    _tell_next(reporter, added)


def _built(drafted: Draft) -> str:
    return drafted.commit.revision.commit[:12]


def _tell_ownership(reporter: Reporter, drafted: Draft) -> None:
    ownership = drafted.difference.ownership
    for path, reason in ownership.ignored.items():
        reporter.detail(f"not shipped: {path} ({reason})")
    for path in ownership.strays:
        reporter.warning(f"{path} is no part's file; it ships with platform/entry")


def _brought(drafted: Draft, files: Sequence[Path]) -> tuple[CheckRun, ...]:
    revision, base = drafted.commit.revision, drafted.base
    return tuple(brought_run(read_file(file), revision, base, source=str(file)) for file in files)


def _manifest(reporter: Reporter, desk: Desk, drafted: Draft, brought: Sequence[CheckRun]) -> Manifest:
    workspace = drafted.commit.workspace.name
    with reporter.task("asking who made and checked it"):
        carried = desk.changes(workspace).carried(drafted.base.commit, drafted.commit.revision.commit)
        evidence = EvidenceStore(desk.evidence, desk.clock)
        kept = passed_runs(desk.ledger, evidence, drafted.commit.revision, drafted.base)
        runs = {*kept, *(digest_of_document(run) for run in brought)}
    if not runs:
        reporter.warning(
            f"no check run passed on tree {drafted.commit.revision.tree[:12]} against "
            f"{drafted.base.commit[:12]}: the gate checks-passed will refuse this release"
        )
    for commit in carried.direct:
        reporter.warning(f"{commit.sha[:12]} by {commit.author} came past all pull requests")
    return drafted.manifest(
        repository=desk.repository(workspace),
        pull_requests=carried.pull_requests,
        direct_commits=[
            DirectCommit(sha=each.sha, title=each.title, author=each.author) for each in carried.direct
        ],
        evidence=sorted(runs),
        slipway=version("slipway"),
    )


def _event(desk: Desk, release: Release) -> Event:
    return Event(
        kind=EventKind.BUILT,
        outcome=Outcome.SUCCESS,
        at=desk.clock.now(),
        actor=desk.identity.caller().arn,
        release=release.digest,
        subject=release.manifest.commit,
        evidence=release.manifest.evidence,
        figures={"artifacts": str(len(release.manifest.artifacts))},
        message=f"built release {short(release.digest)} of {release.manifest.repository}",
    )


def _remark(added: Added) -> Remark:
    written = set(added.artifacts)
    return Remark(
        column="stored",
        by_part={
            str(each.part): "written" if each in written else "was there"
            for each in added.release.manifest.artifacts
        },
    )


def _tell_next(reporter: Reporter, added: Added) -> None:
    if not added.manifest:
        reporter.step("this release was built before: its manifest was there and is unchanged")
    reporter.step(f"next: slipway deploy {short(added.release.digest)} -s dev")
