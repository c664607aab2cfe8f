"""ALTER TABLE ... ADD and DROP of keys, which Snowflake records and does not enforce.

Source: https://docs.snowflake.com/en/sql-reference/sql/create-table-constraint.
"""

from dataclasses import replace

from sqlglot import exp
from sqlglot.errors import ParseError

from slipway_sandbox.snowflake.catalogue.objects import (
    Constraint,
    ConstraintKind,
    ObjectKind,
    TableBody,
    Thing,
)
from slipway_sandbox.snowflake.errors import SnowflakeError, invalid_identifier, unsupported
from slipway_sandbox.snowflake.identifiers import Path, stored, written
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.parser import read_text
from slipway_sandbox.snowflake.statements.declarations import constraints_of
from slipway_sandbox.snowflake.statements.words import Words


def declared(text: str) -> exp.Schema:
    """What ADD adds, as in a CREATE TABLE.

    Raises:
        SnowflakeError: 2, it adds neither columns nor keys.
    """
    try:
        tree = read_text(f"CREATE TABLE t ({text})").this
    except ParseError:
        raise unsupported(f"ALTER TABLE ... ADD {text}") from None
    if not isinstance(tree, exp.Schema) or not tree.expressions:
        raise unsupported(f"ALTER TABLE ... ADD {text}")
    return tree


def keys_of(session: Session, body: TableBody, schema: exp.Schema) -> tuple[Constraint, ...]:
    """The keys of a table with those that are added.

    Raises:
        SnowflakeError: it has a primary key already, or one of that name; 904, a column is not there.
    """

    def table_id(path: Path) -> int:
        return session.names("ALTER").existing(ObjectKind.TABLE, path).id

    found = list(body.constraints)
    own = {column.name for column in body.columns} | {
        stored(each.this) for each in schema.find_all(exp.ColumnDef)
    }
    for each in constraints_of(schema, table_id):
        is_second = each.kind is ConstraintKind.PRIMARY_KEY and any(key.kind is each.kind for key in found)
        if is_second or (not _is_named_here(each) and any(key.name == each.name for key in found)):
            raise SnowflakeError(
                2043, "42000", f"SQL compilation error:\n{each.kind} '{written(each.name)}' already exists."
            )
        for name in each.columns:
            if name not in own:
                raise invalid_identifier(written(name))
        found.append(each)
    return tuple(found)


def _is_named_here(key: Constraint) -> bool:
    return key.name.startswith("SYS_CONSTRAINT")


def without(body: TableBody, columns: list[str]) -> tuple[Constraint, ...]:
    """The keys that are left when columns are dropped."""
    return tuple(each for each in body.constraints if not set(each.columns) & set(columns))


def renamed(constraints: tuple[Constraint, ...], old: str, new: str) -> tuple[Constraint, ...]:
    """The keys of a table of which a column is renamed."""
    return tuple(replace(each, columns=_renamed(each.columns, old, new)) for each in constraints)


def follow(session: Session, table: Thing, old: str, new: str) -> None:
    """Let the foreign keys that refer to a column have its new name."""
    changed: list[Thing] = []
    for thing in session.account.catalogue.present:
        if isinstance(thing.body, TableBody):
            keys = tuple(_following(key, table, old, new) for key in thing.body.constraints)
            if keys != thing.body.constraints:
                changed.append(replace(thing, body=replace(thing.body, constraints=keys)))
    if changed:
        session.define(lambda draft: [draft.change(each) for each in changed])


def _following(key: Constraint, table: Thing, old: str, new: str) -> Constraint:
    if key.references != table.id:
        return key
    return replace(key, referenced_columns=_renamed(key.referenced_columns, old, new))


def _renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if each == old else each for each in columns)


def drop(session: Session, table: Thing, body: TableBody, words: Words) -> None:
    """DROP PRIMARY KEY | CONSTRAINT name."""
    if words.take("PRIMARY KEY"):
        kept = tuple(each for each in body.constraints if each.kind is not ConstraintKind.PRIMARY_KEY)
        name = "PRIMARY KEY"
    else:
        words.expect("CONSTRAINT")
        name = words.name()
        kept = tuple(each for each in body.constraints if each.name != name)
    words.end()
    if kept == body.constraints:
        raise SnowflakeError(
            2003, "02000", f"SQL compilation error:\nConstraint '{written(name)}' does not exist."
        )
    keep(session, table, body, kept)


def keep(session: Session, table: Thing, body: TableBody, constraints: tuple[Constraint, ...]) -> None:
    """Give a table other keys; its rows stay where they are."""
    changed = replace(table, body=replace(body, constraints=constraints))
    session.define(lambda draft: draft.change(changed))
