"""Names of databases of masked rows. They tell how far one is, of which moment its rows are, by which rules.

A name is changed in one statement, so a database is at no moment between two states: what is being made has
a private name, and gets the one by which it is found when it is whole.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from slipway.model.naming import ci_databases
from slipway.model.snowflake_objects import Database

_STAMP: Final = "%Y%m%d%H%M%S"
_RULES: Final = 8
_ORIGIN: Final = re.compile(r"(?P<at>[0-9]{14})_(?P<rules>[0-9A-F]{8})(?:_(?P<number>[0-9]+))?")
_BEGUN, _WHOLE, _POOL = "MASKING", "MASKED", "POOL"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where masked rows come from.

    Attributes:
        at: the moment that they show, in UTC, to the second.
        rules: first digits of the digest of the rules that they were masked by.
        number: tells the clones of one database apart; None of that database itself.
    """

    at: datetime
    rules: str
    number: int | None = None

    @classmethod
    def of(cls, at: datetime, rules: str) -> "Origin":
        """Return the origin of rows that are masked now.

        Args:
            at: the moment.
            rules: the whole digest.
        """
        return cls(at=at.astimezone(UTC).replace(microsecond=0), rules=rules[:_RULES].upper())

    def numbered(self, number: int) -> "Origin":
        """Return that of one of its clones."""
        return Origin(at=self.at, rules=self.rules, number=number)

    def begun(self, source: Database) -> Database:
        """Return what is called so while it is being made."""
        return Database(f"{_own(source, _BEGUN)}{self}")

    def whole(self, source: Database) -> Database:
        """Return the private database in which everything is masked."""
        return Database(f"{_own(source, _WHOLE)}{self}")

    def offered(self, logical: str) -> Database:
        """Return the clone that a check may take.

        Args:
            logical: the catalog's name of the database whose rows they are.
        """
        return Database(f"{_offered(logical)}{self}")

    def __str__(self) -> str:
        number = "" if self.number is None else f"_{self.number}"
        return f"{self.at.strftime(_STAMP)}_{self.rules}{number}"


def is_begun(database: Database, source: Database) -> bool:
    """Whether a database is one that was being made of a source, and so may be half masked or half given."""
    return database.name.startswith(_own(source, _BEGUN))


def whole_of(database: Database, source: Database) -> Origin | None:
    """Return the origin of a private database of a source; None of any other."""
    return _read(database, _own(source, _WHOLE))


def offered_of(database: Database, logical: str) -> Origin | None:
    """Return the origin of a clone that a check may take; None of any other database."""
    return _read(database, _offered(logical))


def _own(source: Database, state: str) -> str:
    return f"{source.name}_{state}_".upper()


def _offered(logical: str) -> str:
    return f"{ci_databases(logical)}{_POOL}_"


def _read(database: Database, prefix: str) -> Origin | None:
    if not database.name.startswith(prefix):
        return None
    found = _ORIGIN.fullmatch(database.name.removeprefix(prefix))
    if found is None:
        return None
    at = datetime.strptime(found["at"], _STAMP).replace(tzinfo=UTC)
    return Origin(at=at, rules=found["rules"], number=int(found["number"]) if found["number"] else None)
