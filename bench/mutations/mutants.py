"""What can be wrong with the conditions of a module: pure, from its text."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_OTHERWISE: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
"""Comparison -> its opposite, or the same with the boundary on the other side."""


_ASKING: Final = frozenset({"any", "all", "bool", "isinstance", "startswith", "endswith"})


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A module with one condition changed.

    Attributes:
        line: of the condition.
        what: how it was changed, in a few words.
        text: the whole module.
    """

    line: int
    what: str
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield the module once for each condition that is negated, dropped or moved at its boundary."""
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        for about, what, change in _changes(node):
            yield _changed(tree, number, about, what, change)


_Change = tuple[ast.expr, str, Callable[[ast.AST], None]]


def _changes(node: ast.AST) -> list[_Change]:
    """What can be changed about a node itself: the condition, what becomes of it, and how."""
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            return [(node.test, "negated", _negating("test"))]
        case ast.comprehension():
            return [(each, "dropped", _dropping("ifs", index)) for index, each in enumerate(node.ifs)]
        case ast.BoolOp():
            return [(each, "dropped", _dropping("values", index)) for index, each in enumerate(node.values)]
        case ast.Compare() if type(node.ops[0]) in _OTHERWISE:
            return [(node, "otherwise", _compare_otherwise)]
        case ast.Return(value=ast.Compare() | ast.Call() | ast.UnaryOp() as value) if _is_condition(value):
            return [(value, "negated", _negating("value"))]
        case _:
            return []


def _is_condition(value: ast.expr) -> bool:
    """Whether what a function returns is a truth: of calls only those that ask."""
    match value:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Call():
            name = ast.unparse(value.func).rpartition(".")[2]
            return name in _ASKING or name.startswith("is_")
        case _:
            return False


def _changed(
    tree: ast.Module, number: int, about: ast.expr, what: str, change: Callable[[ast.AST], None]
) -> Mutant:
    changed = copy.deepcopy(tree)
    change(next(node for index, node in enumerate(ast.walk(changed)) if index == number))
    text = ast.unparse(ast.fix_missing_locations(changed))
    return Mutant(line=about.lineno, what=f"{what}: {ast.unparse(about)}", text=text)


def _negating(field: str) -> Callable[[ast.AST], None]:
    def negate(node: ast.AST) -> None:
        setattr(node, field, ast.UnaryOp(op=ast.Not(), operand=getattr(node, field)))

    return negate


def _compare_otherwise(node: ast.AST) -> None:
    if isinstance(node, ast.Compare):
        first, *rest = node.ops
        node.ops = [_OTHERWISE[type(first)](), *rest]


def _dropping(field: str, index: int) -> Callable[[ast.AST], None]:
    def drop(node: ast.AST) -> None:
        kept = getattr(node, field)
        setattr(node, field, [*kept[:index], *kept[index + 1 :]])

    return drop
