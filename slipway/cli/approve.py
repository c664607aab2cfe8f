"""`slipway approve`: allow one release into one environment, with these effects and no others."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import typer

from slipway.audit import EvidenceStore
from slipway.cli import wiring
from slipway.cli.approval_view import render_effects, render_given
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import (
    Desk,
    EnvironmentOption,
    ReleaseArgument,
    approvals_of,
    control_of,
    effects_of,
    releases_of,
)
from slipway.cli.telling import tell_denial, tell_once
from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.digest import short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.errors import UsageError
from slipway.model.events import Event, EventKind, Outcome
from slipway.model.principal import Caller, Principal
from slipway.model.release import Release
from slipway.ports.reporter import Reporter
from slipway.release.approvals import ApprovalDenied, Given, consider
from slipway.release.digests import whole_digest
from slipway.release.gates.policy import LASTS
from slipway.release.people import PrincipalUnknown, principal_of
from slipway.release.touched import touched_pipelines

_LASTS_HOURS = int(LASTS / timedelta(hours=1))


def command(
    context: typer.Context,
    name: ReleaseArgument,
    *,
    environment: EnvironmentOption,
    effects: Annotated[
        str | None,
        typer.Option(
            metavar="DIGEST", help="The digest that slipway deploy --explain printed.", show_default=False
        ),
    ] = None,
    hours: Annotated[int, typer.Option(metavar="N", help="How long it holds, from 1 to 168.")] = _LASTS_HOURS,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take back what you gave instead.")] = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Approve a release for an environment, as the person whose credentials these are.

    An approval is of the release's digest, the environment and the digest of the effects; a new target or a
    harder way back voids it. Nobody approves what they wrote or deploy. What is refused is told to the
    ledger, like what is given. Approving twice writes once. docs/reference/gates.md says which approvals
    count.
    """
    reporter = console_of(context).reporter
    if not any(APPROVALS_NEEDED[environment].values()):
        raise UsageError(f"{environment} asks for no approval", remedy="name staging or prod")
    desk = wiring.build_desk()
    with reporter.task("verifying the release"):
        releases = releases_of(desk)
        release = releases.read(releases.find(name))
    act = _Act(desk=desk, reporter=reporter, release=release, environment=environment)
    if revoke:
        _revoke(act)
        return
    if effects is None:
        asked = f"slipway deploy {short(release.digest)} -s {environment} --explain"
        raise UsageError(
            "an approval is of effects, and none are named",
            remedy=f"{asked} prints them and their digest; then --effects DIGEST",
        )
    digest = whole_digest(effects, what="effects")
    shown = effects_of(desk).read(release.digest, environment, digest)
    for line in render_effects(shown):
        reporter.step(line)
    given = _give(act, shown, timedelta(hours=hours))
    typer.echo(render_given(given, style))
    if not given.new:
        reporter.step("you have approved this before; that approval still holds")


@dataclass(frozen=True, kw_only=True)
class _Act:
    """What is acted on, and with what."""

    desk: Desk
    reporter: Reporter
    release: Release
    environment: Environment

    @property
    def attempt(self) -> str:
        """What a denial says was tried."""
        return f"approve {short(self.release.digest)} for {self.environment}"


def _give(act: _Act, effects: Effects, lasts: timedelta) -> Given:
    caller = act.desk.identity.caller()
    try:
        principal = _principal(act, caller)
        approval = consider(
            act.release, act.environment, effects, principal, now=act.desk.clock.now(), lasts=lasts
        )
    except (ApprovalDenied, PrincipalUnknown) as denied:
        tell_denial(
            act.desk,
            denied,
            caller,
            attempt=act.attempt,
            release=act.release.digest,
            environment=act.environment,
        )
        raise
    with act.reporter.task("signing"):
        given = approvals_of(act.desk, act.release, act.environment).give(
            approval, act.desk.signer, into=act.desk.own_evidence
        )
        EvidenceStore(act.desk.evidence, act.desk.clock).put(given.approval)
        tell_once(act.desk, _given_event(given, caller))
    return given


def _principal(act: _Act, caller: Caller) -> Principal:
    control = control_of(act.desk, act.environment).of(
        act.environment, touched_pipelines(act.release.manifest)
    )
    return principal_of(caller, control.roster)


def _given_event(given: Given, caller: Caller) -> Event:
    approval = given.approval
    return Event(
        kind=EventKind.APPROVED,
        outcome=Outcome.SUCCESS,
        at=approval.at,
        actor=caller.arn,
        environment=approval.environment,
        release=approval.release,
        subject=approval.approver.person,
        evidence=(given.digest,),
        figures={"expires": f"{approval.expires:%Y-%m-%dT%H:%MZ}", "effects": approval.effects_digest},
        message=f"{approval.approver.person} approved {short(approval.release)} for {approval.environment}",
    )


def _revoke(act: _Act) -> None:
    caller = act.desk.identity.caller()
    principal = _principal(act, caller)
    now = act.desk.clock.now()
    revocation = approvals_of(act.desk, act.release, act.environment).revoke(
        principal, act.desk.signer, now=now, into=act.desk.own_evidence
    )
    if revocation is None:
        act.reporter.step(f"{principal.person} has no approval of it that holds; nothing was written")
        return
    evidence = EvidenceStore(act.desk.evidence, act.desk.clock).put(revocation)
    tell_once(
        act.desk,
        Event(
            kind=EventKind.APPROVAL_REVOKED,
            outcome=Outcome.SUCCESS,
            at=now,
            actor=caller.arn,
            environment=act.environment,
            release=act.release.digest,
            subject=principal.person,
            evidence=(evidence,),
            message=f"{principal.person} took back what they approved",
        ),
    )
    act.reporter.step(f"{principal.person} has taken back every approval of it in {act.environment}")
