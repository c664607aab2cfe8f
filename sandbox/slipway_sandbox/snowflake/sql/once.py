"""Macros whose argument is computed once.

DuckDB writes the argument of a macro wherever the macro names it, which most of ours do several times: one
in another is hundreds of copies, and an object in an object took DuckDB half a minute to plan. A lambda's
parameter is written once. Not here: what the macros do.
"""

from collections.abc import Iterator
from typing import Final

from sqlglot import exp

_ONCE: Final = "_once"
_OF_ONE: Final = frozenset(
    {
        *("sf_array", "sf_boolean", "sf_joined", "sf_json_number", "sf_number_key", "sf_object"),
        *("sf_try_boolean", "sf_try_zoned", "sf_typeof", "sf_varchar", "sf_variant", "sf_variant_key"),
        *("sf_variant_plain", "sf_zoned"),
    }
)
_OF_TWO: Final = frozenset({"_fs_to_timestamp", "sf_counted", "sf_text"})
"""Macros of a value and of what is always a constant."""

ONCE_MACROS: Final = "".join(
    f"CREATE OR REPLACE MACRO {name}{_ONCE}({', '.join(('value', *more))}) AS\n"
    f"  list_transform([value], lambda held: {name}({', '.join(('held', *more))}))[1];\n"
    for names, more in ((sorted(_OF_ONE), ()), (sorted(_OF_TWO), ("constant",)))
    for name in names
)


def computed_once(tree: exp.Expr) -> exp.Expr:
    """Have each macro of a macro, and of a query, compute it once; in place.

    Args:
        tree: a statement of DuckDB's.
    """
    for macro in [*_macros(tree)]:
        if any(_is_costly(node) for argument in macro.expressions for node in argument.walk()):
            macro.set("this", f"{macro.name.lower()}{_ONCE}")
    return tree


def _macros(tree: exp.Expr) -> Iterator[exp.Anonymous]:
    for node in tree.find_all(exp.Anonymous):
        name, given = node.name.lower(), node.expressions
        is_of_two = name in _OF_TWO and len(given) > 1 and isinstance(given[1], exp.Literal)
        if name in _OF_ONE or is_of_two:
            yield node


def _is_costly(node: exp.Expr) -> bool:
    """Whether a part of an argument grows when it is written more than once."""
    if isinstance(node, exp.Subquery):
        return True
    return isinstance(node, exp.Anonymous) and node.name.lower().startswith(("sf_", "_fs_"))
