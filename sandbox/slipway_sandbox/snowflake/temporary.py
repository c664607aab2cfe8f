"""Temporary tables and views end with their session: names, grants and rows.

Source: https://docs.snowflake.com/en/user-guide/tables-temp-transient
"""

from collections.abc import Callable

from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue, session_of
from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.objects import TableBody, Thing
from slipway_sandbox.snowflake.storage import removal


def temporary(catalogue: Catalogue, session: int | None = None) -> list[Thing]:
    """The temporary objects of a session, or of every session."""
    wanted = [thing for thing in catalogue.things.values() if session_of(thing)]
    return [thing for thing in wanted if session is None or session_of(thing) == session]


def ending(things: list[Thing]) -> Callable[[Draft], None]:
    """The change that removes temporary objects for good."""

    def change(draft: Draft) -> None:
        for thing in things:
            if thing.dropped_on is None:
                draft.forget(thing)
            else:
                draft.erase(thing)
            if isinstance(thing.body, TableBody):
                draft.physical += removal(thing.body)

    return change
