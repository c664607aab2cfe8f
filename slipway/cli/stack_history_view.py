"""Who answers for the states of stacks, written for people, programs and pull requests."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, assert_never

from slipway.audit.stack_states import (
    VERSION_GONE,
    GoneVersion,
    StackHistory,
    StateFault,
    StateUpdate,
    UnansweredStates,
)
from slipway.cli.audit_view import markdown_table
from slipway.cli.console import Format
from slipway.model.counted import counted
from slipway.model.digest import Digest, short
from slipway.model.environment import StackName
from slipway.model.events import REASON
from slipway.model.stack_states import MISJUDGED

_TOLD = 10
"""So many of the newest entries are told one by one."""


def render_histories(histories: Sequence[StackHistory], style: Format) -> str:
    """Write what was found.

    Args:
        histories: a stack each.
        style: how to write it.
    """
    match style:
        case Format.TEXT:
            return "\n".join(line for each in histories for line in _text(each))
        case Format.JSON:
            return json.dumps({"stacks": [_plain(each) for each in histories]}, indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown(histories))
        case _:
            assert_never(style)


def _text(history: StackHistory) -> Iterator[str]:
    yield f"{history.stack}: {_count(history)}"
    for each in _newest(history):
        yield f"  {_update(each)}"
    for row in history.under_way:
        yield f"  not decided: {_states(row)}: {', '.join(row.deployments)} may be writing them"
    for fault, message, remedy in _findings(history):
        yield f"  {message} [{fault}]"
        yield f"    remedy: {remedy}"


def _count(history: StackHistory) -> str:
    if not history.versions:
        return "no state"
    by = counted(len(history.updates), "entry", "entries")
    return f"{counted(history.versions, 'version')} of its state, {by} of the ledger"


def _newest(history: StackHistory) -> Sequence[StateUpdate]:
    return [each for each in history.updates if each.versions][-_TOLD:]


def _update(update: StateUpdate) -> str:
    event = update.event
    what = f"{_minute(event.at)}  {counted(update.versions, 'version')}"
    if event.deployment is None:
        return f"{what}  taken on record by {_who(event.actor)}: {event.figures.get(REASON, '')}"
    judged = ", ".join(short(Digest(digest)) for digest in update.policies)
    return f"{what}  {event.deployment}, {f'under policies {judged}' if judged else 'under no policies'}"


def _findings(history: StackHistory) -> Iterator[tuple[str, str, str]]:
    for row in history.unanswered:
        yield row.fault, _message(row), _remedy(row, history.stack)
    for gone in history.gone:
        yield VERSION_GONE, _gone(gone), _gone_remedy(history.stack)
    for update in history.misjudged:
        yield MISJUDGED, _misjudged(update), _misjudged_remedy(history.stack)


def _message(row: UnansweredStates) -> str:
    names = ", ".join(row.deployments)
    match row.fault:
        case StateFault.UNRECORDED:
            said = "the state was removed" if row.last.removed else "an update without the policies"
            return f"{_states(row)}: no deployment wrote them: {said}"
        case StateFault.UNFINISHED:
            return f"{_states(row)}: {names} may have written them, has not ended and does not go on"
        case StateFault.UNJUDGED:
            return f"{_states(row)}: the entry of {names} names no policies"
        case _:
            assert_never(row.fault)


def _remedy(row: UnansweredStates, stack: StackName) -> str:
    record = f"take it on record: slipway audit stacks -s {stack} --record REASON"
    match row.fault:
        case StateFault.UNRECORDED:
            who = "CloudTrail's data events of the state's key, or pulumi stack history, tell who"
            return f"{who}; {record}; or put it back: the next deployment of a catalog entry does"
        case StateFault.UNFINISHED:
            return f"end it: slipway rollout tick -s {stack}; or {record}"
        case StateFault.UNJUDGED:
            return f"judge what is there: slipway policy check -s {stack}; then {record}"
        case _:
            assert_never(row.fault)


def _gone(gone: GoneVersion) -> str:
    named = gone.event.deployment or "a record"
    return f"version {gone.id}, which {named} names, is gone, and older ones are still there"


def _misjudged(update: StateUpdate) -> str:
    named = ", ".join(short(Digest(digest)) for digest in update.policies)
    return f"{update.event.deployment} was judged by policies {named}, which were not in charge then"


def _misjudged_remedy(stack: StackName) -> str:
    judge = f"judge what is there by those in charge: slipway policy check -s {stack}"
    return f"{judge}; then take it on record: slipway audit stacks -s {stack} --record REASON"


def _gone_remedy(stack: StackName) -> str:
    who = f"CloudTrail's data events tell who deleted a version of the state of {stack}; tell the auditor"
    return f"{who}, and take it on record: slipway audit stacks -s {stack} --record REASON"


def _states(row: UnansweredStates) -> str:
    if row.versions == 1:
        return f"1 version, {_minute(row.first.at)}"
    return f"{row.versions} versions, {_minute(row.first.at)} to {_minute(row.last.at)}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _who(arn: str) -> str:
    return arn.rpartition("/")[2]


def _markdown(histories: Sequence[StackHistory]) -> Iterator[str]:
    rows = [(each.stack.value, str(each.versions), str(len(each.updates))) for each in histories]
    yield from markdown_table(("stack", "versions", "entries"), rows)
    findings = [(each.stack.value, *found) for each in histories for found in _findings(each)]
    yield ""
    if findings:
        yield from markdown_table(("stack", "fault", "finding", "remedy"), findings)
    else:
        yield "Somebody answers for every state."


def _plain(history: StackHistory) -> dict[str, Any]:
    return {
        "stack": history.stack,
        "versions": history.versions,
        "updates": [
            {
                "at": each.event.at.isoformat(),
                "actor": each.event.actor,
                "deployment": each.event.deployment,
                "policies": list(each.policies),
                "reason": each.event.figures.get(REASON, ""),
                "versions": each.versions,
            }
            for each in history.updates
        ],
        "under_way": [_plain_row(each) for each in history.under_way],
        "findings": [
            *(_plain_row(row) | _said(row, history.stack) for row in history.unanswered),
            *(_plain_gone(gone, history.stack) for gone in history.gone),
            *(_plain_misjudged(update, history.stack) for update in history.misjudged),
        ],
    }


def _plain_misjudged(update: StateUpdate, stack: StackName) -> dict[str, Any]:
    return {
        "fault": MISJUDGED,
        "versions": update.versions,
        "deployments": [update.event.deployment],
        "message": _misjudged(update),
        "remedy": _misjudged_remedy(stack),
    }


def _plain_row(row: UnansweredStates) -> dict[str, Any]:
    return {
        "fault": row.fault,
        "versions": row.versions,
        "first": {"id": row.first.id, "at": row.first.at.isoformat()},
        "last": {"id": row.last.id, "at": row.last.at.isoformat()},
        "deployments": list(row.deployments),
    }


def _said(row: UnansweredStates, stack: StackName) -> dict[str, str]:
    return {"message": _message(row), "remedy": _remedy(row, stack)}


def _plain_gone(gone: GoneVersion, stack: StackName) -> dict[str, Any]:
    return {
        "fault": VERSION_GONE,
        "id": gone.id,
        "deployments": [] if gone.event.deployment is None else [gone.event.deployment],
        "message": _gone(gone),
        "remedy": _gone_remedy(stack),
    }
