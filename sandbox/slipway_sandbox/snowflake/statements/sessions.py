"""USE, ALTER SESSION, SET, UNSET, BEGIN, COMMIT, ROLLBACK: what changes the session and nothing else."""

from decimal import Decimal

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind
from slipway_sandbox.snowflake.errors import SnowflakeError, cannot_operate, unsupported
from slipway_sandbox.snowflake.identifiers import Path, written
from slipway_sandbox.snowflake.parameters import checked
from slipway_sandbox.snowflake.results import Result, StatementType, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.queries import select
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.variables import Variable

_DONE = "Statement executed successfully."


def use(session: Session, words: Words) -> Result:
    """USE ROLE | WAREHOUSE | DATABASE | SCHEMA | SECONDARY ROLES."""
    if words.take("SECONDARY", "ROLES"):
        session.has_secondary_roles = words.take_any("ALL", "NONE") == "ALL"
    elif words.take("ROLE"):
        use_role(session, words.name())
    elif words.take("WAREHOUSE"):
        use_warehouse(session, words.name())
    elif words.take("SCHEMA"):
        path = words.path()
        use_schema(session, path)
    else:
        words.take("DATABASE")
        path = words.path()
        if path.schema:
            use_schema(session, path)
        else:
            use_database(session, path.name)
    words.end()
    return status(_DONE, StatementType.SESSION)


def use_role(session: Session, name: str) -> None:
    """Make a role the primary one.

    Raises:
        SnowflakeError: there is none, or it is not granted to the user.
    """
    catalogue = session.account.catalogue
    found = catalogue.find(ACCOUNT, ObjectKind.ROLE, name)
    if found is None:
        raise cannot_operate()
    if found.id not in session.may_be:
        raise SnowflakeError(
            3013,
            "42501",
            f"SQL access control error:\nRequested role '{written(name)}' is not assigned to the executing "
            "user. Specify another role to activate.",
        )
    session.role = found.id


def use_warehouse(session: Session, name: str) -> None:
    """Make a warehouse the session's.

    Raises:
        SnowflakeError: there is none, or the role may not use it.
    """
    found = session.account.catalogue.find(ACCOUNT, ObjectKind.WAREHOUSE, name)
    if found is None or not session.authority.may(Privilege.USAGE, found):
        raise cannot_operate()
    session.warehouse = found.name


def use_database(session: Session, name: str) -> None:
    """Make a database the session's, and its schema PUBLIC where there is one.

    Raises:
        SnowflakeError: 2043, there is none or the role does not see it.
    """
    found = session.account.catalogue.find(ACCOUNT, ObjectKind.DATABASE, name)
    if found is None or not session.authority.sees(found):
        raise cannot_operate()
    session.database = found.name
    public = session.account.catalogue.find(found.id, ObjectKind.SCHEMA, "PUBLIC")
    session.schema = public.name if public is not None and session.authority.sees(public) else ""


def use_schema(session: Session, path: Path) -> None:
    """Make a schema, and its database, the session's.

    Raises:
        SnowflakeError: 2043, there is none or the role does not see it.
    """
    try:
        found = session.names("USE").schema_at(path)
    except SnowflakeError as error:
        raise (error if error.number == 90105 else cannot_operate()) from None  # noqa: PLR2004 - no database
    session.schema = found.name
    session.database = session.account.catalogue.things[found.parent].name


def alter_session(session: Session, words: Words) -> Result:
    """ALTER SESSION SET name = value ... | UNSET name, ..."""
    words.expect("SESSION")
    if words.take("SET"):
        while not words.is_done:
            name = words.name()
            words.expect("=")
            session.parameters[name] = checked(name, words.value())
            words.take(",")
    else:
        words.expect("UNSET")
        while not words.is_done:
            name = words.name()
            session.parameters[name] = checked(name, session.defaults.get(name, ""))
            words.take(",")
    return status(_DONE, StatementType.SESSION)


def set_variable(session: Session, words: Words) -> Result:
    """SET name = value."""
    if words.sees("("):
        raise unsupported("SET of several variables")
    name = words.name()
    words.expect("=")
    result = select(session, f"SELECT {words.rest()}", None)
    value = result.table.columns[0][0].as_py()
    session.variables[name] = Variable(text=str(value), is_number=isinstance(value, int | float | Decimal))
    return status(_DONE, StatementType.SESSION)


def unset_variable(session: Session, words: Words) -> Result:
    """UNSET name."""
    session.variables.pop(words.name(), None)
    words.end()
    return status(_DONE, StatementType.SESSION)


def begin(session: Session, words: Words) -> Result:
    """BEGIN | START [TRANSACTION | WORK] [NAME name]."""
    words.take_any("TRANSACTION", "WORK")
    name = words.name() if words.take("NAME") else ""
    words.end()
    session.begin(name)
    return status(_DONE, StatementType.TRANSACTION)


def commit(session: Session, words: Words) -> Result:
    """COMMIT [WORK]."""
    words.take("WORK")
    words.end()
    session.commit()
    return status(_DONE, StatementType.TRANSACTION)


def rollback(session: Session, words: Words) -> Result:
    """ROLLBACK [WORK]."""
    words.take("WORK")
    words.end()
    session.rollback()
    return status(_DONE, StatementType.TRANSACTION)
