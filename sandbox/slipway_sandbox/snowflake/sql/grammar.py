"""What of a statement is understood, node by node: the rest is refused, and never left out.

sqlglot reads clauses of many databases, and writes for DuckDB what it has a word for: a clause that nothing
here reads would be dropped in silence (DELETE ... LIMIT, ON CONFLICT) or run as DuckDB runs it (DISTINCT ON).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    syntax_error,
    unknown_function,
    unsupported,
)
from slipway_sandbox.snowflake.sql.clauses import CLAUSES, COMPLETE, OF_DEFINITIONS, OF_FUNCTIONS, WORDS
from slipway_sandbox.snowflake.sql.types import parsed_type
from slipway_sandbox.snowflake.sql.vocabulary import FUNCTIONS

_FRAMES: Final = frozenset({"ROWS", "RANGE"})


def refuse_unknown(tree: exp.Expr) -> None:
    """Refuse what is not understood.

    Of a definition these are its own clauses, its query and its columns' defaults: whoever runs it reads what
    its properties and its columns' constraints are.

    Raises:
        SnowflakeError: 2140, a function; 2, a clause; 2040, a type.
    """
    if isinstance(tree, exp.Create):
        for each in (tree, *tree.this.find_all(exp.ColumnDef)):
            _refuse_clauses(each, OF_DEFINITIONS[type(each)])
    for root in _roots(tree):
        for node in root.walk():
            _refuse_node(node)


def _roots(tree: exp.Expr) -> Iterator[exp.Expr]:
    if not isinstance(tree, exp.Create):
        yield tree
        return
    yield from (each.this for each in tree.find_all(exp.DefaultColumnConstraint))
    if tree.expression is not None:
        yield tree.expression


def _refuse_node(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous) and node.name.upper() not in FUNCTIONS:
        raise unknown_function(node.name.upper())
    if isinstance(node, exp.Func | exp.JSONPathPart | exp.JSONPath):
        known = OF_FUNCTIONS.get(type(node))
    else:
        known = CLAUSES.get(type(node), _NOTHING)
    if known is not None:
        _refuse_clauses(node, known)
    if check := _CHECKS.get(type(node)):
        check(node)


_NOTHING: Final = frozenset[str]()


def _refuse_clauses(node: exp.Expr, known: frozenset[str]) -> None:
    kind = type(node)
    if not known and kind is not exp.Null:
        raise _refused(kind, WORDS.get(kind) or _text(node))
    for clause, value in node.args.items():
        if clause not in known and value not in (None, False, [], ""):
            told = _clause(clause, value)
            raise _refused(kind, told if kind in COMPLETE else f"{kind.__name__.upper()} ... {told}")


def _refused(kind: type[exp.Expr], told: str) -> SnowflakeError:
    return syntax_error(f"syntax error: unexpected '{told}'.") if kind in COMPLETE else unsupported(told)


def _clause(name: str, value: object) -> str:
    """A clause as it was written, as far as sqlglot can tell."""
    word = "" if name in {"this", "position"} else name.strip("_").replace("_", " ").upper()
    text = _text(value).strip() if isinstance(value, exp.Expr) else ""
    return text if text.upper().startswith(word) else f"{word} {text}".strip()


def _text(node: exp.Expr) -> str:
    return node.sql(dialect="snowflake")


def _refuse_adjacent(node: exp.Expr) -> None:
    """Two texts beside each other are one in the SQL standard, and nothing in Snowflake."""
    if not node.args.get("safe"):
        first, second = (_text(each) for each in node.expressions[:2])
        raise syntax_error(f"syntax error: unexpected '{second}' after {first}.")


def _refuse_join(node: exp.Expr) -> None:
    if (method := str(node.args.get("method") or "NATURAL").upper()) != "NATURAL":
        raise unsupported(f"{method} JOIN")


def _refuse_all(node: exp.Expr) -> None:
    """EXCEPT and INTERSECT keep no row twice."""
    if node.args.get("distinct") is False:
        raise syntax_error("syntax error: unexpected 'ALL'.")


def _refuse_pattern(node: exp.Expr) -> None:
    if not isinstance(node.expression, exp.Literal | exp.RawString | exp.Placeholder):
        raise unsupported("REGEXP_SUBSTR with a pattern that is no constant")


def _refuse_inner_order(node: exp.Expr) -> None:
    """An order among an aggregate's arguments: Snowflake has WITHIN GROUP, as sqlglot reads LISTAGG."""
    if node.args.get("this") is not None and not isinstance(node.parent, exp.GroupConcat):
        raise syntax_error(f"syntax error: unexpected '{_text(node).strip()}'.")


def _refuse_flatten(node: exp.Expr) -> None:
    """FLATTEN of its INPUT alone."""
    for each in (node.this, *node.expressions):
        if isinstance(each, exp.Kwarg) and each.this.name.upper() != "INPUT":
            raise unsupported(f"FLATTEN({_text(each)})")


def _refuse_frame(node: exp.Expr) -> None:
    if (kind := str(node.args.get("kind") or "ROWS").upper()) not in _FRAMES:
        raise syntax_error(f"syntax error: unexpected '{kind}'.")


def _refuse_pivot(node: exp.Expr) -> None:
    if not node.args.get("unpivot"):
        raise unsupported("PIVOT")


_CHECKS: Final[Mapping[type[exp.Expr], Callable[[exp.Expr], object]]] = {
    exp.DataType: lambda node: parsed_type(node) if isinstance(node, exp.DataType) else None,
    exp.Concat: _refuse_adjacent,
    exp.Except: _refuse_all,
    exp.Explode: _refuse_flatten,
    exp.Intersect: _refuse_all,
    exp.Join: _refuse_join,
    exp.Order: _refuse_inner_order,
    exp.Pivot: _refuse_pivot,
    exp.RegexpExtract: _refuse_pattern,
    exp.WindowSpec: _refuse_frame,
}
"""What the values of a node's clauses may be."""
