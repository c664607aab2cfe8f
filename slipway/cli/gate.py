"""`slipway gate`: what keeps a release out of an environment, before anybody tries."""

from typing import Annotated

import typer

from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import Desk, EnvironmentOption, ReleaseArgument, effects_of, releases_in, sources_of
from slipway.cli.gate_view import render_report
from slipway.model.digest import short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode
from slipway.model.release import Release
from slipway.release.digests import whole_digest
from slipway.release.effects_record import EffectsUnknown
from slipway.release.gates import judge
from slipway.release.gates.facts import learn
from slipway.release.gates.gathering import gather

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def _gate() -> None:
    """What keeps a release out of an environment, before anybody tries."""


@app.command()
def explain(
    context: typer.Context,
    name: ReleaseArgument,
    *,
    environment: EnvironmentOption,
    effects: Annotated[
        str | None,
        typer.Option(
            metavar="DIGEST",
            help="The effects that slipway deploy --explain printed. Without it: the only ones.",
            show_default=False,
        ),
    ] = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Ask every gate of an environment about a release, and say what to do about each that refuses.

    A gate that cannot be judged, because a store does not answer or evidence was changed, refuses too. The
    approvals are judged for whoever asks as the deployer. Exits with 1 when a gate refuses.
    docs/reference/gates.md explains each gate.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with reporter.task("asking the gates"):
        releases = releases_in(desk, environment)
        release = releases.read(releases.find(name))
        explained = learn(lambda: _effects(desk, release, environment, effects))
        report = judge(
            release,
            environment,
            explained,
            gather(sources_of(desk, release, environment), release, environment),
        )
    typer.echo(render_report(report, style))
    if report.passed:
        reporter.step(f"every gate of {environment} lets {short(release.digest)} in")
        return
    refused = f"{len(report.refusals)} of {len(report.results)} gates of {environment}"
    reporter.step(f"{refused} keep {short(release.digest)} out")
    raise typer.Exit(ExitCode.FINDINGS)


def _effects(desk: Desk, release: Release, environment: Environment, named: str | None) -> Effects:
    record = effects_of(desk)
    if named is not None:
        return record.read(release.digest, environment, whole_digest(named, what="effects"))
    known = record.known(release.digest, environment)
    asked = f"slipway deploy {short(release.digest)} -s {environment} --explain"
    if len(known) != 1:
        found = "no effects" if not known else f"{len(known)} lists of effects"
        raise EffectsUnknown(
            f"{asked} has printed {found} so far",
            remedy=f"run {asked}" + ("" if not known else ", and name the digest: --effects DIGEST"),
        )
    return record.read(release.digest, environment, known[0])
