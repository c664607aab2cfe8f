"""What every DROP of an object in a schema has in common: IF EXISTS, and what is told of one that is gone."""

from typing import Final

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, TableBody, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError, cannot_operate, unsupported
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
    is_restricted = words.take_any("CASCADE", "RESTRICT") == "RESTRICT"
    words.end()
    try:
        found = session.names("DROP").existing(kind, path)
    except SnowflakeError as error:
        if if_exists and error.number == _DOES_NOT_EXIST:
            return _gone(path)
        raise
    session.authority.require(Privilege.OWNERSHIP, found)
    if is_restricted and kind is not ObjectKind.TABLE:
        raise unsupported(f"DROP {kind} ... RESTRICT")
    if is_restricted:
        refuse_referenced(session, found)
    return found


def refuse_referenced(session: Session, doomed: Thing) -> None:
    """What RESTRICT asks for: a foreign key of a table that stays keeps what it refers to.

    Sources: https://docs.snowflake.com/en/sql-reference/sql/drop-table, .../drop-schema, .../drop-database.

    Raises:
        SnowflakeError: 2043, naming the table that refers to it.
    """
    catalogue = session.account.catalogue

    def goes(thing: Thing) -> bool:
        return doomed.id in {thing.id, *(each.id for each in catalogue.containers(thing))}

    for table in catalogue.present:
        keys = table.body.constraints if isinstance(table.body, TableBody) and not goes(table) else ()
        for key in keys:
            if key.references in catalogue.things and goes(catalogue.things[key.references]):
                name = ".".join(map(written, catalogue.full_name(table)))
                raise cannot_operate(
                    f"{doomed.kind.capitalize()} '{written(doomed.name)}' is not dropped: the foreign key "
                    f"'{written(key.name)}' of table '{name}' refers to it. Drop the key, or say CASCADE."
                )


def dropped(thing: Thing) -> Result:
    """What is told of an object that has just been dropped."""
    return status(f"{written(thing.name)} successfully dropped.")


def _gone(path: Path) -> Result:
    return status(f"Drop statement executed successfully ({written(path.name)} already dropped).")
