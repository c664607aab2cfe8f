"""`slipway release sign`: look again at what somebody else has built, and sign it."""

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import Desk, ReleaseArgument, releases_of
from slipway.cli.needed_checks import needed_checks
from slipway.cli.release_view import render_release
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.model.digest import short
from slipway.model.environment import StackName
from slipway.model.naming import Naming
from slipway.model.release import Release
from slipway.model.subjects import SIGN
from slipway.ports.reporter import Reporter
from slipway.ports.revisions import Revisions
from slipway.ports.source_control_errors import TokenRefused
from slipway.release.building import draft
from slipway.release.founded import refuse_other_content, refuse_other_origin
from slipway.release.proposals import Proposals


def command(
    context: typer.Context,
    name: ReleaseArgument,
    *,
    workspace: WorkspaceOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Sign a release that was built with --unsigned.

    It is built once more from the workspace's own history, without writing anything: the manifest has to say
    what its commit gives. Each artifact's bytes have to be those of its digest, the commit has to be on the
    default branch, and the pull requests have to be those that GitHub tells (GITHUB_TOKEN). Without a token
    the role of the build that signs is refused; to a person a warning says that nobody was asked. Signing it
    again changes nothing.
    """
    reporter = console_of(context).reporter
    revisions = wiring.build_revisions(workspace_root(workspace))
    desk = wiring.build_desk()
    proposals = Proposals(desk.artifacts)
    release = proposals.read(proposals.find(name))
    with reporter.task("looking again at what was built"):
        _refuse_unfounded(release, desk, revisions, reporter)
    is_new = releases_of(desk).sign(release.manifest, desk.signer)
    signed = releases_of(desk).read(release.digest)
    typer.echo(render_release(signed, style))
    if not is_new:
        reporter.step("this release was signed before: it is unchanged")
    reporter.step(f"next: slipway deploy {short(signed.digest)} -s dev")


def _refuse_unfounded(release: Release, desk: Desk, revisions: Revisions, reporter: Reporter) -> None:
    manifest = release.manifest
    drafted = draft(revisions, commit=manifest.commit, base=manifest.base)
    refuse_other_content(release, drafted, needed_checks(revisions, drafted))
    releases = releases_of(desk)
    for artifact in manifest.artifacts:
        releases.artifact(artifact)
    try:
        changes = desk.changes(manifest.workspace)
    except TokenRefused as refused:
        if _is_the_signer(desk):
            raise
        reporter.warning(
            f"GitHub was not asked whether commit {manifest.commit[:12]} is merged: {refused.message}"
        )
        return
    refuse_other_origin(release, changes, desk.repository(manifest.workspace))


def _is_the_signer(desk: Desk) -> bool:
    """Tell whether the build signs that everybody's releases go through, where nobody reads a warning."""
    caller = desk.identity.caller()
    shared = Naming(organization="", stack=StackName.SHARED, account_id=caller.account)
    return caller.role == shared.role(SIGN)
