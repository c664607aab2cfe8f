"""VARIANTs where an operator or a function reads them: compared by their values, as texts without quotes.

A VARIANT is JSON in DuckDB, which would compare and cut its characters. What a part of a query is, DuckDB
tells (probes.py); it is asked only if the statement can hold a VARIANT. What reads a VARIANT in a way that is
not known here is refused by name.

Sources: https://docs.snowflake.com/en/sql-reference/data-types-semistructured,
https://docs.snowflake.com/en/sql-reference/data-type-conversion
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import SnowflakeError, unsupported
from slipway_sandbox.snowflake.sql.integers import call
from slipway_sandbox.snowflake.sql.probes import Describe, in_order, operand_types, with_ctes
from slipway_sandbox.snowflake.sql.variant_forms import JSON, PARAMETER, give_form
from slipway_sandbox.snowflake.sql.variant_unions import give_unions_one_type, with_ordered_unions
from slipway_sandbox.snowflake.sql.variant_uses import COMPARING, SEVERAL_GROUPS, is_distinct, operands_of

HELD: Final = "sf_variants"
"""Note on a bound relation of which a column is a VARIANT, OBJECT or ARRAY."""

_MAKING: Final = (
    exp.JSONExtract,
    exp.JSONExtractScalar,
    exp.ParseJSON,
    exp.Bracket,
    exp.Struct,
    exp.Array,
    exp.ArrayAgg,
)
_MADE: Final = frozenset(
    {"to_json", "json_array", "sf_variant", "sf_object", "sf_array", "_fs_flatten", "_fs_object_construct"}
)


def variants_read(tree: exp.Expr, describe: Describe) -> exp.Expr:
    """Give what reads VARIANTs the values, in place.

    Args:
        tree: a bound and translated query, or a statement that writes.
        describe: asks DuckDB.

    Raises:
        SnowflakeError: a VARIANT is read in a way that the sandbox does not know.
    """
    if not any(_holds_variants(node) for node in tree.walk()):
        return tree
    tree = with_ordered_unions(tree)
    give_unions_one_type(tree, describe)
    for select in in_order(tree):
        if isinstance(select, exp.Select):
            _Reader(tree, select, describe).read()
    return tree


def _holds_variants(node: exp.Expr) -> bool:
    match node:
        case exp.DataType():
            return node.this is exp.DataType.Type.JSON
        case exp.Anonymous():
            return node.name.lower() in _MADE
        case _:
            return isinstance(node, _MAKING) or bool(node.meta.get(HELD))


class _Reader:
    """What one query of a statement reads."""

    def __init__(self, tree: exp.Expr, select: exp.Select, describe: Describe) -> None:
        self._tree = tree
        self._select = select
        self._describe = describe

    def read(self) -> None:
        """Ask for the types of all that is read, once, then change it from the inside out."""
        self._refuse_stars()
        self._refuse_using()
        self._refuse_groups()
        _search_cases(self._select)
        nodes = list(self._readers())
        operands = [operand for node in nodes for operand in self._resolved(node)]
        unknown = [operand for operand in operands if not _of_literal(operand)]
        known = iter(self._types(unknown) if unknown else [])
        types = iter([_of_literal(each) or next(known) for each in operands])
        told = [[next(types) for _ in operands_of(node)] for node in nodes]
        for node, kinds in zip(nodes, told, strict=True):
            if any(JSON in kind and kind != JSON for kind in kinds) and isinstance(node, COMPARING):
                raise unsupported("a comparison of rows with a VARIANT")
            if JSON in kinds:
                self._change(node, kinds)

    def _readers(self) -> Iterator[exp.Expr]:
        """The nodes of this query that read something, the innermost first; the query itself last."""
        for node in reversed(list(self._select.walk())):
            if node is not self._select and isinstance(node, exp.Select):
                continue  # read already
            within = node is self._select or node.find_ancestor(exp.Select) is self._select
            if within and operands_of(node):
                yield node

    def _refuse_using(self) -> None:
        """Refuse a join by a VARIANT of both sides: DuckDB would compare its characters."""
        for join in self._select.args.get("joins") or []:
            if join.args.get("method") == "NATURAL":
                raise unsupported("NATURAL JOIN beside a VARIANT: write ON")
            columns = [exp.Column(this=each.copy()) for each in join.args.get("using") or []]
            self._refuse(columns, "JOIN ... USING of a VARIANT: write ON")

    def _refuse_groups(self) -> None:
        """Refuse groups of VARIANTs that are not named one by one."""
        group = self._select.args.get("group")
        if group is None:
            return
        several = [each for each in group.expressions if isinstance(each, SEVERAL_GROUPS)]
        columns: list[exp.Expr] = [column for each in several for column in each.find_all(exp.Column)]
        if group.args.get("all"):
            columns += [
                each.unalias()
                for each in self._select.expressions
                if not each.is_star and each.find(exp.AggFunc) is None
            ]
        self._refuse(columns, "GROUP BY ALL, ROLLUP, CUBE or GROUPING SETS of a VARIANT")

    def _refuse(self, values: Sequence[exp.Expr], what: str) -> None:
        if values and JSON in self._types(values):
            raise unsupported(what)

    def _resolved(self, node: exp.Expr) -> list[exp.Expr]:
        """What a node reads; in ORDER BY a name or a place means a column of the result first."""
        if not _is_of_result(node, self._select):
            return operands_of(node)
        found = [_of_result(self._select, each) or each for each in operands_of(node)]
        for each in found:
            if isinstance(each, exp.Literal) and not each.is_string:
                self._refuse_place(int(each.name))
        return found

    def _refuse_place(self, place: int) -> None:
        """Refuse a VARIANT that is named by its place among columns that * names."""
        types = self._describe(with_ctes(self._select.copy(), self._select, self._tree))
        if types[place - 1 : place] == [JSON]:
            raise unsupported("ORDER BY or GROUP BY the place of a VARIANT among columns that * names")

    def _types(self, operands: Sequence[exp.Expr]) -> Sequence[str]:
        """The types of all; one by one where DuckDB cannot tell them together."""
        try:
            return operand_types(self._tree, self._select, operands, self._describe)
        except SnowflakeError:
            return [self._type(each) for each in operands]

    def _type(self, operand: exp.Expr) -> str:
        try:
            (found,) = operand_types(self._tree, self._select, [operand], self._describe)
        except SnowflakeError:
            spelled = operand.copy().transform(lambda node: _of_result(self._select, node) or node)
            (found,) = operand_types(self._tree, self._select, [spelled], self._describe)
        return found

    def _change(self, node: exp.Expr, kinds: Sequence[str]) -> None:
        match node:
            case exp.Ordered():
                self._order(node)
            case exp.Group():
                self._group(kinds)
            case exp.Select():
                self._distinguish(kinds)
            case _:
                give_form(node, kinds)

    def _order(self, node: exp.Ordered) -> None:
        chosen = _of_result(self._select, node.this) if _is_of_result(node, self._select) else None
        value = chosen or node.this
        node.set("this", call("sf_variant_key", value.copy()))

    def _group(self, kinds: Sequence[str]) -> None:
        """Equal numbers have one form, wherever the query names what it groups by."""
        group = self._select.args["group"]
        for each, kind in zip(operands_of(group), kinds, strict=True):
            value = (_of_result(self._select, each) or each).copy()
            if kind != JSON:
                continue
            each.replace(value.copy())
            for node in [node for node in self._select.walk() if node == value]:
                if node.find_ancestor(exp.Select) is self._select:
                    _replace_named(node, call("sf_variant_plain", value.copy()))

    def _distinguish(self, kinds: Sequence[str]) -> None:
        for each, kind in zip(operands_of(self._select), kinds, strict=True):
            if kind == JSON:
                _replace_named(each, call("sf_variant_plain", each.copy()))

    def _refuse_stars(self) -> None:
        """Refuse equal rows of columns that nobody names, if one of them is a VARIANT."""
        if not is_distinct(self._select) or not self._select.is_star:
            return
        if JSON in self._describe(with_ctes(self._select.copy(), self._select, self._tree)):
            raise unsupported("DISTINCT or UNION of a VARIANT among columns that * names")


def _of_literal(operand: exp.Expr) -> str:
    match operand:
        case exp.Literal():
            return "VARCHAR" if operand.is_string else "DOUBLE"
        case exp.Null():
            return "NULL"
        case exp.Placeholder():
            return PARAMETER
        case _:
            return ""


def _is_of_result(node: exp.Expr, select: exp.Select) -> bool:
    is_order = isinstance(node, exp.Ordered) and node.parent is select.args.get("order")
    return is_order or isinstance(node, exp.Group)


def _of_result(select: exp.Select, named: exp.Expr) -> exp.Expr | None:
    """The expression of a column of the result, by its alias or its place."""
    if isinstance(named, exp.Literal) and not named.is_string and named.name.isdecimal():
        place = int(named.name)
        is_plain = 0 < place <= len(select.expressions) and not select.is_star
        return select.expressions[place - 1].unalias() if is_plain else None
    if isinstance(named, exp.Column) and not named.table:
        for each in select.expressions:
            if isinstance(each, exp.Alias) and each.alias == named.name:
                aliased: exp.Expr = each.this
                return aliased
    return None


def _search_cases(select: exp.Select) -> None:
    """CASE x WHEN y as CASE WHEN x = y: one form of comparison."""
    for case in select.find_all(exp.Case):
        value = case.this
        if value is not None:
            for branch in case.args["ifs"]:
                branch.set("this", exp.EQ(this=value.copy(), expression=branch.this.copy()))
            case.set("this", None)
    for nullif in list(select.find_all(exp.Nullif)):
        value = nullif.this
        same = exp.EQ(this=value.copy(), expression=nullif.expression.copy())
        nullif.replace(exp.Case(ifs=[exp.If(this=same, true=exp.Null())], default=value.copy()))


def _replace_named(node: exp.Expr, value: exp.Expr) -> None:
    """Put a value in the place of a column of a result, which keeps its name."""
    is_bare = isinstance(node.parent, exp.Select) and isinstance(node, exp.Column)
    node.replace(exp.alias_(value, node.name, quoted=True) if is_bare else value)
