"""`slipway approve`: allow one release into one environment, with these effects and no others."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated

import typer

from slipway.attest import digest_of_document
from slipway.audit import EvidenceStore
from slipway.cli import wiring
from slipway.cli.approval_view import render_effects, render_given, render_let_in
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import (
    Desk,
    EnvironmentOption,
    Factor,
    ReleaseArgument,
    approvals_of,
    control_of,
    effects_of,
    releases_in,
)
from slipway.cli.telling import tell_denial, tell_once
from slipway.model.approval_policy import APPROVALS_NEEDED, LASTS
from slipway.model.digest import short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode, SlipwayError, UsageError
from slipway.model.events import Event, EventKind, Outcome
from slipway.model.evidence import Approval
from slipway.model.people import PrincipalUnknown, approver_of, principal_of
from slipway.model.principal import Caller, Principal
from slipway.model.release import Release
from slipway.model.team import Roster
from slipway.model.touched import touched_pipelines
from slipway.ports.reporter import Reporter
from slipway.release.admissions import let_in_by
from slipway.release.approvals import ApprovalDenied, Approvals, Given, consider, require_fitting
from slipway.release.digests import whole_digest
from slipway.release.gates.verdicts import last_failure, verdicts_on


class ApprovalUntold(SlipwayError):  # noqa: N818 - it says what is the case
    """An approval that was given, and that the ledger does not know yet."""

    exit_code = ExitCode.PARTIAL


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
    token_code: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="What your second factor shows now.", show_default=False),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="ARN", help="Your second factor, if it is not called after your user.", show_default=False
        ),
    ] = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Approve a release for an environment, as the person whose credentials these are.

    An approval is of the release's digest, the environment and the digest of the effects; a new target or a
    harder way back voids it. Nobody approves what they wrote or deploy. It is written in a session of the
    platform's role for approvals that is called after the IAM user, which asks for their second factor, and
    counts from nowhere else. What is refused is told to the ledger, like what is given. Approving twice
    writes once. --revoke takes back what you gave. A deployment that has counted it goes on, for its gates
    are asked once: it is named, with how it ended and what takes it back. docs/reference/gates.md says which
    approvals count.
    """
    reporter = console_of(context).reporter
    if not any(APPROVALS_NEEDED[environment].values()):
        raise UsageError(f"{environment} asks for no approval", remedy="name staging or prod")
    require_fitting(timedelta(hours=hours))
    desk = wiring.build_desk()
    with reporter.task("verifying the release"):
        releases = releases_in(desk, environment)
        release = releases.read(releases.find(name))
    factor = Factor(code=token_code, device=device)
    act = _Act(desk=desk, reporter=reporter, release=release, environment=environment, factor=factor)
    if revoke:
        _revoke(act, style)
        return
    given = _give(act, _shown(act, effects), timedelta(hours=hours))
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
    factor: Factor

    def attempt(self, verb: str) -> str:
        """What a denial says was tried."""
        return f"{verb} {short(self.release.digest)} for {self.environment}"


def _shown(act: _Act, named: str | None) -> Effects:
    """Show the effects that are approved, and return them."""
    if named is None:
        asked = f"slipway deploy {short(act.release.digest)} -s {act.environment} --explain"
        raise UsageError(
            "an approval is of effects, and none are named",
            remedy=f"{asked} prints them and their digest; then --effects DIGEST",
        )
    digest = whole_digest(named, what="effects")
    shown = effects_of(act.desk).read(act.release.digest, act.environment, digest)
    for line in render_effects(shown):
        act.reporter.step(line)
    return shown


def _give(act: _Act, effects: Effects, lasts: timedelta) -> Given:
    caller = act.desk.identity.caller()
    try:
        roster = _roster(act)
        write = partial(
            consider, act.release, act.environment, effects, now=act.desk.clock.now(), lasts=lasts
        )
        write(principal_of(caller, roster))  # refused, nobody is asked for a second factor
        approver = act.desk.approver(act.factor)
        approval = write(approver_of(approver.caller, roster))
    except (ApprovalDenied, PrincipalUnknown) as denied:
        _tell_denial(act, denied, caller, "approve")
        raise
    with act.reporter.task("signing"):
        evidence = EvidenceStore(act.desk.evidence, act.desk.clock)
        verdicts = verdicts_on(act.release.digest, act.environment, act.desk.ledger, evidence)
        given = approvals_of(act.desk, act.release, act.environment).give(
            approval,
            approver.signer,
            into=approver.evidence,
            failed=last_failure(verdicts, act.release.digest, act.environment),
        )
        _tell_given(act, given, evidence, caller)
    return given


def _tell_given(act: _Act, given: Given, evidence: EvidenceStore, caller: Caller) -> None:
    """An approval counts once it lies in its place: whoever reads a failure has to know that it does."""
    try:
        evidence.put(given.approval)
        tell_once(act.desk, _given_event(given, caller))
    except SlipwayError as error:
        raise ApprovalUntold(
            f"your approval is given, and counts; the ledger has not been told yet: {error.message}",
            remedy="run the same command again: it gives nothing twice, and tells it",
        ) from error


def _tell_denial(act: _Act, denied: SlipwayError, caller: Caller, verb: str) -> None:
    tell_denial(
        act.desk,
        denied,
        caller,
        attempt=act.attempt(verb),
        release=act.release.digest,
        environment=act.environment,
    )


def _roster(act: _Act) -> Roster:
    control = control_of(act.desk, act.environment)
    return control.of(act.environment, touched_pipelines(act.release.manifest)).roster


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


def _revoke(act: _Act, style: Format) -> None:
    caller = act.desk.identity.caller()
    approver = act.desk.approver(act.factor)
    try:
        principal = approver_of(approver.caller, _roster(act))
    except PrincipalUnknown as denied:
        _tell_denial(act, denied, caller, "take back an approval of")
        raise
    now = act.desk.clock.now()
    approvals = approvals_of(act.desk, act.release, act.environment)
    revocation = approvals.revoke(principal, approver.signer, now=now, into=approver.evidence)
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
    _tell_let_in(act, principal, approvals, style)


def _tell_let_in(act: _Act, giver: Principal, approvals: Approvals, style: Format) -> None:
    """What an approval has let in does not stop by itself: whoever takes it back hears of it."""
    evidence = EvidenceStore(act.desk.evidence, act.desk.clock)
    release = act.release.digest
    try:
        taken = approvals.given().withdrawn
        digests = {digest_of_document(each.approval) for each in taken if _is_of(each.approval, giver)}
        found = let_in_by(digests, release, act.environment, act.desk.ledger, evidence)
    except SlipwayError as error:
        act.reporter.warning(
            f"whether a deployment has counted it cannot be told: {error.message}; "
            f"slipway status -s {act.environment} says what is under way and what runs"
        )
        return
    pipelines = sorted(touched_pipelines(act.release.manifest))
    typer.echo(render_let_in(found, pipelines, act.environment, style))


def _is_of(approval: Approval, giver: Principal) -> bool:
    return approval.approver.caller.arn == giver.caller.arn
