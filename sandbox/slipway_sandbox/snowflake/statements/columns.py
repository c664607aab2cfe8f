"""Columns of a table: added, dropped, renamed, widened, made NOT NULL, commented.

Source: https://docs.snowflake.com/en/sql-reference/sql/alter-table-column.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.objects import Column, ConstraintKind, TableBody, Thing, ViewBody
from slipway_sandbox.snowflake.column_defaults import asked
from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    column_exists,
    invalid_identifier,
    invalid_value,
    unsupported,
)
from slipway_sandbox.snowflake.identifiers import quoted, written
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.types import Kind, SqlType, parsed_type
from slipway_sandbox.snowflake.statements import clustering, keys
from slipway_sandbox.snowflake.statements.declarations import column_of
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.storage import ROW, creation, rows_of

_Change = Callable[[Column], Column]
_TYPE: Final = (("SET", "DATA", "TYPE"), ("SET", "TYPE"), ("TYPE",))


def alter(session: Session, table: Thing, body: TableBody, words: Words) -> None:
    """ADD | DROP | RENAME COLUMN, ALTER [COLUMN] ... of an ALTER TABLE."""
    match words.take_any("ADD", "DROP", "RENAME", "ALTER", "MODIFY"):
        case "ADD":
            words.take("COLUMN")
            _add_column(session, table, body, words)
        case "DROP" if words.comes("PRIMARY KEY", "CONSTRAINT"):
            keys.drop(session, table, body, words)
        case "DROP":
            words.expect("COLUMN")
            _drop_column(session, table, body, words)
        case "RENAME":
            words.expect("COLUMN")
            _rename_column(session, table, body, words)
        case _:
            _alter_columns(session, table, body, words)


def comment_view_columns(session: Session, view: Thing, words: Words) -> None:
    """ALTER VIEW ... ALTER COLUMN name COMMENT text, ..."""
    assert isinstance(view.body, ViewBody)  # noqa: S101 - the caller has looked
    words.take_any("ALTER", "MODIFY")
    changes = _changes(words)
    changed = _applied(view.body.columns, changes)
    if any(_shape(new) != _shape(old) for new, old in zip(changed, view.body.columns, strict=True)):
        raise unsupported("ALTER VIEW ... ALTER COLUMN with more than COMMENT")
    commented = replace(view, body=replace(view.body, columns=changed))
    session.define(lambda draft: draft.change(commented))


def _shape(column: Column) -> tuple[SqlType, bool, str]:
    return column.type, column.nullable, column.default


def _alter_columns(session: Session, table: Thing, body: TableBody, words: Words) -> None:
    wanted = replace(body, columns=_applied(body.columns, _changes(words)))
    pairs = list(zip(body.columns, wanted.columns, strict=True))
    for old, new in pairs:
        _refuse_other_type(old, new)
    if all(_shape(old) == _shape(new) for old, new in pairs):
        changed = replace(table, body=wanted)
        session.define(lambda draft: draft.change(changed))
        return
    rebuild(session, table, body, wanted, [column.name for column in body.columns])


def _changes(words: Words) -> list[tuple[str, _Change]]:
    """What is to become of which column."""
    parenthesised = words.take("(")
    found = [_change(words)]
    while words.take(","):
        words.take_any("ALTER", "MODIFY")
        found.append(_change(words))
    if parenthesised:
        words.expect(")")
    words.end()
    return found


def _change(words: Words) -> tuple[str, _Change]:
    words.take("COLUMN")
    name = words.name()
    if words.take("COMMENT"):
        comment = words.string()
        return name, lambda column: replace(column, comment=comment)
    if words.take("UNSET", "COMMENT"):
        return name, lambda column: replace(column, comment="")
    if words.take("SET", "NOT", "NULL"):
        return name, lambda column: replace(column, nullable=False)
    if words.take("DROP", "NOT", "NULL"):
        return name, lambda column: replace(column, nullable=True)
    if words.take("DROP", "DEFAULT"):
        return name, lambda column: replace(column, default="")
    if any(words.take(*each) for each in _TYPE):
        kind = _type(words)
        return name, lambda column: replace(column, type=kind)
    raise unsupported(f"ALTER COLUMN ... {words.rest()}")


def _type(words: Words) -> SqlType:
    text = words.clause() if words.has_parenthesis else words.name()
    return parsed_type(exp.DataType.build(text, dialect="snowflake"))


def _applied(columns: tuple[Column, ...], changes: list[tuple[str, _Change]]) -> tuple[Column, ...]:
    """The columns after the changes.

    Raises:
        SnowflakeError: 904, there is no such column.
    """
    found = {column.name: column for column in columns}
    for name, change in changes:
        if name not in found:
            raise invalid_identifier(written(name))
        found[name] = change(found[name])
    return tuple(found.values())


def _refuse_other_type(old: Column, new: Column) -> None:
    """A type may only grow: longer text, a number with as many digits after its point.

    Raises:
        SnowflakeError: 40000 is Snowflake's class for it; the number is the one of its compiler.
    """
    before, after = old.type, new.type
    grows = after.precision >= before.precision and after.length >= before.length
    same = before.kind is after.kind and before.scale == after.scale
    if same and (grows or before.kind is Kind.NUMBER):
        return
    raise SnowflakeError(
        2108,
        "22000",
        f"SQL compilation error: cannot change column {written(old.name)} from type "
        f"{before.snowflake} to {after.snowflake}",
    )


def _add_column(session: Session, table: Thing, body: TableBody, words: Words) -> None:
    if_not_exists = words.take("IF", "NOT", "EXISTS")
    schema = keys.declared(words.rest())
    constraints = keys.keys_of(session, body, schema)
    added = [column_of(each) for each in schema.expressions if isinstance(each, exp.ColumnDef)]
    if not added:
        _add_keys(session, table, replace(body, constraints=constraints))
        return
    if any(column.numbering or column.default.upper().endswith(".NEXTVAL") for column in added):
        raise unsupported("ALTER TABLE ... ADD COLUMN ... that numbers its rows")
    for column in added:
        if asked(column):
            raise unsupported(f"ALTER TABLE ... ADD COLUMN ... DEFAULT {column.default}")
    known = {column.name for column in body.columns}
    taken = [column.name for column in added if column.name in known]
    if taken and not if_not_exists:
        raise column_exists(written(taken[0]))
    new = tuple(each for each in added if each.name not in known)
    wanted = replace(body, columns=(*body.columns, *new), constraints=constraints)
    rebuild(session, table, body, wanted, [column.name for column in body.columns])


def _add_keys(session: Session, table: Thing, body: TableBody) -> None:
    """Give a table more keys: the columns of a primary key are NOT NULL, and must be full already."""
    primary = {
        name for key in body.constraints if key.kind is ConstraintKind.PRIMARY_KEY for name in key.columns
    }
    filled = [each.name for each in body.columns if each.nullable and each.name in primary]
    columns = tuple(
        replace(each, nullable=each.nullable and each.name not in primary) for each in body.columns
    )
    changed = replace(table, body=replace(body, columns=columns))

    def change(draft: Draft) -> None:
        draft.change(changed)
        draft.physical += [
            f"ALTER TABLE {rows_of(body)} ALTER COLUMN {quoted(name)} SET NOT NULL" for name in filled
        ]

    session.define(change)


def _drop_column(session: Session, table: Thing, body: TableBody, words: Words) -> None:
    words.take("IF", "EXISTS")
    gone = [words.name()]
    while words.take(","):
        gone.append(words.name())
    words.end()
    _require_columns(body, gone)
    for name in gone:
        if clustering.uses(body.clustering, name):
            raise invalid_value(f"Column '{written(name)}' is part of the clustering key: drop that first.")
    kept = tuple(column for column in body.columns if column.name not in gone)
    wanted = replace(body, columns=kept, constraints=keys.without(body, gone))
    rebuild(session, table, body, wanted, [column.name for column in kept])


def _rename_column(session: Session, table: Thing, body: TableBody, words: Words) -> None:
    old = words.name()
    words.expect("TO")
    new = words.name()
    words.end()
    _require_columns(body, [old])
    if new != old and any(column.name == new for column in body.columns):
        raise column_exists(written(new))
    columns = tuple(replace(each, name=new) if each.name == old else each for each in body.columns)
    wanted = replace(
        body,
        columns=columns,
        constraints=keys.renamed(body.constraints, old, new),
        clustering=clustering.renamed(body.clustering, old, new),
    )
    rebuild(session, table, body, wanted, [column.name for column in body.columns])
    keys.follow(session, table, old, new)


def rebuild(session: Session, table: Thing, body: TableBody, wanted: TableBody, kept: list[str]) -> None:
    """Give a table other columns: its rows move to new storage, and Time Travel begins anew.

    The old storage stays for those who read it now; the purge takes it away.
    """

    def change(draft: Draft) -> None:
        made = replace(wanted, storage=draft.new_id(), since=session.account.storage.point + 1)
        draft.change(replace(table, body=made))
        own = ", ".join(quoted(name) for name in kept)
        new = ", ".join(quoted(each.name) for each in made.columns[: len(kept)])
        source = f"SELECT {own}, {ROW} FROM {rows_of(body)}"
        draft.physical += [*creation(made), f"INSERT INTO {rows_of(made)} ({new}, {ROW}) {source}"]

    session.define(change)


def _require_columns(body: TableBody, names: list[str]) -> None:
    known = {column.name for column in body.columns}
    for name in names:
        if name not in known:
            raise invalid_identifier(written(name))
