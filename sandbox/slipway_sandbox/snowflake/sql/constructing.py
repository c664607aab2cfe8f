"""Objects and arrays that a statement constructs, with the keys and the values that it writes.

Sources: https://docs.snowflake.com/en/sql-reference/data-types-semistructured (constants),
https://docs.snowflake.com/en/sql-reference/functions/array_construct, .../object_construct
"""

from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.sql.integers import call

_PLACE: Final = "sf_place"
_OF_LISTS: Final = (
    exp.ArrayAppend,
    exp.ArrayConcat,
    exp.ArrayDistinct,
    exp.ArrayIntersect,
    exp.ArrayMax,
    exp.ArrayMin,
    exp.ArrayOverlaps,
    exp.ArrayPrepend,
    exp.ArrayRemove,
    exp.ArraySlice,
    exp.ArrayToString,
    exp.SortArray,
)
"""Functions that DuckDB has for lists only."""


def constructed_object(node: exp.Expr) -> exp.Expr:
    """OBJECT_CONSTRUCT(...) and {...}: keys are texts, a NULL leaves its key out."""
    pairs = node.expressions
    if not pairs or not all(isinstance(each, exp.PropertyEQ) for each in pairs):
        return node
    keys = [_key(each.this) for each in pairs]
    values = [call("sf_variant", each.expression.copy()) for each in pairs]
    lists = (exp.Array(expressions=keys), exp.Array(expressions=values))
    for each in lists:
        each.meta["sf_own"] = True
    return call("_fs_object_construct", *lists, exp.false())


def _key(key: exp.Expr) -> exp.Expr:
    return exp.Literal.string(key.name) if isinstance(key, exp.Identifier) else key.copy()


def array_contains(node: exp.Expr) -> exp.Expr:
    """ARRAY_CONTAINS compares as VARIANTs are compared."""
    return call("sf_array_contains", call("sf_variant", node.expression.copy()), node.this.copy())


def element(node: exp.Expr) -> exp.Expr:
    """value['key'] and value[0] as paths: of several in a row too, which fakesnow's transform forgets."""
    (index, *others) = node.expressions
    if not others and isinstance(index, exp.Neg):
        return exp.Null()
    if others:
        return node
    if not isinstance(index, exp.Literal):
        return exp.Bracket(this=node.this.copy(), expressions=[_place(index)])
    name = index.name
    step = exp.JSONPathKey(this=name) if index.is_string else exp.JSONPathSubscript(this=int(name))
    path = exp.JSONPath(expressions=[exp.JSONPathRoot(), step])
    return exp.JSONExtract(this=node.this.copy(), expression=path)


def got(node: exp.Expr) -> exp.Expr:
    """GET, and a path: what is before an array is nothing, where DuckDB counts from its end.

    Source: https://docs.snowflake.com/en/sql-reference/functions/get
    """
    place = node.expression
    steps = place.expressions if isinstance(place, exp.JSONPath) else []
    is_before = any(isinstance(each, exp.JSONPathSubscript) and _is_negative(each.this) for each in steps)
    if is_before or isinstance(place, exp.Neg):
        return exp.Null()
    if not isinstance(place, exp.JSONPath | exp.Literal):
        place.replace(_place(place))
    return node


def _place(computed: exp.Expr) -> exp.Expr:
    """A place that a statement computes; a negative one is nowhere."""
    is_done = isinstance(computed, exp.Anonymous) and computed.name == _PLACE
    return computed.copy() if is_done else call(_PLACE, computed.copy())


def _is_negative(place: object) -> bool:
    return isinstance(place, int) and place < 0


def constructed_array(node: exp.Expr) -> exp.Expr:
    """ARRAY_CONSTRUCT(...) and [...]: elements of any types."""
    if node.meta.get("sf_own") or isinstance(node.parent, _OF_LISTS):
        return node
    return call("json_array", *[call("sf_variant", each.copy()) for each in node.expressions])
