"""A driver whose sessions answer from a script, and can be lost."""

from collections.abc import Sequence

from slipway.adapters.snowflake.session import Connection, Driver, Statement
from slipway.ports.warehouse_errors import ConnectionLost, WarehouseError
from slipway.ports.warehouse_results import Answer

Reply = Answer | WarehouseError


def answer(*rows: tuple[object, ...], columns: Sequence[str] = (), written: int = 0) -> Answer:
    """An answer with rows."""
    return Answer(query_id="q", columns=tuple(columns), rows=rows, written=written)


def lost(subject: str = "server") -> ConnectionLost:
    """What a driver says when nothing answers."""
    return ConnectionLost("no answer for 30 seconds", subject=subject)


class ScriptedDriver(Driver):
    """Answers statements that begin with a word from that word's replies, the last one for ever.

    Attributes:
        sent: the text of every statement, in order; `login` for each login.
        tags: the tag of each login.
    """

    def __init__(self, **replies: Sequence[Reply]) -> None:
        self.sent: list[str] = []
        self.tags: list[str] = []
        self._replies = {word: list(each) for word, each in replies.items()}

    @property
    def statement_seconds(self) -> int:
        """An hour."""
        return 3600

    def connect(self, tag: str) -> Connection:
        """Log in, unless the script of `login` says otherwise."""
        self.sent.append("login")
        self.tags.append(tag)
        self.reply("login")
        return _ScriptedConnection(self)

    def reply(self, word: str) -> Answer:
        """The next reply of a word."""
        replies = self._replies.get(word, [answer()])
        found = replies.pop(0) if len(replies) > 1 else replies[0]
        if isinstance(found, WarehouseError):
            raise found
        return found


class _ScriptedConnection(Connection):
    def __init__(self, driver: ScriptedDriver) -> None:
        self._driver = driver

    def run(self, statement: Statement) -> Answer:
        """Note the statement and answer from the script."""
        self._driver.sent.append(statement.text)
        return self._driver.reply(statement.text.split(maxsplit=1)[0])

    def close(self) -> None:
        """Nothing to let go of."""
