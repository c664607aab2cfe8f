"""CREATE and ALTER of views.

A view keeps its query, in which an unqualified name means one of its own schema, and the text of the whole
statement, which SHOW VIEWS tells (https://docs.snowflake.com/en/sql-reference/sql/show-views); neither
changes when the view is renamed or altered.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.binding import relations
from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import Column, ObjectKind, TableBody, Thing, ViewBody
from slipway_sandbox.snowflake.errors import already_exists, invalid_value, unsupported, view_width
from slipway_sandbox.snowflake.identifiers import Path, path_of, stored, written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.columns import type_of_duckdb
from slipway_sandbox.snowflake.statements import columns
from slipway_sandbox.snowflake.statements.altering import is_missing, rename, tracking
from slipway_sandbox.snowflake.statements.column_names import (
    require_column_names,
    require_distinct,
    with_column_names,
)
from slipway_sandbox.snowflake.statements.queries import described_columns, duckdb_of, parsed
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.view_queries import query_of

_DONE: Final = "Statement executed successfully."
_UNDERSTOOD: Final = (
    exp.SecureProperty,
    exp.TemporaryProperty,
    exp.CopyGrantsProperty,
    exp.SchemaCommentProperty,
)
_TRUTHS: Final = {"TRUE": True, "FALSE": False}


def create_view(session: Session, words: Words, *, replaces: bool) -> Result:
    """CREATE [OR REPLACE] [SECURE] [TEMPORARY] VIEW name [(columns)] [COPY GRANTS] [COMMENT] AS query."""
    tree = parsed(words.sql)
    if not isinstance(tree, exp.Create) or tree.expression is None:
        raise unsupported(" ".join(words.sql.split()[:4]))
    _refuse_others(tree)
    declared = tree.this if isinstance(tree.this, exp.Schema) else None
    path = path_of(declared.this if declared is not None else tree.this)
    schema = session.names("CREATE").schema_of(path)
    session.authority.require_creation(Privilege.CREATE_VIEW, schema)
    is_temporary = any(True for _ in tree.find_all(exp.TemporaryProperty))
    owner = session.number if is_temporary else 0
    existing = session.account.catalogue.find(schema.id, ObjectKind.VIEW, path.name, owner)
    if existing is not None:
        if tree.args.get("exists"):
            return status(f"{written(path.name)} already exists, statement succeeded.")
        _require_replaceable(session, existing, path, replaces=replaces)
    body = _body(session, schema, tree, _declared(declared), path)
    body = replace(body, session=owner, text=words.sql.strip().rstrip(";").rstrip())
    copies = any(True for _ in tree.find_all(exp.CopyGrantsProperty))
    comment = next((each.this.name for each in tree.find_all(exp.SchemaCommentProperty)), "")

    def change(draft: Draft) -> None:
        if existing is not None:
            draft.drop(existing)
        made = draft.add(ObjectKind.VIEW, path.name, schema.id, session.role, body, comment)
        if existing is not None and copies:
            draft.copy_grants(existing, made)
        if existing is not None:
            draft.erase(existing)

    session.define(change)
    return status(f"View {written(path.name)} successfully created.")


def alter_view(session: Session, words: Words) -> Result:
    """ALTER VIEW [IF EXISTS] name RENAME TO | SET | UNSET property | ALTER COLUMN."""
    words.expect("VIEW")
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    if if_exists and is_missing(session, ObjectKind.VIEW, path):
        return status(_DONE)
    view = session.names("ALTER").existing(ObjectKind.VIEW, path)
    session.authority.require(Privilege.OWNERSHIP, view)
    if words.take("RENAME", "TO"):
        rename(session, view, words)
    elif words.comes("ALTER", "MODIFY"):
        columns.comment_view_columns(session, view, words)
    else:
        _set(session, view, words)
    return status(_DONE)


def _set(session: Session, view: Thing, words: Words) -> None:
    assert isinstance(view.body, ViewBody)  # noqa: S101 - the kind says so
    changed = [view]
    if words.take("SET", "COMMENT", "="):
        changed = [replace(view, comment=words.string())]
    elif words.take("UNSET", "COMMENT"):
        changed = [replace(view, comment="")]
    elif words.take("SET", "SECURE") or words.sees("UNSET", "SECURE"):
        changed = [replace(view, body=replace(view.body, secure=not words.take("UNSET", "SECURE")))]
    elif words.take("SET", "CHANGE_TRACKING", "="):
        changed = list(_tracking(session, view, words.value()))
    else:
        raise unsupported(f"ALTER VIEW ... {words.rest()}")
    words.end()
    session.define(lambda draft: [draft.change(each) for each in changed])


def _tracking(session: Session, view: Thing, value: str) -> Iterator[Thing]:
    """A view that tracks changes or not; TRUE holds for all that it reads too, which must be one's own.

    Source: https://docs.snowflake.com/en/release-notes/bcr-bundles/2023_01/bcr-934.
    """
    if value not in _TRUTHS:
        raise invalid_value(f"invalid value [{value}] for parameter 'CHANGE_TRACKING'")
    is_on = _TRUTHS[value]
    reached = {each.id: each for each in (view, *(_read_by(session, view) if is_on else ()))}
    for thing in reached.values():
        if isinstance(thing.body, TableBody | ViewBody):
            session.authority.require(Privilege.OWNERSHIP, thing)
            yield replace(thing, body=_tracked(session, thing.body, is_on=is_on))


def _tracked(session: Session, body: TableBody | ViewBody, *, is_on: bool) -> TableBody | ViewBody:
    if isinstance(body, TableBody):
        return tracking(session, body, is_on=is_on)
    return replace(body, change_tracking=is_on)


def _read_by(session: Session, view: Thing) -> Iterator[Thing]:
    """The tables and views that a view reads, directly or through others."""
    assert isinstance(view.body, ViewBody)  # noqa: S101 - the callers have looked
    schema, database = session.account.catalogue.containers(view)
    names = replace(session.names("ALTER"), database=database.name, schema=schema.name)
    for table in relations(query_of(view.body)):
        thing = names.relation(path_of(table))
        yield thing
        if isinstance(thing.body, ViewBody):
            yield from _read_by(session, thing)


def _refuse_others(tree: exp.Create) -> None:
    """Refuse what a view would be given and that the sandbox lacks.

    Raises:
        SnowflakeError: 2, a policy for example.
    """
    properties = tree.args.get("properties")
    for each in properties.expressions if properties is not None else ():
        if not isinstance(each, _UNDERSTOOD):
            raise unsupported(f"CREATE VIEW ... {each.sql(dialect='snowflake')}")


def _require_replaceable(session: Session, existing: Thing, path: Path, *, replaces: bool) -> None:
    if not replaces or existing.kind is not ObjectKind.VIEW:
        raise already_exists(str(session.names("CREATE").qualified(path)))
    session.authority.require(Privilege.OWNERSHIP, existing)


def _declared(schema: exp.Schema | None) -> list[tuple[str, str]]:
    """The names and comments that a view gives its columns; none when it does not name them."""
    found = []
    for each in schema.expressions if schema is not None else []:
        for constraint in each.args.get("constraints") or []:
            if not isinstance(constraint.args["kind"], exp.CommentColumnConstraint):
                raise unsupported(f"CREATE VIEW ({each.sql(dialect='snowflake')})")
        comment = next((str(kind.name) for kind in each.find_all(exp.CommentColumnConstraint)), "")
        found.append((stored(each), comment))
    return found


def _body(
    session: Session, schema: Thing, tree: exp.Create, declared: list[tuple[str, str]], path: Path
) -> ViewBody:
    if not declared:
        require_column_names(tree.expression)
    query = with_column_names(tree.expression)
    text = query.sql(dialect="snowflake")
    described = described_columns(session, duckdb_of(session, query, "CREATE", within=schema))
    if declared and len(declared) != len(described):
        raise view_width(str(session.names("CREATE").qualified(path)), len(declared), len(described))
    names = declared or [(row[0], "") for row in described]
    require_distinct(name for name, _ in names)
    typed = tuple(
        Column(name=name, type=type_of_duckdb(row[1]), comment=comment)
        for (name, comment), row in zip(names, described, strict=True)
    )
    return ViewBody(
        query=text,
        columns=typed,
        produced=tuple(name for name, _ in described),
        secure=any(True for _ in tree.find_all(exp.SecureProperty)),
    )
