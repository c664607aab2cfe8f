"""From Snowflake's functions and operators to DuckDB's: those of fakesnow's transforms that compute.

Its transforms of statements (clones, SHOW, sessions, users) are not used: statements are ours. One is left
out because it is wrong for money: it sums and averages by way of DOUBLE.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from fakesnow import transforms
from sqlglot import exp

_TRANSFORMS: Final[Sequence[Any]] = (
    transforms.upper_case_unquoted_identifiers,
    transforms.current_version,
    transforms.semi_structured_types,
    transforms.try_parse_json,
    transforms.split,
    transforms.trim_cast_varchar,
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
    transforms.array_agg_within_group,
    transforms.array_agg,
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
"""Nodes that no transform but the first looks at: a test holds every conformance statement to it."""


def translated(tree: exp.Expr) -> exp.Expr:
    """Give a bound statement DuckDB's functions.

    Forty walks through a tree take longer than most statements; a plain one needs the first only.

    Args:
        tree: the statement; it is changed.
    """
    if is_plain(tree):
        plain: exp.Expr = tree.transform(_TRANSFORMS[0], copy=False)
        return plain
    tree = tree.transform(_bounded_text, copy=False).transform(_number_of_text, copy=False)
    for transform in _TRANSFORMS:
        tree = tree.transform(transform, copy=False)
    return tree


def _bounded_text(node: exp.Expr) -> exp.Expr:
    """A cast to VARCHAR(n) refuses what is longer; DuckDB has no lengths."""
    if type(node) is not exp.Cast or node.to.this not in exp.DataType.TEXT_TYPES or not node.to.expressions:
        return node
    text = exp.cast(node.this, exp.DataType.build("VARCHAR"))
    return exp.Anonymous(this="sf_text", expressions=[text, exp.Literal.number(node.to.expressions[0].name)])


def _number_of_text(node: exp.Expr) -> exp.Expr:
    """A text in arithmetic is the number that it tells; DuckDB would round it to an integer first."""
    if _is_text_in_arithmetic(node) and _NUMBER.fullmatch(node.name):
        return exp.Literal.number(node.name.strip())
    return node


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
