"""UNIONs of VARIANTs: in an order, and with something that is none."""

from sqlglot import exp

from slipway_sandbox.snowflake.sql.integers import call
from slipway_sandbox.snowflake.sql.probes import Describe, column_types
from slipway_sandbox.snowflake.sql.unions import replace_column, sides_of
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
        sides = sides_of(union)
        types = [column_types(tree, side, describe) for side in sides]
        for column in {place for kinds in types for place, kind in enumerate(kinds) if kind == JSON}:
            for side, kinds in zip(sides, types, strict=True):
                if column < len(kinds) and kinds[column] not in {JSON, "NULL", '"NULL"'}:
                    replace_column(side, column, lambda value: call("sf_variant", value), "a VARIANT")


def _columns_of(union: exp.Expr) -> list[exp.Expr]:
    """The columns of a UNION by name; all of them where names do not tell them apart."""
    (first, *_) = sides_of(union)
    names = [each.alias_or_name for each in first.expressions]
    if first.is_star or "" in names or len(set(names)) < len(names):
        return [exp.Star()]
    return [exp.column(exp.to_identifier(name, quoted=True)) for name in names]
