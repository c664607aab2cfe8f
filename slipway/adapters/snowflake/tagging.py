"""Any statement, run with the session's tag."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from slipway.adapters.snowflake.session import Repeat, Session, Statement
from slipway.model.query_tag import QueryTag
from slipway.ports.warehouse import Statements
from slipway.ports.warehouse_results import Answer, Value


class SnowflakeStatements(Statements):
    """Runs any statement.

    Args:
        session: runs the statements.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(
        self, statement: str, parameters: Sequence[Value] = (), *, subject: str, repeatable: bool = False
    ) -> Answer:
        """Run one statement."""
        repeat = Repeat.SAFE if repeatable else Repeat.NEVER
        return self._session.run(
            Statement(text=statement, subject=subject, parameters=parameters, repeat=repeat)
        )

    def tagged(self, tag: QueryTag) -> AbstractContextManager[None]:
        """Have every statement of a block carry another tag."""
        return self._session.tagged(tag)
