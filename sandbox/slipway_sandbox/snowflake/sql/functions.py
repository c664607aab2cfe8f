"""Functions whose answers in DuckDB, or by fakesnow's transforms, are not Snowflake's.

From the inside out: a function that is inside of another one is translated before it. Sources:
https://docs.snowflake.com/en/sql-reference/functions/ trim, listagg, array_agg, hash, mod, to_boolean,
to_char, to_binary.
"""

from collections.abc import Callable, Mapping
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql.constructing import (
    array_contains,
    constructed_array,
    constructed_object,
    element,
    got,
)
from slipway_sandbox.snowflake.sql.integers import call
from slipway_sandbox.snowflake.sql.moments import added, counted, extracted
from slipway_sandbox.snowflake.sql.quantified import quantified
from slipway_sandbox.snowflake.sql.tried import marked_operand, tried_cast, tried_function
from slipway_sandbox.snowflake.sql.types import Kind, SqlType, parsed_type

_AGGREGATED: Final = ("sf_hash_agg", "sf_hash_agg_distinct", "sf_hash")
_IN_JSON: Final = (exp.JSONExtract, exp.JSONExtractScalar, exp.Bracket)
_TEXTS: Final = (
    exp.Concat,
    exp.DPipe,
    exp.GroupConcat,
    exp.Left,
    exp.Lower,
    exp.MD5,
    exp.RegexpReplace,
    exp.Replace,
    exp.Right,
    exp.SHA2,
    exp.SplitPart,
    exp.Substring,
    exp.Translate,
    exp.Trim,
    exp.Upper,
)
"""What answers with a text."""
_SEMI_STRUCTURED: Final = {
    exp.DataType.Type.VARIANT: "sf_variant",
    exp.DataType.Type.OBJECT: "sf_object",
    exp.DataType.Type.ARRAY: "sf_array",
}
_ZONED: Final = frozenset({exp.DataType.Type.TIMESTAMPTZ, exp.DataType.Type.TIMESTAMPLTZ})
_CHARACTER: Final = frozenset({exp.DataType.Type.CHAR, exp.DataType.Type.NCHAR})


def with_own_functions(tree: exp.Expr) -> exp.Expr:
    """Give functions the forms that answer as Snowflake's do.

    Args:
        tree: a bound statement; it is changed.
    """
    for node in reversed(list(tree.walk())):
        made = _FORMS.get(type(node))
        form = made(node) if made is not None else node
        if form is not node:
            tree = form if node is tree else tree
            node.replace(form)
    return tree


def _trimmed(node: exp.Expr) -> exp.Expr:
    node.set("this", _text(node.this))
    return node


def _text(value: exp.Expr, macro: str = "sf_varchar") -> exp.Expr:
    """A value as VARCHAR; what is one for sure stays as it is."""
    return value if _is_text(value) else call(macro, value.copy())


def _is_text(value: exp.Expr | None) -> bool:
    """Whether it is a VARCHAR for sure: a macro around it would only multiply what DuckDB has to read.

    A macro's argument is written in each of its places, so macros in macros grow by the power.
    """
    match value:
        case exp.Literal():
            return bool(value.is_string)
        case exp.Anonymous():
            return value.name in {"sf_varchar", "sf_text", "sf_joined"}
        case exp.Paren():
            return _is_text(value.this)
        case exp.Coalesce():
            return all(_is_text(each) for each in (value.this, *value.expressions))
        case exp.If():
            return _is_text(value.args.get("true")) and _is_text(value.args.get("false"))
        case _:
            return isinstance(value, _TEXTS)


def _cast(node: exp.Expr) -> exp.Expr:
    to = node.args["to"]
    if to.this in exp.DataType.TEXT_TYPES and not isinstance(node, exp.TryCast):
        return _cast_to_text(node, to)
    if macro := _SEMI_STRUCTURED.get(to.this):
        parsed_type(to)
        if isinstance(node, exp.TryCast):
            raise unsupported(f"TRY_CAST to {to.sql(dialect='snowflake')}")
        return call(macro, node.this.copy())
    if isinstance(node, exp.TryCast):
        return _try_cast(node, to)
    if to.this in exp.DataType.TEMPORAL_TYPES and to.expressions:
        parsed_type(to)  # seconds of fewer digits are refused
        to.set("expressions", None)
    if to.this in _ZONED:
        return call("sf_zoned", node.this.copy())
    if to.this is exp.DataType.Type.BOOLEAN and not isinstance(node.this.unnest(), _IN_JSON):
        return call("sf_boolean", node.this.copy())
    return node


def _try_cast(node: exp.TryCast, to: exp.DataType) -> exp.Expr:
    wanted = parsed_type(to)
    if to.this in exp.DataType.TEMPORAL_TYPES:
        to.set("expressions", None)
    if to.this in _ZONED:
        return call("sf_try_zoned", marked_operand(node.this, wanted).copy())
    if to.this is exp.DataType.Type.BOOLEAN:
        return call("sf_try_boolean", marked_operand(node.this, wanted).copy())
    return tried_cast(node, wanted)


def _date(node: exp.Expr) -> exp.Expr:
    """TRY_TO_DATE of a text of digits, which sqlglot leaves as it is written."""
    tried = exp.TryCast(this=node.expressions[0].copy(), to=exp.DataType.build("DATE"))
    return tried_cast(tried, SqlType(Kind.DATE))


def _cast_to_text(node: exp.Expr, to: exp.DataType) -> exp.Expr:
    """A cast to VARCHAR(n) refuses what is longer; fakesnow takes texts out of JSON itself."""
    length = to.expressions[0].name if to.expressions else "1" if to.this in _CHARACTER else ""
    is_in_json = isinstance(node.this.unnest(), _IN_JSON)
    text = exp.cast(node.this.copy(), "VARCHAR") if is_in_json else _text(node.this)
    if not length:
        return node if is_in_json else text
    return call("sf_text", text, exp.Literal.number(length))


def _to_char(node: exp.Expr) -> exp.Expr:
    return node if node.args.get("format") else _text(node.this)


def _joined(node: exp.Expr) -> exp.Expr:
    """The texts of what is joined: BINARY has its own `||`, which is refused by name."""
    for key, value in list(node.args.items()):
        if isinstance(value, exp.Expr):
            node.set(key, _text(value, "sf_joined"))
        elif isinstance(value, list):
            node.set(key, [_text(each, "sf_joined") for each in value])
    return node


def _listagg(node: exp.Expr) -> exp.Expr:
    """LISTAGG without a separator has none, and of no rows is an empty text; as a window too."""
    if node.meta.get("sf_own"):
        return node
    copy = node.copy()
    copy.meta["sf_own"] = True
    if copy.args.get("separator") is None:
        copy.set("separator", exp.Literal.string(""))
    inner = copy.this.this if isinstance(copy.this, exp.Order) else copy.this
    if not isinstance(inner, exp.Distinct):  # DuckDB wants what is distinct to be what it is ordered by
        inner.replace(_text(inner))
    if isinstance(node.parent, exp.Window):
        return copy
    return exp.Coalesce(this=copy, expressions=[exp.Literal.string("")])


def _window(node: exp.Expr) -> exp.Expr:
    if not isinstance(node.this, exp.GroupConcat):
        return node
    return exp.Coalesce(this=node.copy(), expressions=[exp.Literal.string("")])


def _within_group(node: exp.Expr) -> exp.Expr:
    """ARRAY_AGG in an order leaves NULLs out as without one; fakesnow's transform forgets that."""
    if not isinstance(node.this, exp.ArrayAgg):
        return node
    ordered = exp.Order(this=node.this.this.copy(), expressions=node.expression.expressions)
    return exp.ArrayAgg(this=ordered, nulls_excluded=True)


def _named(node: exp.Expr) -> exp.Expr:
    """A function that sqlglot has no word for."""
    parent = node.parent
    inside = isinstance(parent, exp.Anonymous) and parent.name in _AGGREGATED
    if node.name.upper() == "TRY_TO_DATE":
        return _date(node)
    return _hash(node) if node.name.upper() == "HASH" and not inside else node


def _hash(node: exp.Expr) -> exp.Expr:
    """HASH is signed; of a row its columns one after another."""
    every = exp.Columns(this=exp.Star(), unpack=True)
    hashed = [every if isinstance(each, exp.Star) else each.copy() for each in node.expressions]
    return call("sf_hash", exp.Anonymous(this="hash", expressions=hashed))


def _binary(node: exp.Expr) -> exp.Expr:
    """TO_BINARY reads hexadecimal digits unless it is told otherwise; DuckDB's tells the bits of a text."""
    if node.args.get("format") is None:
        node.set("format", exp.Literal.string("HEX"))
    return node


def _prior(node: exp.Expr) -> exp.Expr:
    """PRIOR is of the column that follows it; sqlglot reads the whole expression that begins there.

    Source: https://docs.snowflake.com/en/sql-reference/constructs/connect-by
    """
    whole: exp.Expr = node.this.copy()
    first = whole
    while isinstance(first, exp.Binary) and not isinstance(first, exp.Dot):
        first = first.this
    if not isinstance(first, exp.Column):
        raise unsupported(f"{node.sql(dialect='snowflake')}: PRIOR of what is no column")
    prior = exp.Prior(this=first.copy())
    if first is whole:
        return node
    first.replace(prior)
    return whole


def _like(node: exp.Expr) -> exp.Expr:
    """LIKE ANY and LIKE ALL of several patterns: one after another.

    Source: https://docs.snowflake.com/en/sql-reference/functions/like_any
    """
    several = node.expression
    if not isinstance(several, exp.Any | exp.All):
        return node
    if isinstance(node.parent, exp.Escape):
        raise unsupported("LIKE ANY or LIKE ALL with ESCAPE")
    if several.this.find(exp.Query):
        raise unsupported("LIKE ANY or LIKE ALL of a query")
    patterns = several.this.expressions or [several.this.unnest()]
    each = [type(node)(this=node.this.copy(), expression=pattern.copy()) for pattern in patterns]
    return exp.paren(exp.or_(*each) if isinstance(several, exp.Any) else exp.and_(*each))


def _modulo(node: exp.Expr) -> exp.Expr:
    return call("sf_mod", exp.paren(node.this.copy()), exp.paren(node.expression.copy()))


_FORMS: Final[Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]]] = {
    exp.Anonymous: _named,
    exp.Array: constructed_array,
    exp.ArrayContains: array_contains,
    exp.Bracket: element,
    exp.Cast: _cast,
    exp.Concat: _joined,
    exp.CurrentDate: lambda _: call("today"),
    exp.ConcatWs: _joined,
    exp.DPipe: _joined,
    exp.DateAdd: added,
    exp.DateDiff: counted,
    exp.Extract: extracted,
    exp.GetExtract: got,
    exp.GroupConcat: _listagg,
    exp.ILike: _like,
    exp.JSONExtract: got,
    exp.Like: _like,
    exp.Ln: lambda node: call("sf_ln", node.this.copy()),
    exp.Mod: _modulo,
    exp.Prior: _prior,
    exp.Sqrt: lambda node: call("sf_sqrt", node.this.copy()),
    exp.Struct: constructed_object,
    exp.TimeAdd: added,
    exp.ToBinary: _binary,
    exp.ToBoolean: tried_function,
    exp.ToChar: _to_char,
    exp.ToDouble: tried_function,
    exp.ToNumber: tried_function,
    exp.ToVariant: lambda node: call("sf_variant", node.this.copy()),
    exp.Trim: _trimmed,
    exp.TryCast: _cast,
    exp.TsOrDsToDate: tried_function,
    exp.TsOrDsToTime: tried_function,
    exp.Window: _window,
    exp.WithinGroup: _within_group,
    **dict.fromkeys((exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NEQ), quantified),
}
"""A kind of node -> its form; the node itself where nothing is to be done."""
