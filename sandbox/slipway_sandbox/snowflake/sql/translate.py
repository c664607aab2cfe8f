"""From Snowflake's functions and operators to DuckDB's: those of fakesnow's transforms that compute.

Its transforms of statements (clones, SHOW, sessions, users) are not used: statements are ours. One is left
out because it is wrong for money: it sums and averages by way of DOUBLE.
"""

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


def translated(tree: exp.Expr) -> exp.Expr:
    """Give a bound statement DuckDB's functions.

    Args:
        tree: the statement; it is changed.
    """
    for transform in _TRANSFORMS:
        tree = tree.transform(transform, copy=False)
    return tree
