"""snowflake.Execute: any statement, its revert, and a query that is asked at each refresh."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.snowflake.client import snowflake
from slipway_sandbox.provider.snowflake.resource import SnowflakeType
from slipway_sandbox.provider.snowflake.shown import text

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.snowflake.client import Snowflake


class Execute(SnowflakeType):
    """A statement that was run; the id is a random UUID, for nothing else tells it from another."""

    replace_on = frozenset({"execute"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Run the statement."""
        del name
        snowflake(session).execute(inputs["execute"])
        return State(id=str(uuid.uuid4()), outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """What the query answers now; a query that fails answers nothing, as with the real provider."""
        return State(id=id_, outputs={"queryResults": _answers(snowflake(session), inputs.get("query"))})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Query and revert are the program's own: nothing is run."""

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Run the revert; of an imported one that names none there is nothing to run."""
        del id_
        if inputs.get("revert"):
            snowflake(session).forgive(inputs["revert"])


def _answers(api: Snowflake, query: str | None) -> list[dict[str, str]]:
    if not query:
        return []
    try:
        rows = api.rows(query)
    except ProviderFault:
        return []
    return [{name: text(value) for name, value in row.items()} for row in rows]
