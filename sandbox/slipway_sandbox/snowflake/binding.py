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
from slipway_sandbox.snowflake.derived_tables import refuse_lateral
from slipway_sandbox.snowflake.elements import refuse_plain, taken_apart
from slipway_sandbox.snowflake.errors import SnowflakeError, unsupported, untracked
from slipway_sandbox.snowflake.hidden_names import column_names, hidden, refuse_hidden
from slipway_sandbox.snowflake.identifiers import Path, path_of, stored, written
from slipway_sandbox.snowflake.names import INFORMATION_SCHEMA, Names
from slipway_sandbox.snowflake.sql.variants import HELD
from slipway_sandbox.snowflake.storage import Point, column_list, counter_of, rows_of
from slipway_sandbox.snowflake.versions import CHANGE_COLUMNS, as_of, changes_between
from slipway_sandbox.snowflake.view_queries import query_of, renamed

_DEEPEST: Final = 50

PointOf = Callable[[exp.Expr, Thing | None], Point]
"""The point that an AT, BEFORE or END means; refused where it is too early for a table."""
Answered = Callable[[exp.Expr, Names], exp.Expr]
"""A query whose session functions are answered, in place."""
Virtual = Callable[[str, Names], exp.Expr]
Fitting = Callable[[Thing, exp.Expr, list[Thing]], None]
"""Refuses a view whose bound query, over what it reads, no longer produces the columns that it declared."""


@dataclass(kw_only=True)
class Binder:
    """Binds one statement.

    Attributes:
        names: how the session finds objects.
        point_of: the point that an AT or BEFORE means for a table.
        answered: answers the functions that ask the session, of the query and of each view that it reads.
        virtual: a relation of INFORMATION_SCHEMA as a query.
        require_fitting: refuses a view that its query has grown away from.
        read: what the statement reads, for the caller's checks.
    """

    names: Names
    point_of: PointOf
    answered: Answered
    virtual: Virtual
    require_fitting: Fitting
    read: list[Thing] = field(default_factory=list)
    depth: int = 0

    def bind(self, tree: exp.Expr) -> exp.Expr:
        """Answer the session functions of a query and replace every relation, in place.

        Raises:
            SnowflakeError: a relation is not found or may not be read.
        """
        tree = self.answered(tree, self.names)
        suspected, objects, apart = hidden(tree), relations(tree), taken_apart(tree)
        refuse_lateral(tree, lambda table: self._columns(table) if table in objects else None)
        for table in objects:
            self._bind_table(table)
        refuse_hidden(suspected, self.read)
        refuse_plain(apart, self.read)
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

    def _columns(self, table: exp.Table) -> frozenset[str] | None:
        """The columns of a table or view; None of another relation."""
        path = path_of(table)
        if (path.schema or self.names.schema) == INFORMATION_SCHEMA:
            return None
        told = CHANGE_COLUMNS if table.args.get("changes") is not None else ()
        return column_names(self.names.relation(path)).union(told)

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
            return _parsed(self._changes(thing, body, changes))
        if when is not None:
            return _parsed(f"SELECT {column_list(body)} FROM ({as_of(body, self.point_of(when, thing))})")
        return _parsed(f"SELECT {column_list(body)} FROM {rows_of(body)}")

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
            answered=self.answered,
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


def _parsed(duckdb: str) -> exp.Expr:
    """DuckDB's own SQL as a tree."""
    return sqlglot.parse_one(duckdb, read="duckdb")


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
