"""The forms of operators and functions that read VARIANTs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql.columns import number_of_duckdb
from slipway_sandbox.snowflake.sql.integers import call
from slipway_sandbox.snowflake.sql.variant_uses import CHOOSING, COMPARING, QUANTIFIERS, TEXTUAL, operands_of

JSON: Final = "JSON"
PARAMETER: Final = "?"
"""The types of a VARIANT and of a placeholder's value."""

_NULLS: Final = ("NULL", '"NULL"')
_FLOATS: Final = ("DOUBLE", "FLOAT")
_MOMENTS: Final = ("DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")


def give_form(node: exp.Expr, kinds: Sequence[str]) -> None:
    """Let an operator or a function read values, in place.

    Args:
        node: what reads.
        kinds: DuckDB's types of its operands, of which one is a VARIANT.

    Raises:
        SnowflakeError: it is not known how it reads a VARIANT.
    """
    form = _FORMS.get(type(node))
    if form is None:
        raise unsupported(f"{_word(node)} of a VARIANT without a cast")
    form(node, kinds)


def _each(node: exp.Expr, kinds: Sequence[str], read: Callable[[exp.Expr], exp.Expr]) -> None:
    for operand, kind in zip(operands_of(node), kinds, strict=True):
        if kind == JSON:
            operand.replace(read(operand.copy()))


def as_text(value: exp.Expr) -> exp.Expr:
    """A VARIANT as the text that it holds."""
    return call("json_extract_string", value, exp.Literal.string("$"))


def _compare(node: exp.Expr, kinds: Sequence[str]) -> None:
    """With a text as a text, with a number as a number, with a VARIANT by kind and value."""
    others = {kind for kind in kinds if kind != JSON}
    if isinstance(node.expression, QUANTIFIERS):
        raise unsupported("a comparison of a VARIANT with ANY or ALL of a query")
    is_query = isinstance(node, exp.In) and node.args.get("query") is not None
    if is_query and (others != {"VARCHAR"} or kinds[-1] == JSON or isinstance(node.this, exp.Tuple)):
        raise unsupported("IN (SELECT ...) of a VARIANT without a cast")
    if others <= {*_NULLS, PARAMETER}:
        for operand in operands_of(node):
            operand.replace(call("sf_variant_key", call("sf_variant", operand.copy())))
    elif others <= {"VARCHAR", *_NULLS}:
        _each(node, kinds, as_text)
    elif all(kind in _FLOATS or number_of_duckdb(kind) for kind in others):
        _compare_as_numbers(node, kinds)
    else:
        _compare_as(node, kinds, sorted(others))


def _compare_as_numbers(node: exp.Expr, kinds: Sequence[str]) -> None:
    for operand, kind in zip(operands_of(node), kinds, strict=True):
        number = call("sf_json_number", operand.copy()) if kind == JSON else operand.copy()
        operand.replace(call("sf_number_key", number))


def _compare_as(node: exp.Expr, kinds: Sequence[str], others: Sequence[str]) -> None:
    """With a moment or a BOOLEAN as one."""
    match others:
        case ["BOOLEAN"]:
            _each(node, kinds, lambda value: call("sf_boolean", as_text(value)))
        case [other] if other in _MOMENTS:
            _each(node, kinds, lambda value: exp.cast(as_text(value), other))
        case _:
            raise unsupported(f"a VARIANT beside {', '.join(others)} in {_word(node)}: write a cast")


def _give_one_type(node: exp.Expr, kinds: Sequence[str]) -> None:
    """COALESCE, CASE and their kin of a VARIANT and something else are a VARIANT."""
    for operand, kind in zip(operands_of(node), kinds, strict=True):
        if kind not in {JSON, *_NULLS}:
            operand.replace(call("sf_variant", operand.copy()))


def _least_or_most(node: exp.Expr, _: Sequence[str]) -> None:
    """MIN and MAX by the key."""
    name = "arg_min" if isinstance(node, exp.Min) else "arg_max"
    node.replace(call(name, node.this.copy(), call("sf_variant_key", node.this.copy())))


def _greatest_or_least(node: exp.Expr, kinds: Sequence[str]) -> None:
    """GREATEST and LEAST: the value of the greatest pair of key and value; NULL if one is NULL."""
    _give_one_type(node, kinds)
    values = operands_of(node)
    pairs = [
        exp.Anonymous(this="row", expressions=[call("sf_variant_key", each.copy()), each.copy()])
        for each in values
    ]
    word = "max" if isinstance(node, exp.Greatest) else "min"
    best = call("list_aggregate", exp.Array(expressions=pairs), exp.Literal.string(word))
    is_null = exp.or_(*[exp.Is(this=each.copy(), expression=exp.Null()) for each in values])
    found = call("struct_extract", best, exp.Literal.number(2))
    node.replace(exp.Case(ifs=[exp.If(this=is_null, true=exp.Null())], default=found))


def _one_form(node: exp.Expr, kinds: Sequence[str]) -> None:
    """Equal numbers have one form where what is equal is one: COUNT(DISTINCT), PARTITION BY, HASH."""
    _each(node, kinds, lambda value: call("sf_variant_plain", value))


def _type_name(node: exp.Expr, _: Sequence[str]) -> None:
    node.replace(call("sf_typeof", node.this.copy()))


def _named(node: exp.Expr, kinds: Sequence[str]) -> None:
    match node.name.lower():
        case "hash":
            _one_form(node, kinds)
        case "sha256":
            _each(node, kinds, as_text)
        case _:
            raise unsupported(f"{_word(node)} of a VARIANT without a cast")


def _word(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return node.name.upper()
    return node.sql_name() if isinstance(node, exp.Func) else node.key.upper()


_FORMS: Final[Mapping[type[exp.Expr], Callable[[exp.Expr, Sequence[str]], None]]] = {
    exp.Distinct: _one_form,
    exp.Greatest: _greatest_or_least,
    exp.Least: _greatest_or_least,
    exp.Max: _least_or_most,
    exp.Min: _least_or_most,
    exp.Typeof: _type_name,
    exp.Window: _one_form,
    exp.Anonymous: _named,
    **dict.fromkeys(COMPARING, _compare),
    **dict.fromkeys(CHOOSING, _give_one_type),
    **dict.fromkeys(TEXTUAL, lambda node, kinds: _each(node, kinds, as_text)),
}
