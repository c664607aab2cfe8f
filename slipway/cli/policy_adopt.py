"""`slipway policy adopt`: put other rules and keys in charge of an environment; control owners may."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import typer

from slipway.cli import wiring
from slipway.cli.console import console_of
from slipway.cli.control_part import in_charge, put_control
from slipway.cli.desk import Desk, EnvironmentOption, control_of, ledger_of, told_controls
from slipway.model.digest import short
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.errors import SlipwayError
from slipway.model.events import Event, EventKind, Outcome
from slipway.model.parts import CONTROL
from slipway.model.people import PrincipalUnknown, principal_of
from slipway.model.principal import Principal
from slipway.model.team import Role
from slipway.ports.documents import VersionTaken
from slipway.release.control import EnvironmentEmpty


class ControlDenied(SlipwayError):  # noqa: N818 - it says what happened
    """Somebody who may not say by what changes are judged; the attempt is told to the ledger."""


def command(
    context: typer.Context,
    *,
    environment: EnvironmentOption,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for the ledger.", show_default=False)
    ],
) -> None:
    """Put the policies and pinned keys of this checkout in charge of an environment.

    Until then the environment's own judge every deployment, whatever the checkout says: a rule that is
    loosened, a waiver or a key that is added there changes nothing. Only who has the role control-owner in
    the environment's running team may do this; the ledger has who did, why, and from what to what.
    """
    desk = wiring.build_desk()
    bundle = wiring.build_control()
    owner = _owner(desk, environment)
    after = put_control(desk.artifacts, bundle)
    before = _newest(desk, environment).entry(CONTROL)
    is_told = after.artifact in told_controls(desk, environment)  # else it was put there past the ledger
    if is_told and before is not None and before.artifact == after.artifact:
        console_of(context).reporter.step(f"{environment} is judged by {short(after.artifact)} already")
        return
    was = "the checkout of whoever deployed" if before is None else short(before.artifact)
    said = f"{owner.person} has {environment} judged by {short(after.artifact)} in place of {was}: {reason}"
    # Told first: who dies in between has told of a change that the next run makes, and no change is untold.
    figures = in_charge(desk.artifacts, after)
    _tell(desk, environment, owner.caller.arn, EventKind.CONTROL_CHANGED, Outcome.SUCCESS, said, figures)
    _write(desk, environment, after)
    typer.echo(said)


def _owner(desk: Desk, environment: Environment) -> Principal:
    caller = desk.identity.caller()
    try:
        principal = principal_of(caller, control_of(desk, environment).of(environment, ()).roster)
    except PrincipalUnknown as unknown:
        _tell(desk, environment, caller.arn, EventKind.DENIED, Outcome.DENIAL, unknown.message)
        raise
    if Role.CONTROL_OWNER in principal.roles:
        return principal
    denied = ControlDenied(
        f"{principal.person} may not change what judges {environment}: the running release gives them no "
        f"role {Role.CONTROL_OWNER}",
        remedy="ask somebody with that role: the team's file lists them",
    )
    _tell(desk, environment, caller.arn, EventKind.DENIED, Outcome.DENIAL, denied.message)
    raise denied


def _newest(desk: Desk, environment: Environment) -> EnvironmentDocument:
    newest = desk.documents(environment).newest(environment)
    if newest is None:
        raise EnvironmentEmpty(
            f"nothing runs in {environment} yet", remedy=f"slipway release bootstrap -s {environment}"
        )
    return newest


def _write(desk: Desk, environment: Environment, after: Entry) -> None:
    """Write the next document, upon whatever is the newest by then."""
    while True:
        try:
            desk.documents(environment).add(_next(_newest(desk, environment), after))
        except VersionTaken:
            continue  # a deployment was quicker; its entries are others
        return


def _next(newest: EnvironmentDocument, after: Entry) -> EnvironmentDocument:
    return newest.with_entries([after], deployment=f"{newest.environment}-control-{short(after.artifact)}")


def _tell(  # noqa: PLR0917 - one event
    desk: Desk,
    environment: Environment,
    actor: str,
    kind: EventKind,
    outcome: Outcome,
    message: str,
    figures: Mapping[str, str] = MappingProxyType({}),
) -> None:
    event = Event(
        kind=kind,
        outcome=outcome,
        at=desk.clock.now(),
        actor=actor,
        environment=environment,
        subject=str(CONTROL),
        figures={**figures},
        message=message,
    )
    ledger_of(desk).record(environment.value, event)
