"""What reads VARIANTs: which parts of an operator or a function are read, and as what."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlglot import exp

COMPARING: Final = (
    exp.Between,
    exp.EQ,
    exp.EqualNull,
    exp.GT,
    exp.GTE,
    exp.In,
    exp.LT,
    exp.LTE,
    exp.NEQ,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
)
CHOOSING: Final = (exp.Case, exp.Coalesce, exp.If, exp.Nvl2)
"""What answers with one of its parts."""

TEXTUAL: Final = (
    exp.Ascii,
    exp.Contains,
    exp.EndsWith,
    exp.ILike,
    exp.Initcap,
    exp.Left,
    exp.Length,
    exp.Levenshtein,
    exp.Like,
    exp.Lower,
    exp.MD5,
    exp.Pad,
    exp.ParseJSON,
    exp.RegexpCount,
    exp.RegexpExtract,
    exp.RegexpExtractAll,
    exp.RegexpILike,
    exp.RegexpInstr,
    exp.RegexpLike,
    exp.RegexpReplace,
    exp.Repeat,
    exp.Replace,
    exp.Reverse,
    exp.Right,
    exp.SHA,
    exp.SHA2,
    exp.Split,
    exp.SplitPart,
    exp.StartsWith,
    exp.StrPosition,
    exp.Substring,
    exp.Translate,
    exp.Trim,
    exp.Unicode,
    exp.Upper,
)
KEEPING: Final = (
    exp.AnyValue,
    exp.ArgMax,
    exp.ArgMin,
    exp.Array,
    exp.ArrayAgg,
    exp.ArraySize,
    exp.Cast,
    exp.Connector,
    exp.Count,
    exp.Exists,
    exp.FirstValue,
    exp.GetExtract,
    exp.GroupConcat,
    exp.IsArray,
    exp.IsNullValue,
    exp.JSONExtract,
    exp.JSONExtractScalar,
    exp.JSONFormat,
    exp.JSONKeys,
    exp.Lag,
    exp.LastValue,
    exp.Lead,
    exp.NthValue,
    exp.Struct,
    exp.StripNullValue,
    exp.TryCast,
)
"""What takes a VARIANT as it is."""

QUANTIFIERS: Final = (exp.All, exp.Any)
SEVERAL_GROUPS: Final = (exp.Cube, exp.GroupingSets, exp.Rollup)

_OWN: Final = ("sf_", "_fs_")
_JSON_FUNCTIONS: Final = frozenset(
    {"any_value", "arg_max", "arg_min", "first", "json_array", "json_array_length", "json_extract_string"}
    | {"json_keys", "json_type", "last", "list", "map", "row", "to_json"}
)


def is_own_function(node: exp.Expr) -> bool:
    """Whether it is a function that a translation has put in, which knows VARIANTs."""
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    return name.startswith(_OWN) or name in _JSON_FUNCTIONS


def operands_of(node: exp.Expr) -> list[exp.Expr]:
    """What an operator or a function reads; nothing for what reads nothing or is known to be no value."""
    read = _READ.get(type(node))
    if read is not None:
        return read(node)
    if isinstance(node, KEEPING) or is_own_function(node):
        return []
    if isinstance(node, exp.Func | exp.Like | exp.ILike):
        return [each for each in node.iter_expressions() if _is_value(each)]
    if isinstance(node, COMPARING):
        return [node.this, _right(node.expression)]
    return []


def _right(operand: exp.Expr) -> exp.Expr:
    """The right side of a comparison; of one with ANY or ALL the query."""
    return exp.Subquery(this=operand.this.unnest().copy()) if isinstance(operand, QUANTIFIERS) else operand


def is_distinct(select: exp.Expr) -> bool:
    """Whether equal rows of a query are one, by DISTINCT or by a UNION without ALL."""
    union = select.parent if isinstance(select.parent, exp.SetOperation) else None
    return bool(select.args.get("distinct") or (union is not None and union.args.get("distinct")))


def _is_value(node: exp.Expr) -> bool:
    kinds = exp.DataType | exp.Star | exp.Var | exp.Order | exp.Distinct | exp.Identifier | exp.Interval
    return not isinstance(node, kinds) and not isinstance(node, exp.Columns | exp.Kwarg | exp.Lambda)


def _between(node: exp.Expr) -> list[exp.Expr]:
    return [node.this, node.args["low"], node.args["high"]]


def _in(node: exp.Expr) -> list[exp.Expr]:
    query = node.args.get("query")
    if query is not None and isinstance(node.this, exp.Tuple):
        return list(node.this.expressions)
    return [node.this, *node.expressions, *([query] if query is not None else [])]


def _case(node: exp.Expr) -> list[exp.Expr]:
    default = node.args.get("default")
    return [*(each.args["true"] for each in node.args["ifs"]), *([default] if default is not None else [])]


def _if(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node.parent, exp.Case):
        return []
    return [node.args[key] for key in ("true", "false") if node.args.get(key) is not None]


def _nvl2(node: exp.Expr) -> list[exp.Expr]:
    return [node.args[key] for key in ("true", "false") if node.args.get(key) is not None]


def _coalesce(node: exp.Expr) -> list[exp.Expr]:
    return [node.this, *node.expressions]


def _select(node: exp.Expr) -> list[exp.Expr]:
    """The columns of a result in which equal rows are one."""
    is_one = is_distinct(node)
    return [each.unalias() for each in node.expressions if not each.is_star] if is_one else []


_READ: Final[Mapping[type[exp.Expr], Callable[[exp.Expr], list[exp.Expr]]]] = {
    exp.Between: _between,
    exp.Case: _case,
    exp.Coalesce: _coalesce,
    exp.Distinct: lambda node: list(node.expressions),
    exp.Group: lambda node: [each for each in node.expressions if not isinstance(each, SEVERAL_GROUPS)],
    exp.If: _if,
    exp.In: _in,
    exp.Max: lambda node: [node.this],
    exp.Min: lambda node: [node.this],
    exp.Nvl2: _nvl2,
    exp.Ordered: lambda node: [node.this],
    exp.Select: _select,
    exp.Window: lambda node: list(node.args.get("partition_by") or []),
}
