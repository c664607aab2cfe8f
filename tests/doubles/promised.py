"""Columns as contracts promise them."""

from slipway.model.contract import PromisedColumn
from slipway.model.pipeline import DataClass
from slipway.model.snowflake_objects import Column


def promised_column(
    name: str, data_class: DataClass | None = DataClass.INTERNAL, currency: str | None = None
) -> PromisedColumn:
    """A column of a contract; an amount where it has a currency."""
    return PromisedColumn(
        name=Column(name),
        type="",
        required=False,
        is_amount=currency is not None,
        currency=None if currency is None else Column(currency),
        data_class=data_class,
    )
