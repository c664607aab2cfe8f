"""Text literals that are compared with NUMBERs: by all of their digits, which DuckDB rounds to the NUMBER's.

Source: https://docs.snowflake.com/en/sql-reference/data-type-conversion
"""

import re
from typing import Final

from sqlglot import exp

KINDS: Final = (exp.Between, exp.EQ, exp.GT, exp.GTE, exp.In, exp.LT, exp.LTE, exp.NEQ)
_WITH_DIGITS: Final = re.compile(r"\s*[+-]?\d*\.\d+\s*")


def can_round(node: exp.Expr) -> bool:
    """Whether a comparison has a text with digits after its point beside something that is no literal."""
    return any(map(_has_digits, _parts(node))) and not isinstance(operand(node), exp.Literal)


def operand(node: exp.Expr) -> exp.Expr:
    """What the texts of a comparison are compared with."""
    parts = _parts(node)
    return next((each for each in parts if not isinstance(each, exp.Literal)), parts[0])


def as_numbers(node: exp.Expr) -> exp.Expr:
    """A comparison with a NUMBER, whose texts are the numbers that they tell."""
    made = node.copy()
    for each in _parts(made):
        if _has_digits(each):
            told = each.name.strip().removeprefix("+")
            number = exp.Literal.number(told.removeprefix("-"))
            each.replace(exp.Neg(this=number) if told.startswith("-") else number)
    return made


def _parts(node: exp.Expr) -> list[exp.Expr]:
    match node:
        case exp.Between():
            return [node.this, node.args["low"], node.args["high"]]
        case exp.In():
            return [node.this, *node.expressions]
        case _:
            return [node.this, node.expression]


def _has_digits(part: exp.Expr) -> bool:
    return isinstance(part, exp.Literal) and part.is_string and bool(_WITH_DIGITS.fullmatch(part.name))
