"""What every DROP of an object in a schema has in common: IF EXISTS, and what is told of one that is gone."""

from typing import Final

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.identifiers import Path, written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.words import Words

_DOES_NOT_EXIST: Final = 2003


def doomed(session: Session, words: Words, kind: ObjectKind) -> Thing | Result:
    """Read [IF EXISTS] name [CASCADE | RESTRICT]: what is to be dropped, or what is told where it is gone.

    Raises:
        SnowflakeError: 2003, it does not exist and IF EXISTS is not said; 3001, it is somebody else's.
    """
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    words.take_any("CASCADE", "RESTRICT")
    words.end()
    try:
        found = session.names("DROP").existing(kind, path)
    except SnowflakeError as error:
        if if_exists and error.number == _DOES_NOT_EXIST:
            return _gone(path)
        raise
    session.authority.require(Privilege.OWNERSHIP, found)
    return found


def dropped(thing: Thing) -> Result:
    """What is told of an object that has just been dropped."""
    return status(f"{written(thing.name)} successfully dropped.")


def _gone(path: Path) -> Result:
    return status(f"Drop statement executed successfully ({written(path.name)} already dropped).")
