"""`slipway build`: from a commit to a signed release in the artifact bucket."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

import typer

from slipway.attest import digest_of_document
from slipway.attest.approval_tally import unnamed_writers
from slipway.audit import EvidenceStore
from slipway.checks.fan_in import fan_in
from slipway.cli import wiring
from slipway.cli.check_shards import joined_by_record, read_evidence
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import Desk, releases_of
from slipway.cli.needed_checks import needed_checks, unchecked
from slipway.cli.release_view import Remark, render_release
from slipway.cli.telling import keep_run, tell_once
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.model.counted import counted
from slipway.model.digest import Digest, short
from slipway.model.events import Event, EventKind, Outcome
from slipway.model.evidence import CheckRun, CheckShard
from slipway.model.release import DirectCommit, Manifest, Release
from slipway.ports.reporter import Reporter
from slipway.ports.revisions import Revisions
from slipway.release.building import Draft, draft
from slipway.release.checked import believed_run, passed_runs
from slipway.release.proposals import Proposals
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
            help="A check run that slipway check --evidence wrote; it is kept. May be given more than once; "
            "of shards, all have to be.",
            show_default=False,
        ),
    ] = None,
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="Leave the signature to slipway release sign.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write and sign nothing.")] = False,
    workspace: WorkspaceOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Build a release of what changed, and sign it.

    Each part whose files differ between the two commits becomes an artifact; docs/reference/artifacts.md says
    which files those are. Content comes from git's objects, never from the folder, so the same commit gives
    the same release on every machine. Building it again writes nothing. With --unsigned it stays unbelieved
    until `slipway release sign` has looked at it: who may build need not be who may sign.
    """
    reporter = console_of(context).reporter
    root = workspace_root(workspace)
    revisions = wiring.build_revisions(root)
    with reporter.task("bundling what changed"):
        drafted = draft(revisions, commit=commit, base=base)
    if commit == _HERE:
        _tell_uncommitted(reporter, revisions)
    _tell_ownership(reporter, drafted)
    if drafted.is_empty:
        reporter.step(f"nothing that ships changed between {drafted.base.commit[:12]} and {_built(drafted)}")
        typer.echo("null" if style is Format.JSON else "No release.")
        return
    desk = wiring.build_desk()
    joined = joined_by_record(desk, drafted.commit.revision.tree, drafted.base.commit)
    brought = (*_brought(drafted, evidence or ()), *joined.runs)
    needed = needed_checks(revisions, drafted)
    runs = _runs(reporter, desk, drafted, brought)
    _tell_unchecked(reporter, drafted, unchecked(needed, tuple(runs.values())), runs, joined.reasons)
    manifest = _manifest(reporter, desk, drafted, needed, runs)
    _tell_strangers(reporter, Release(digest=digest_of_document(manifest), manifest=manifest))
    if dry_run:
        reporter.step("dry run: nothing was written or signed")
        typer.echo(render_release(Release(digest=digest_of_document(manifest), manifest=manifest), style))
        return
    with reporter.task("writing" if unsigned else "writing and signing"):
        for run in brought:
            keep_run(desk, run)
        added = _added(desk, manifest, drafted, unsigned=unsigned)
        tell_once(desk, _event(desk, added.release))
    typer.echo(render_release(added.release, style, _remark(added)))
    _tell_next(reporter, added, unsigned=unsigned)


def _built(drafted: Draft) -> str:
    return drafted.commit.revision.commit[:12]


def _tell_uncommitted(reporter: Reporter, revisions: Revisions) -> None:
    left = revisions.uncommitted()
    if left:
        reporter.warning(
            f"not committed, so not built: {', '.join(left[:3])}{' and more' if left[3:] else ''}"
        )


def _tell_ownership(reporter: Reporter, drafted: Draft) -> None:
    ownership = drafted.difference.ownership
    for path, reason in ownership.ignored.items():
        reporter.detail(f"not shipped: {path} ({reason})")
    for path in ownership.strays:
        reporter.warning(f"{path} is no part's file; it ships with platform/entry")


def _brought(drafted: Draft, files: Sequence[Path]) -> tuple[CheckRun, ...]:
    """Read what was brought; shards count only as a whole."""
    revision, base = drafted.commit.revision, drafted.base
    found = {file: read_evidence(file) for file in files}
    runs = {str(file): run for file, run in found.items() if isinstance(run, CheckRun)}
    shards = [each for each in found.values() if isinstance(each, CheckShard)]
    if shards:
        runs[f"together, {counted(len(shards), 'shard')}"] = fan_in(shards, shards[0].shard.of)
    return tuple(believed_run(run, revision, base, source=source) for source, run in runs.items())


def _runs(
    reporter: Reporter, desk: Desk, drafted: Draft, brought: Sequence[CheckRun]
) -> Mapping[Digest, CheckRun]:
    """Every run that lets it be released, by its digest: what is on record, and what was brought."""
    with reporter.task("asking who checked it"):
        evidence = EvidenceStore(desk.evidence, desk.clock)
        kept = passed_runs(desk.ledger, evidence, drafted.commit.revision, drafted.base)
        return {**kept, **{digest_of_document(run): run for run in brought}}


def _manifest(
    reporter: Reporter, desk: Desk, drafted: Draft, needed: Sequence[str], runs: Mapping[Digest, CheckRun]
) -> Manifest:
    workspace = drafted.commit.workspace.name
    with reporter.task("asking who made it"):
        carried = desk.changes(workspace).carried(drafted.base.commit, drafted.commit.revision.commit)
    for commit in carried.direct:
        reporter.warning(f"{commit.sha[:12]} by {commit.author} came past all pull requests")
    return drafted.manifest(
        repository=desk.repository(workspace),
        pull_requests=carried.pull_requests,
        direct_commits=[
            DirectCommit(sha=each.sha, title=each.title, author=each.author) for each in carried.direct
        ],
        checks=needed,
        evidence=sorted(runs),
        slipway=version("slipway"),
    )


def _tell_unchecked(
    reporter: Reporter,
    drafted: Draft,
    lacking: Sequence[str],
    runs: Mapping[Digest, CheckRun],
    unjoined: Sequence[str],
) -> None:
    where = f"on tree {drafted.commit.revision.tree[:12]} against {drafted.base.commit[:12]}"
    why, refused = (
        "".join(f" ({each})" for each in unjoined),
        "the gate checks-passed will refuse this release",
    )
    if not runs:
        reporter.warning(f"no check run passed {where}{why}: {refused}")
    elif lacking:
        reporter.warning(f"no check run {where} has {', '.join(lacking)}, which it needs{why}: {refused}")


def _tell_strangers(reporter: Reporter, release: Release) -> None:
    """Approvers learn it too late: the release is in dev by then."""
    lacking = unnamed_writers(release)
    if lacking is not None:
        reporter.warning(f"{lacking.why}: the gate approvals will refuse this release; {lacking.remedy}")


def _added(desk: Desk, manifest: Manifest, drafted: Draft, *, unsigned: bool) -> Added:
    bundles = drafted.difference.bundles
    if unsigned:
        return Proposals(desk.artifacts).add(manifest, bundles)
    return releases_of(desk).add(manifest, bundles, desk.signer)


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


def _tell_next(reporter: Reporter, added: Added, *, unsigned: bool) -> None:
    if not added.manifest:
        reporter.step("this release was built before: its manifest was there and is unchanged")
    name = short(added.release.digest)
    reporter.step(f"next: {f'slipway release sign {name}' if unsigned else f'slipway deploy {name} -s dev'}")
