"""How production's rows are masked for whoever may not see them: which column, in which way. Pure.

A table is masked whole or not handed out at all: a column of which nobody says who may see it, or a type
that no mask is known for, keeps its table back, by name. So a new column never leaks by being forgotten.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum, unique
from typing import Final

from slipway.model.contract import Contract, PromisedColumn
from slipway.model.frozen import Frozen
from slipway.model.pipeline import DataClass
from slipway.model.snowflake_objects import Column

MASKED: Final = frozenset({DataClass.CONFIDENTIAL, DataClass.RESTRICTED})
"""What is masked; everybody in the company may see the other classes."""

_VERSION: Final = 1
"""Raised with every change of what a mask does: clones that were masked in another way are withdrawn."""


@unique
class Mask(StrEnum):
    """What becomes of a column's values; of a missing value, nothing ever.

    KEEP: they are handed out. TEXT, DIGITS and DAYS depend on the value and a key only, so that equal values
    stay equal in every table and joins hold. SHARE moves a share of each amount to another row of its
    currency: the sum of each currency stays to the cent. FALSE: of two values any rule would tell both.
    """

    KEEP = "keep"
    TEXT = "text"
    DIGITS = "digits"
    SHARE = "share"
    DAYS = "days"
    FALSE = "false"


class ColumnMask(Frozen):
    """How one column is masked.

    Attributes:
        column: as stored.
        type: as the warehouse has it, with its sizes.
        mask: what becomes of it.
        currency: the column within whose values the sum stays; None where no sum does.
    """

    column: Column
    type: str
    mask: Mask
    currency: Column | None = None


class TableMask(Frozen):
    """How every column of a table is masked, in the table's order.

    Attributes:
        columns: all of them.
        key: columns of its key, which stays one.
    """

    columns: tuple[ColumnMask, ...]
    key: tuple[Column, ...] = ()

    @property
    def masked(self) -> tuple[ColumnMask, ...]:
        """Those that do not stay as they are."""
        return tuple(each for each in self.columns if each.mask is not Mask.KEEP)


class Withheld(Frozen):
    """Why a table is not handed out.

    Attributes:
        why: in words.
    """

    why: str


def table_mask(contract: Contract | None, columns: Sequence[tuple[Column, str]]) -> TableMask | Withheld:
    """Choose how a table is masked.

    Args:
        contract: what is promised of it; None when nothing is.
        columns: name and type of each column as it is, in order.
    """
    if contract is None:
        return Withheld(why="it has no contract, which would say who may see its columns")
    promised = {each.name: each for each in contract.columns}
    unknown = [name for name, _ in columns if name not in promised or promised[name].data_class is None]
    if unknown:
        return Withheld(why=f"{contract.path} does not classify {', '.join(unknown)}")
    masks = {name: _column_mask(promised[name], type_) for name, type_ in columns}
    unmasked = [f"{name} {type_}" for name, type_ in columns if masks[name] is None]
    if unmasked:
        return Withheld(why=f"there is no mask for {', '.join(unmasked)}")
    kept = tuple(_within(each, masks.keys()) for each in masks.values() if each is not None)
    return TableMask(columns=kept, key=tuple(each for each in contract.key if each in masks))


def rules_digest(masks: Iterable[tuple[str, TableMask | Withheld]]) -> str:
    """Return what tells rules apart: hexadecimal digits in upper case.

    Args:
        masks: of each table by its name.
    """
    told = {name: each.model_dump(mode="json") for name, each in masks}
    text = json.dumps({"version": _VERSION, "tables": told}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest().upper()


def _within(mask: ColumnMask, known: Collection[Column]) -> ColumnMask:
    """An amount whose currency is in another table keeps no sum."""
    if mask.mask is Mask.SHARE and mask.currency not in known:
        return mask.model_copy(update={"mask": Mask.DIGITS, "currency": None})
    return mask


def _column_mask(promised: PromisedColumn, type_: str) -> ColumnMask | None:
    if promised.data_class not in MASKED:
        return ColumnMask(column=promised.name, type=type_, mask=Mask.KEEP)
    mask = _mask_of(type_, is_amount=promised.is_amount)
    if mask is None:
        return None
    currency = promised.currency if mask is Mask.SHARE else None
    return ColumnMask(column=promised.name, type=type_, mask=mask, currency=currency)


def _mask_of(type_: str, *, is_amount: bool) -> Mask | None:
    match type_.partition("(")[0]:
        case "VARCHAR":
            return Mask.TEXT
        case "NUMBER":
            return Mask.SHARE if is_amount else Mask.DIGITS
        case "DATE" | "TIMESTAMP_NTZ" | "TIMESTAMP_TZ" | "TIMESTAMP_LTZ":
            return Mask.DAYS
        case "BOOLEAN":
            return Mask.FALSE
        case _:
            return None
