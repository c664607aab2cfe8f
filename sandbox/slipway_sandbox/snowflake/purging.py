"""What time takes away: dropped objects, row history, results and query history beyond their retention.

It runs after the first statement of an account that has started and then after a statement, at most once an
hour, in transactions of its own.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

import duckdb

from slipway_sandbox.snowflake.account import Account
from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.objects import SequenceBody, TableBody, Thing
from slipway_sandbox.snowflake.retention import days_of, is_beyond
from slipway_sandbox.snowflake.storage import counter_removal, history_of, removal, rows_of

_EVERY: Final = timedelta(hours=1)
_log = logging.getLogger("slipway_sandbox.snowflake")


def purge_if_due(account: Account) -> None:
    """Purge if an hour has passed since the last time; another thread that does so is not waited for."""
    now = account.clock()
    if now < account.next_purge or not account.purging.acquire(blocking=False):
        return
    try:
        account.next_purge = now + _EVERY
        _purge(account, now)
    except duckdb.Error:
        _log.exception("what is beyond its retention stays for another hour")
    finally:
        account.purging.release()


def _purge(account: Account, now: datetime) -> None:
    with account.alone():
        catalogue = account.catalogue
        gone = [each for each in catalogue.things.values() if is_beyond(catalogue, each, now)]
        if gone:
            account.define(lambda draft: _erase(draft, gone))
        kept = {
            history_of(each.body): now - timedelta(days=days_of(account.catalogue, each))
            for each in account.catalogue.things.values()
            if isinstance(each.body, TableBody)
        }
        _remove_what_nobody_names(account)
        account.storage.forget(kept, oldest=min(kept.values(), default=now))
    account.history.forget(now)


def _remove_what_nobody_names(account: Account) -> None:
    """Remove the storage that a change of columns has left, an hour after: a statement may be reading it."""
    bodies = [thing.body for thing in account.catalogue.things.values()]
    named = {of(body) for body in bodies if isinstance(body, TableBody) for of in (rows_of, history_of)}
    left = frozenset(account.storage.tables()) - named
    doomed = sorted(left & account.unnamed)
    account.unnamed = left - account.unnamed
    if doomed:
        account.define(lambda draft: draft.physical.extend(f"DROP TABLE {name}" for name in doomed))


def _erase(draft: Draft, gone: list[Thing]) -> None:
    for thing in gone:
        if thing.dropped_on is None:
            draft.forget(thing)
        else:
            draft.erase(thing)
        if isinstance(thing.body, TableBody):
            draft.physical += removal(thing.body)
    left = draft.finish()
    counters = [each.body.numbering for each in gone if isinstance(each.body, SequenceBody)]
    draft.physical += [counter_removal(each) for each in counters if not left.counts(each.counter)]
