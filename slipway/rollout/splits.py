"""What a control sum is split by: groups of rows, and how they are called in evidence. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from slipway.model.snowflake_objects import Column
from slipway.ports.warehouse_results import GroupSums

_CURRENCY: Final = re.compile("[A-Z]{3}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,31}")


@dataclass(frozen=True, kw_only=True)
class Split:
    """Sums of one amount, by what each group of its rows is called.

    Attributes:
        by: the columns that it is split by.
        candidate: the candidate's.
        production: production's; None where it has no such sums to compare with.
    """

    by: tuple[Column, ...]
    candidate: Mapping[str, Decimal]
    production: Mapping[str, Decimal] | None


def named_sums(
    groups: Iterable[GroupSums], column: Column, by: Sequence[Column], currency: Column | None
) -> Mapping[str, Decimal]:
    """Add up sums by what their group is called.

    Evidence has no row's values in it: only codes are told, of ISO 4217's shape for a currency and short
    words for what else the contract splits by (which is public or internal); all other values are one.

    Args:
        groups: sums by the values of the columns.
        column: the amount.
        by: the columns.
        currency: that of them which says the currency; None where none does.
    """
    found: dict[str, Decimal] = {}
    for group in groups:
        named = zip(by, group.values, strict=True)
        name = ", ".join(
            _currency(value) if each == currency else _value(each, value) for each, value in named
        )
        total = next(each.total for each in group.sums if each.column == column)
        found[name] = found.get(name, Decimal(0)) + (total if total is not None else Decimal(0))
    return found


def _currency(value: str | None) -> str:
    if value is None:
        return "without a currency"
    return f"in {value}" if _CURRENCY.fullmatch(value) else "in what is no currency code"


def _value(column: Column, value: str | None) -> str:
    if value is None:
        return f"without {column}"
    return f"of {column} {value}" if _CODE.fullmatch(value) else f"of a {column} that is no code"
