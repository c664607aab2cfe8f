"""From a query's names to DuckDB's tables: each relation becomes a subquery over what the session may read.

A table becomes its rows, as they are now or as they were; a view becomes its query, read with its owner's
rights.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import sqlglot
from sqlglot import exp

from slipway_sandbox.snowflake.access import Authority
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import (
    ObjectKind,
    SequenceBody,
    TableBody,
    Thing,
    ViewBody,
)
from slipway_sandbox.snowflake.errors import SnowflakeError, unsupported, untracked
from slipway_sandbox.snowflake.identifiers import Path, path_of, quoted, stored, written
from slipway_sandbox.snowflake.names import INFORMATION_SCHEMA, Names
from slipway_sandbox.snowflake.sql.variants import HELD
from slipway_sandbox.snowflake.storage import (
    ENDED,
    ROW,
    WRITTEN,
    Point,
    column_list,
    counter_of,
    history_of,
    rows_of,
)
from slipway_sandbox.snowflake.view_queries import query_of, renamed

_DEEPEST: Final = 50

PointOf = Callable[[exp.Expr, Thing | None], Point]
"""The point that an AT, BEFORE or END means; refused where it is too early for a table."""
Virtual = Callable[[str, Names], exp.Expr]
Fitting = Callable[[Thing, exp.Expr, list[Thing]], None]
"""Refuses a view whose bound query, over what it reads, no longer produces the columns that it declared."""


@dataclass(kw_only=True)
class Binder:
    """Binds one statement.

    Attributes:
        names: how the session finds objects.
        point_of: the point that an AT or BEFORE means for a table.
        virtual: a relation of INFORMATION_SCHEMA as a query.
        require_fitting: refuses a view that its query has grown away from.
        read: what the statement reads, for the caller's checks.
    """

    names: Names
    point_of: PointOf
    virtual: Virtual
    require_fitting: Fitting
    read: list[Thing] = field(default_factory=list)
    depth: int = 0

    def bind(self, tree: exp.Expr) -> exp.Expr:
        """Replace every relation of a query, in place.

        Raises:
            SnowflakeError: a relation is not found or may not be read.
        """
        for table in relations(tree):
            self._bind_table(table)
        for column in list(tree.find_all(exp.Column)):
            if is_next_number(column) and (sequence := sequence_of(self.names, column)) is not None:
                column.replace(_next_number(sequence))
            column.set("db", None)
            column.set("catalog", None)
        return tree

    def relation(self, table: exp.Table) -> exp.Subquery:
        """What stands for one relation of a query."""
        path = path_of(table)
        if (path.schema or self.names.schema) == INFORMATION_SCHEMA:
            inner = self.virtual(
                path.name, replace(self.names, database=path.database or self.names.database)
            )
            return _subquery(inner)
        thing = self.names.relation(path)
        self.names.authority.require(Privilege.SELECT, thing)
        self.read.append(thing)
        match thing.body:
            case TableBody() as body:
                rows = _subquery(self._rows(table, thing, body))
                rows.meta[HELD] = body.holds_variants
                return rows
            case ViewBody() as body:
                return self._view(table, thing, body)
            case _:
                raise unsupported(f"SELECT FROM {thing.kind}")

    def _bind_table(self, table: exp.Table) -> None:
        if not isinstance(table.this, exp.Identifier):
            return
        bound = self.relation(table)
        alias = table.args.get("alias")
        bound.set("alias", alias or exp.TableAlias(this=exp.to_identifier(stored(table.this), quoted=True)))
        for key in ("pivots", "sample", "joins", "laterals"):
            bound.set(key, table.args.get(key))
        table.replace(bound)

    def _rows(self, table: exp.Table, thing: Thing, body: TableBody) -> exp.Expr:
        when = table.args.get("when")
        changes = table.args.get("changes")
        if changes is not None:
            return parsed(self._changes(thing, body, changes))
        if when is not None:
            return parsed(f"SELECT {column_list(body)} FROM ({as_of(body, self.point_of(when, thing))})")
        return parsed(f"SELECT {column_list(body)} FROM {rows_of(body)}")

    def _changes(self, thing: Thing, body: TableBody, changes: exp.Expr) -> str:
        if not body.change_tracking:
            raise untracked(written(thing.name))
        since = self.point_of(changes.args["at_before"], thing)
        if since.commit < body.tracked_since:
            raise untracked(written(thing.name))
        end = changes.args.get("end")
        until = self.point_of(end, None) if end is not None else None
        information = str(changes.args["information"]).upper()
        if information not in {"DEFAULT", "APPEND_ONLY"}:
            raise unsupported(f"CHANGES (INFORMATION => {information})")
        return changes_between(body, since, until, only_new=information == "APPEND_ONLY")

    def _view(self, table: exp.Table, thing: Thing, body: ViewBody) -> exp.Subquery:
        for key, name in (("when", "AT | BEFORE"), ("changes", "CHANGES")):
            if table.args.get(key) is not None:
                raise unsupported(f"{name} on a view")
        if self.depth > _DEEPEST:
            raise SnowflakeError(
                2061, "42601", f"SQL compilation error:\nView definition of '{thing.name}' refers to itself."
            )
        roles = self.names.catalogue.inherited(thing.owner)
        owner = Authority(catalogue=self.names.catalogue, roles=roles, primary=thing.owner, creating=roles)
        schema, database = self.names.catalogue.containers(thing)
        inner = Binder(
            names=replace(self.names, authority=owner, database=database.name, schema=schema.name),
            point_of=self.point_of,
            virtual=self.virtual,
            require_fitting=self.require_fitting,
            depth=self.depth + 1,
        )
        query = inner.bind(query_of(body).copy())
        self.require_fitting(thing, query, inner.read)
        return exp.Subquery(this=renamed(query, body.columns))


def is_next_number(column: exp.Column) -> bool:
    """Whether a column can be `sequence.NEXTVAL`."""
    return bool(column.table) and not column.this.args.get("quoted") and column.name.upper() == "NEXTVAL"


def sequence_of(names: Names, column: exp.Column) -> Thing | None:
    """The sequence whose next number is asked for; None when there is none of that name.

    Raises:
        SnowflakeError: 3001, the role may not use it.
    """
    parts = [
        stored(part) if part is not None else "" for part in map(column.args.get, ("table", "db", "catalog"))
    ]
    try:
        found = names.find(names.schema_of(Path(*parts)), ObjectKind.SEQUENCE, parts[0])
    except SnowflakeError:
        return None
    if found is not None:
        names.authority.require(Privilege.USAGE, found)
    return found


def _next_number(sequence: Thing) -> exp.Expr:
    assert isinstance(sequence.body, SequenceBody)  # noqa: S101 - the kind says so
    counter = counter_of(sequence.body.numbering.counter)
    return exp.Anonymous(this="nextval", expressions=[exp.Literal.string(counter)])


def parsed(duckdb: str) -> exp.Expr:
    """DuckDB's own SQL as a tree."""
    return sqlglot.parse_one(duckdb, read="duckdb")


def as_of(body: TableBody, point: Point) -> str:
    """The rows of a table at a point: written then or before, and not yet ended."""
    columns = f"{column_list(body)}, {ROW}, {WRITTEN}"
    seen = _seen(WRITTEN, point)
    return (
        f"SELECT {columns} FROM {rows_of(body)} WHERE {seen} UNION ALL "
        f"SELECT {columns} FROM {history_of(body)} WHERE {seen} AND NOT {_seen(ENDED, point)}"
    )


def changes_between(body: TableBody, since: Point, until: Point | None, *, only_new: bool) -> str:
    """The query of CHANGES: what was inserted, updated and deleted from one point to another.

    A form of a row that is there at the end has appeared if it was written after the begin; one that was
    there at the begin has vanished if history says that it ended since. No rows are compared with each other.

    Source: https://docs.snowflake.com/en/sql-reference/constructs/changes

    Args:
        body: the table.
        since: the begin.
        until: the end; None: as the session sees the table now.
        only_new: inserts alone (APPEND_ONLY), of rows that are changed or gone since too.
    """
    columns = column_list(body)
    new = f"SELECT * FROM {rows_of(body)}" if until is None else as_of(body, until)
    over = "" if until is None else f" AND {_seen(ENDED, until)}"
    there = f"{_seen(WRITTEN, since)} AND NOT {_seen(ENDED, since)}"
    appeared = f"SELECT * FROM ({new}) n WHERE NOT {_seen(WRITTEN, since)}"
    vanished = f"SELECT * FROM {history_of(body)} WHERE {there}{over}"
    was = f"{ROW} IN (SELECT {ROW} FROM ({vanished}) v)"
    still = f"{ROW} IN (SELECT {ROW} FROM ({appeared}) a)"
    identity = f"CAST({ROW} AS VARCHAR) AS {quoted('METADATA$ROW_ID')}"

    def told(rows: str, action: str, is_update: str) -> str:
        named = f"'{action}' AS {quoted('METADATA$ACTION')}, {is_update} AS {quoted('METADATA$ISUPDATE')}"
        return f"SELECT {columns}, {named}, {identity} FROM ({rows}) d"

    if only_new:
        return told(_inserted(body, since, until), "INSERT", "FALSE")
    return f"{told(appeared, 'INSERT', was)} UNION ALL {told(vanished, 'DELETE', still)}"


def _inserted(body: TableBody, since: Point, until: Point | None) -> str:
    """The first forms of rows, as far as they were written in a time: an insert, whatever came of it."""
    columns = f"{column_list(body)}, {ROW}, {WRITTEN}"
    forms = " UNION ALL ".join(f"SELECT {columns} FROM {each}" for each in (rows_of(body), history_of(body)))
    first = f"SELECT * FROM ({forms}) f QUALIFY row_number() OVER (PARTITION BY {ROW} ORDER BY {WRITTEN}) = 1"
    ends = "" if until is None else f" AND {_seen(WRITTEN, until)}"
    return f"SELECT * FROM ({first}) i WHERE NOT {_seen(WRITTEN, since)}{ends}"


def _seen(statement: str, point: Point) -> str:
    """Whether a statement was committed at a point; those before the horizon were, for every point."""
    committed = f"point < {point.commit} OR (point = {point.commit} AND statement <= {point.statement})"
    return (
        f"({statement} < (SELECT statement FROM meta.horizon) "
        f"OR {statement} IN (SELECT statement FROM meta.commits WHERE {committed}))"
    )


def relations(tree: exp.Expr) -> list[exp.Table]:
    """The relations of a query that are objects of the account, not the queries that WITH names."""
    return [table for table, _ in _relations(tree, frozenset())]


def _subquery(query: exp.Expr) -> exp.Subquery:
    return exp.Subquery(this=query)


def _relations(node: exp.Expr, hidden: frozenset[str]) -> Iterator[tuple[exp.Table, frozenset[str]]]:
    """Yield the relations of a tree that are objects of the account, not the queries that WITH names.

    Raises:
        SnowflakeError: 2, it reads files of a stage.
    """
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Var | exp.DirectoryStage):
        raise unsupported(f"SELECT FROM {node.this.sql(dialect='snowflake')}")
    with_ = node.args.get("with_")
    if isinstance(with_, exp.With):
        names = {stored(cte.args["alias"].this) for cte in with_.expressions}
        before = hidden
        for cte in with_.expressions:
            own = {stored(cte.args["alias"].this)} if with_.recursive else set()
            yield from _relations(cte.this, before | own)
            before |= {stored(cte.args["alias"].this)}
        hidden |= names
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        is_hidden = not node.args.get("db") and stored(node.this) in hidden
        if not is_hidden:
            yield node, hidden
    for child in node.iter_expressions():
        if child is not with_:
            yield from _relations(child, hidden)
