"""What is promised of a table: columns, key, and how far a release may move its figures.

The document is ODCS v3 (https://bitol-io.github.io/open-data-contract-standard/); only what a release
compares with a candidate is kept here.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from slipway.model.frozen import Frozen
from slipway.model.pipeline import DataClass
from slipway.model.snowflake_objects import Column


class PromisedColumn(Frozen):
    """A column of the contract.

    Attributes:
        name: as Snowflake stores it.
        type: physical type with its sizes, `NUMBER(18,2)`; empty when nothing is promised.
        required: whether a row always has a value.
        is_amount: whether the contract names the column of its currency, or what to split it by: its sum is a
            control sum.
        currency: the column of its currency; None of what has none.
        split_by: columns that its sum is split by; empty: its currency alone.
        data_class: who may see its values; None where the contract does not say, which is never "everybody".
    """

    name: Column
    type: str
    required: bool
    is_amount: bool
    currency: Column | None = None
    split_by: tuple[Column, ...] = ()
    data_class: DataClass | None = None


class Band(Frozen):
    """How far a figure may move from production's, as a part of it; around zero a part of it is nothing.

    Attributes:
        below: 0.1 allows a tenth less.
        above: 0.5 allows a half more.
        absolute: allows so much less or more, where that is further.
    """

    below: Decimal
    above: Decimal
    absolute: Decimal = Decimal(0)

    def holds(self, before: Decimal, after: Decimal) -> bool:
        """Whether a figure stays within the band around production's."""
        low = before - max(self.below * abs(before), self.absolute)
        high = before + max(self.above * abs(before), self.absolute)
        return low <= after <= high


ROWS: Final = Band(below=Decimal("0.10"), above=Decimal("0.50"))
"""Rows of a candidate, where the contract says nothing: a day's growth, but no join that multiplies."""

CONTROL_SUM: Final = Band(below=Decimal("0.10"), above=Decimal("0.10"))
"""A control sum of a candidate, where the contract says nothing."""


class Contract(Frozen):
    """What is promised of one table.

    Attributes:
        path: the document, relative to the workspace's root.
        columns: in the order of the document.
        key: columns of the primary key in their order; empty without one.
        rows: how far the number of rows may move (`customProperties`: `rowBand`).
        sums: how far each control sum may move (`customProperties`: `controlSumBand`).
    """

    path: str
    columns: tuple[PromisedColumn, ...]
    key: tuple[Column, ...]
    rows: Band = ROWS
    sums: Band = CONTROL_SUM

    @property
    def amounts(self) -> tuple[Column, ...]:
        """Columns whose sums are control sums."""
        return tuple(column.name for column in self.columns if column.is_amount)

    @property
    def currencies(self) -> Mapping[Column, Column]:
        """The column of its currency, of each amount."""
        return {each.name: each.currency for each in self.columns if each.currency is not None}

    @property
    def splits(self) -> Mapping[Column, tuple[Column, ...]]:
        """The columns that the sum of each amount is split by, of those that are split."""
        by_currency = {name: (currency,) for name, currency in self.currencies.items()}
        return by_currency | {each.name: each.split_by for each in self.columns if each.split_by}

    @property
    def required(self) -> frozenset[Column]:
        """Columns of which every row has a value."""
        return frozenset(column.name for column in self.columns if column.required)
