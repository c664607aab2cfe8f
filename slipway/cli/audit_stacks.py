"""`slipway audit stacks`: whether somebody answers for every state that a stack has had."""

from typing import Annotated

import typer

from slipway.audit.stack_audit import StackAudit, record_states
from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import Desk, ledger_of
from slipway.cli.stack_history_view import render_histories
from slipway.model.counted import counted
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode, UsageError


class NothingToRecord(UsageError):  # noqa: N818 - it says what is the case
    """States are to be taken on record, and it is not said whose, or there are none."""


def command(
    context: typer.Context,
    *,
    stack: Annotated[
        StackName | None,
        typer.Option(
            "--stack", "-s", metavar="STACK", help="Only this stack; else all four.", show_default=False
        ),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option(
            "--record",
            metavar="REASON",
            help="Answer for what no deployment of this stack has written, and say why.",
            show_default=False,
        ),
    ] = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Find updates of a stack that no deployment made: policies can be left out of those.

    Every checkpoint of an update is a version of the stack's state in the state bucket. Each version is
    looked for in the ledger: in the entry of a deployment, which names the digest of the policies that judged
    it, or in one by which somebody took it on record. Policies that were not in charge of the environment
    then are a finding too: slipway release bootstrap and slipway policy adopt told the ledger which were.
    What was written while a deployment goes on is told, and decided when that has ended, a day later at the
    latest. --record takes on record, for good and in your name, what is found: an update by hand that was
    agreed upon, or what there was before deployments.

    \b
    Examples:
      slipway audit stacks
      slipway audit stacks -s shared --record 'PLAT-12: the trail covers the state bucket'

    Exits with 1 when nobody answers for a version, and with 3 when the backend keeps no versions.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    desk = wiring.build_desk()
    audit = StackAudit(store=desk.ledger, versions=wiring.stack_versions())
    reporter = console_of(context).reporter
    if record is not None:
        _take_on_record(desk, audit, stack, record.strip())
    stacks = tuple(StackName) if stack is None else (stack,)
    with reporter.task(f"looking for who answers for the states of {', '.join(stacks)}"):
        histories = [audit.history(each, desk.clock.now()) for each in stacks]
    typer.echo(render_histories(histories, style))
    wrong = sum(len(each.unanswered) + len(each.gone) + len(each.misjudged) for each in histories)
    if wrong:
        reporter.step(counted(wrong, "finding"))
        raise typer.Exit(ExitCode.FINDINGS)
    reporter.step("somebody answers for every state")


def _take_on_record(desk: Desk, audit: StackAudit, stack: StackName | None, reason: str) -> None:
    if stack is None or not reason:
        raise NothingToRecord(
            "it is not said whose states are to be taken on record, or why",
            remedy="slipway audit stacks -s STACK --record REASON",
        )
    found = audit.history(stack, desk.clock.now())
    if found.is_answered_for:
        raise NothingToRecord(
            f"somebody answers for every state of stack {stack} already",
            remedy=f"slipway audit stacks -s {stack} tells who",
        )
    record_states(
        ledger_of(desk),
        stack,
        [each.span for each in found.unanswered],
        gone=[each.id for each in found.gone],
        misjudged_by=[each.event.deployment for each in found.misjudged if each.event.deployment],
        reason=reason,
        actor=desk.identity.caller().arn,
        at=desk.clock.now(),
    )
