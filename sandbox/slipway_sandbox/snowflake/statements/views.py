"""CREATE VIEW. A view keeps its query as written: an unqualified name in it means one of its own schema."""

from dataclasses import replace

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import Column, ObjectKind, Thing, ViewBody
from slipway_sandbox.snowflake.errors import SnowflakeError, already_exists, unsupported
from slipway_sandbox.snowflake.identifiers import Path, path_of, stored, written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.columns import type_of_duckdb
from slipway_sandbox.snowflake.statements.queries import duckdb_of, parsed, with_column_names
from slipway_sandbox.snowflake.statements.words import Words


def create_view(session: Session, words: Words, *, replaces: bool) -> Result:
    """CREATE [OR REPLACE] [SECURE] [TEMPORARY] VIEW name [(columns)] [COPY GRANTS] [COMMENT] AS query."""
    tree = parsed(words.sql)
    if not isinstance(tree, exp.Create) or tree.expression is None:
        raise unsupported(" ".join(words.sql.split()[:4]))
    declared = tree.this if isinstance(tree.this, exp.Schema) else None
    path = path_of(declared.this if declared is not None else tree.this)
    schema = session.names("CREATE").schema_of(path)
    session.authority.require(Privilege.CREATE_VIEW, schema)
    is_temporary = any(True for _ in tree.find_all(exp.TemporaryProperty))
    owner = session.number if is_temporary else 0
    existing = session.account.catalogue.find(schema.id, ObjectKind.VIEW, path.name, owner)
    if existing is not None:
        if tree.args.get("exists"):
            return status(f"{written(path.name)} already exists, statement succeeded.")
        _require_replaceable(session, existing, path, replaces=replaces)
    body = replace(_body(session, schema, tree, _declared(declared)), session=owner)
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

    session.account.define(change)
    return status(f"View {written(path.name)} successfully created.")


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


def _body(session: Session, schema: Thing, tree: exp.Create, declared: list[tuple[str, str]]) -> ViewBody:
    query = with_column_names(tree.expression)
    text = query.sql(dialect="snowflake")
    described = session.rows(f"DESCRIBE {duckdb_of(session, query, 'CREATE', within=schema)}")
    if declared and len(declared) != len(described):
        raise SnowflakeError(
            2057,
            "42601",
            f"SQL compilation error:\nView definition declared {len(declared)} column(s), "
            f"but view query produces {len(described)} column(s).",
        )
    names = declared or [(row[0], "") for row in described]
    columns = tuple(
        Column(name=name, type=type_of_duckdb(row[1]), comment=comment)
        for (name, comment), row in zip(names, described, strict=True)
    )
    return ViewBody(query=text, columns=columns, secure=any(True for _ in tree.find_all(exp.SecureProperty)))
