"""UNIONs of VARIANTs: in an order, and with something that is none."""

from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql.integers import call
from slipway_sandbox.snowflake.sql.probes import Describe, with_ctes
from slipway_sandbox.snowflake.sql.variant_forms import JSON


def with_ordered_unions(tree: exp.Expr) -> exp.Expr:
    """An ORDER BY of a UNION as one of a query of it: there it may be by an expression.

    Args:
        tree: the statement; it is changed.
    """
    for union in reversed(list(tree.find_all(exp.SetOperation))):
        if union.args.get("order") is None:
            continue
        outer = exp.Select(expressions=_columns_of(union))
        for key in ("order", "limit", "offset", "with_"):
            outer.set(key, union.args.get(key))
            union.set(key, None)
        parent = union.parent
        inner = exp.Subquery(this=union.copy(), alias=exp.TableAlias(this=exp.to_identifier("sf_union")))
        outer.set("from_", exp.From(this=inner))
        if parent is None:
            return outer
        union.replace(outer)
    return tree


def give_unions_one_type(tree: exp.Expr, describe: Describe) -> None:
    """Make a VARIANT of what a UNION puts below or above one, as Snowflake does.

    Args:
        tree: the statement; it is changed.
        describe: asks DuckDB.

    Raises:
        SnowflakeError: it is among columns that * names.
    """
    for union in list(tree.find_all(exp.SetOperation)):
        if isinstance(union.parent, exp.SetOperation):
            continue
        sides = _sides(union)
        types = [list(describe(with_ctes(side.copy(), side, tree))) for side in sides]
        for column in {place for kinds in types for place, kind in enumerate(kinds) if kind == JSON}:
            for side, kinds in zip(sides, types, strict=True):
                if column < len(kinds) and kinds[column] not in {JSON, "NULL", '"NULL"'}:
                    _make_variant(side, column)


def _make_variant(side: exp.Select, column: int) -> None:
    if side.is_star:
        raise unsupported("UNION of a VARIANT and a column that * names: write a cast")
    value = side.expressions[column]
    made = call("sf_variant", value.unalias().copy())
    name = value.alias_or_name
    value.replace(exp.alias_(made, name, quoted=True) if name else made)


def _sides(query: exp.Expr) -> list[exp.Select]:
    match query:
        case exp.SetOperation():
            return [*_sides(query.this), *_sides(query.expression)]
        case exp.Subquery() | exp.Paren():
            return _sides(query.this)
        case exp.Select():
            return [query]
        case _:
            return []


def _columns_of(union: exp.Expr) -> list[exp.Expr]:
    """The columns of a UNION by name; all of them where names do not tell them apart."""
    (first, *_) = _sides(union)
    names = [each.alias_or_name for each in first.expressions]
    if first.is_star or "" in names or len(set(names)) < len(names):
        return [exp.Star()]
    return [exp.column(exp.to_identifier(name, quoted=True)) for name in names]
