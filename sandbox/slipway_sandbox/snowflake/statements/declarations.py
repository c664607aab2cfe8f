"""What a CREATE TABLE declares: columns, recorded constraints, properties."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.objects import Column, Constraint, ConstraintKind, Numbering
from slipway_sandbox.snowflake.column_defaults import refuse_unanswered
from slipway_sandbox.snowflake.errors import duplicate_column, unsupported
from slipway_sandbox.snowflake.identifiers import Path, path_of, stored
from slipway_sandbox.snowflake.sql.types import parsed_type

TableId = Callable[[Path], int]


def columns_of(declared: exp.Schema) -> Iterator[Column]:
    """The columns of a CREATE TABLE, in order."""
    seen: set[str] = set()
    keys = {
        stored(name) for key in declared.find_all(exp.PrimaryKey) for name in key.find_all(exp.Identifier)
    }
    for each in declared.expressions:
        if isinstance(each, exp.ColumnDef):
            column = column_of(each)
            column = replace(column, nullable=column.nullable and column.name not in keys)
            if column.name in seen:
                raise duplicate_column(column.name)
            seen.add(column.name)
            yield column
        elif isinstance(each, exp.Identifier | exp.Column):
            raise unsupported("CREATE TABLE (columns without types)")


def column_of(declared: exp.ColumnDef) -> Column:
    """Read the declaration of a column."""
    kinds = [each.args["kind"] for each in declared.args.get("constraints") or []]
    for kind in kinds:
        if not isinstance(kind, _UNDERSTOOD):
            raise unsupported(kind.sql(dialect="snowflake"))
    is_key = any(isinstance(kind, exp.PrimaryKeyColumnConstraint) for kind in kinds)
    not_null = [kind for kind in kinds if isinstance(kind, exp.NotNullColumnConstraint)]
    default = next((kind.this for kind in kinds if isinstance(kind, exp.DefaultColumnConstraint)), None)
    if default is not None:
        refuse_unanswered(default)
    comment = next((kind.this.name for kind in kinds if isinstance(kind, exp.CommentColumnConstraint)), "")
    return Column(
        name=stored(declared.this),
        type=parsed_type(declared.args["kind"]),
        nullable=not is_key and not any(not kind.args.get("allow_null") for kind in not_null),
        default=default.sql(dialect="snowflake") if default is not None else "",
        comment=comment,
        numbering=next((_numbering(kind) for kind in kinds if isinstance(kind, _NUMBERINGS)), None),
    )


def _numbering(kind: exp.Expr) -> Numbering:
    """AUTOINCREMENT | IDENTITY [(start, step) | START start INCREMENT step] [ORDER | NOORDER]."""
    computed = kind.args.get("expression")
    if computed is not None:
        raise unsupported(f"GENERATED ... AS ({computed.sql(dialect='snowflake')})")
    start, step = (kind.args.get(name) for name in ("start", "increment"))
    return Numbering(
        start=int(start.sql()) if start is not None else 1,
        step=int(step.sql()) if step is not None else 1,
        is_ordered=bool(kind.args.get("order")),
    )


_NUMBERINGS = (exp.AutoIncrementColumnConstraint, exp.GeneratedAsIdentityColumnConstraint)
_UNDERSTOOD = (
    *_NUMBERINGS,
    exp.PrimaryKeyColumnConstraint,
    exp.NotNullColumnConstraint,
    exp.DefaultColumnConstraint,
    exp.CommentColumnConstraint,
    exp.Reference,
    exp.UniqueColumnConstraint,
)
_KEYS = {
    exp.PrimaryKeyColumnConstraint: ConstraintKind.PRIMARY_KEY,
    exp.UniqueColumnConstraint: ConstraintKind.UNIQUE,
}


def constraints_of(declared: exp.Schema, table_id: TableId) -> Iterator[Constraint]:
    """Keys of columns and of the table: recorded, not enforced, as in Snowflake.

    Args:
        declared: the columns and constraints of a CREATE TABLE.
        table_id: the id of the table that a foreign key refers to.
    """
    for each in declared.find_all(exp.ColumnDef):
        for constraint in each.args.get("constraints") or []:
            kind = _KEYS.get(type(constraint.args["kind"]))
            name, columns = f"SYS_CONSTRAINT_{stored(each.this)}", (stored(each.this),)
            if kind is not None:
                yield Constraint(name=name, kind=kind, columns=columns)
            elif isinstance(constraint.args["kind"], exp.Reference):
                yield _foreign_key(name, columns, constraint.args["kind"], table_id)
    for each in declared.expressions:
        yield from _table_constraint(each, table_id)


def _table_constraint(each: exp.Expr, table_id: TableId) -> Iterator[Constraint]:
    name = stored(each.this) if isinstance(each, exp.Constraint) else "SYS_CONSTRAINT"
    for part in each.expressions if isinstance(each, exp.Constraint) else [each]:
        columns = tuple(stored(column) for column in part.find_all(exp.Identifier))
        match part:
            case exp.PrimaryKey():
                yield Constraint(name=name, kind=ConstraintKind.PRIMARY_KEY, columns=columns)
            case exp.UniqueColumnConstraint():
                yield Constraint(name=name, kind=ConstraintKind.UNIQUE, columns=columns)
            case exp.ForeignKey():
                own = tuple(stored(column) for column in part.expressions)
                yield _foreign_key(name, own, part.args["reference"], table_id)
            case exp.ColumnDef():
                return
            case _:
                raise unsupported(part.sql(dialect="snowflake"))


def _foreign_key(name: str, own: tuple[str, ...], key: exp.Expr, table_id: TableId) -> Constraint:
    reference = key.this
    columns = reference.expressions if isinstance(reference, exp.Schema) else []
    return Constraint(
        name=name,
        kind=ConstraintKind.FOREIGN_KEY,
        columns=own,
        references=table_id(path_of(reference.this if isinstance(reference, exp.Schema) else reference)),
        referenced_columns=tuple(stored(column) for column in columns),
    )


def copies_grants(tree: exp.Create) -> bool:
    """Whether COPY GRANTS is said.

    Raises:
        SnowflakeError: a property is there that would change the table's meaning and that the sandbox lacks.
    """
    copies = False
    for each in _properties(tree):
        match each:
            case (
                exp.TransientProperty()
                | exp.TemporaryProperty()
                | exp.SchemaCommentProperty()
                | exp.ClusterProperty()
            ):
                pass
            case exp.CopyGrantsProperty():
                copies = True
            case exp.Property() if each.name.upper() in {"DATA_RETENTION_TIME_IN_DAYS", "CHANGE_TRACKING"}:
                pass
            case _:
                raise unsupported(each.sql(dialect="snowflake"))
    return copies


def option(tree: exp.Create, name: str, default: str) -> str:
    """The value of a property, or its default."""
    for each in _properties(tree):
        if each.name.upper() == name:
            value = each.args["value"]
            return str(value.name or value.sql())
    return default


def comment_of(tree: exp.Create) -> str:
    """The comment of what is created; empty for none."""
    return next(
        (each.this.name for each in _properties(tree) if isinstance(each, exp.SchemaCommentProperty)), ""
    )


def _properties(tree: exp.Create) -> list[exp.Expr]:
    found = tree.args.get("properties")
    return list(found.expressions) if found is not None else []
