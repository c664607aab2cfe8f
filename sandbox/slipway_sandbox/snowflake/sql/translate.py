"""From Snowflake's functions and operators to DuckDB's: those of fakesnow's transforms that compute.

Its transforms of statements (clones, SHOW, sessions, users) are not used: statements are ours. One is left
out because it is wrong for money: it sums and averages by way of DOUBLE.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from fakesnow import transforms
from sqlglot import exp
from sqlglot.errors import ErrorLevel

from slipway_sandbox.snowflake.identifiers import marked
from slipway_sandbox.snowflake.sql.functions import with_own_functions
from slipway_sandbox.snowflake.sql.once import computed_once


def _filled(node: exp.Expr) -> exp.Expr:
    """ARRAY_AGG of no values is an empty ARRAY; DuckDB's is NULL.

    Source: https://docs.snowflake.com/en/sql-reference/functions/array_agg
    """
    if not isinstance(node, exp.Anonymous) or node.name.upper() != "TO_JSON":
        return node
    aggregate = node.expressions[0]
    while isinstance(aggregate, exp.Window | exp.Filter):
        aggregate = aggregate.this
    if not isinstance(aggregate, exp.ArrayAgg):
        return node
    return exp.Coalesce(this=node, expressions=[exp.Anonymous(this="json_array")])


_TRANSFORMS: Final[Sequence[Any]] = (
    transforms.current_version,
    transforms.semi_structured_types,
    transforms.try_parse_json,
    transforms.split,
    transforms.indices_to_json_extract,
    transforms.json_extract_cast_as_varchar,
    transforms.json_extract_cased_as_varchar,
    transforms.json_extract_precedence,
    transforms.flatten_value_cast_as_varchar,
    transforms.flatten,
    transforms.regex_replace,
    transforms.regex_substr,
    transforms.values_columns,
    transforms.to_date,
    transforms.timestamp_offsets,
    transforms.to_decimal,
    transforms.to_timestamp,
    transforms.to_variant,
    transforms.object_construct,
    transforms.timestamp_ntz,
    transforms.float_to_double,
    transforms.integer_precision,
    transforms.sample,
    transforms.array_size,
    transforms.random,
    transforms.array_agg,
    _filled,
    transforms.object_agg,
    transforms.array_construct_etc,
    transforms.dateadd_date_cast,
    transforms.dateadd_string_literal_timestamp_cast,
    transforms.datediff_string_literal_timestamp_cast,
    transforms.haversine,
    transforms.hex_string,
    transforms.sha256,
    transforms.alias_in_join,
    transforms.alias_in_where,
)
"""In fakesnow's own order (fakesnow/cursor.py): several rely on what another has done."""


_ARITHMETIC: Final = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
_NUMBER: Final = re.compile(r"\s*\d+(\.\d*)?([eE][+-]?\d+)?\s*|\s*\.\d+\s*")

_PLAIN: Final = frozenset(
    {
        exp.Add,
        exp.Alias,
        exp.And,
        exp.Avg,
        exp.Boolean,
        exp.Column,
        exp.Count,
        exp.Div,
        exp.EQ,
        exp.From,
        exp.GT,
        exp.GTE,
        exp.Group,
        exp.Identifier,
        exp.In,
        exp.Is,
        exp.LT,
        exp.LTE,
        exp.Limit,
        exp.Literal,
        exp.Max,
        exp.Min,
        exp.Mul,
        exp.NEQ,
        exp.Neg,
        exp.Not,
        exp.Null,
        exp.Or,
        exp.Order,
        exp.Ordered,
        exp.Paren,
        exp.Select,
        exp.Star,
        exp.Sub,
        exp.Subquery,
        exp.Sum,
        exp.Table,
        exp.TableAlias,
        exp.Tuple,
        exp.Where,
    }
)
"""Nodes that no transform looks at, their names apart: a test holds every conformance statement to it."""


def translated(tree: exp.Expr) -> exp.Expr:
    """Give a bound statement DuckDB's functions.

    Forty walks through a tree take longer than most statements; a plain one needs one, for its names.

    Args:
        tree: the statement; it is changed.
    """
    if is_plain(tree):
        return _cased(tree)
    for transform in (_number_of_text, _counted):
        tree = tree.transform(transform, copy=False)
    tree = _cased(with_own_functions(tree))
    for transform in _TRANSFORMS:
        tree = tree.transform(transform, copy=False)
    return tree


def _cased(tree: exp.Expr) -> exp.Expr:
    """Names in upper case, and quoted ones so that DuckDB tells apart what differs in case only."""
    for name in tree.find_all(exp.Identifier):
        name.set("this", marked(name.name) if name.quoted else name.name.upper())
    return tree


def duckdb_text(tree: exp.Expr, *, copy: bool = True) -> str:
    """A tree as DuckDB's SQL: names between quotes, since DuckDB reserves words that Snowflake does not.

    Raises:
        UnsupportedError: a part of it means nothing to DuckDB; it is never left out.
    """
    own = computed_once(tree.copy() if copy else tree)
    return own.sql(dialect="duckdb", identify=True, copy=False, unsupported_level=ErrorLevel.RAISE)


def _number_of_text(node: exp.Expr) -> exp.Expr:
    """A text in arithmetic is the number that it tells; DuckDB would round it to an integer first."""
    if _is_text_in_arithmetic(node) and _NUMBER.fullmatch(node.name):
        return exp.Literal.number(node.name.strip())
    return node


def _counted(node: exp.Expr) -> exp.Expr:
    """COUNT_IF of no rows is 0; DuckDB's is NULL."""
    if not isinstance(node, exp.CountIf):
        return node
    one = exp.Case(ifs=[exp.If(this=node.this, true=exp.Literal.number(1))])
    return exp.Count(this=one, big_int=True)


def _is_text_in_arithmetic(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string and isinstance(node.parent, _ARITHMETIC)


def is_plain(tree: exp.Expr) -> bool:
    """Whether a statement has nothing in it that only Snowflake knows."""
    nodes = (node for node in tree.walk() if not (node is tree and isinstance(node, exp.Values)))
    return all(
        type(node) in _PLAIN and not _is_nextval(node) and not _is_text_in_arithmetic(node) for node in nodes
    )


def _is_nextval(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and node.name.upper() == "NEXTVAL"
