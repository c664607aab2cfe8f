"""What each card network sends: layout of its file, its codes, its way to write an amount.

The lines keep the text of the file; `transforms` gives it types. A network that changes its layout changes
here.
"""

from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from pyspark.sql.types import StringType, StructField, StructType


@unique
class Network(StrEnum):
    """A card network, as RAW.SETTLEMENT_LINES names it."""

    VISA = "visa"
    MASTERCARD = "mastercard"
    AMEX = "amex"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a network writes a clearing line.

    Attributes:
        separator: between two fields.
        columns: fields in the order of the file; there is no header.
        date_format: of both dates, as Spark's to_date takes it.
        sale_codes: codes of a sale; every other code of `refund_codes` is a refund, the rest is unreadable.
        refund_codes: codes of a refund.
        amounts_in_minor_units: whether 1250 means 12.50; otherwise the text is a decimal with thousands
            separators.
        numeric_currency: whether the currency is the ISO 4217 number instead of the letters.
    """

    separator: str
    columns: tuple[str, ...]
    date_format: str
    sale_codes: tuple[str, ...]
    refund_codes: tuple[str, ...]
    amounts_in_minor_units: bool
    numeric_currency: bool

    @property
    def schema(self) -> StructType:
        """Every field as text, so that an unreadable one can be shown as it was sent."""
        return StructType([StructField(name, StringType()) for name in self.columns])


_FIELDS: Final = ("network_reference", "merchant_id", "code", "transaction_date", "settlement_date")

LAYOUTS: Final = MappingProxyType(
    {
        # Base II TC 05 (sales draft) and TC 06 (credit voucher)
        Network.VISA: Layout(
            separator=",",
            columns=(*_FIELDS, "amount", "currency", "interchange"),
            date_format="yyyyMMdd",
            sale_codes=("05",),
            refund_codes=("06",),
            amounts_in_minor_units=True,
            numeric_currency=False,
        ),
        # IPM 1240 with function code 200 (first presentment) and its credit 205
        Network.MASTERCARD: Layout(
            separator="|",
            columns=(*_FIELDS, "currency", "amount", "interchange"),
            date_format="yyMMdd",
            sale_codes=("200",),
            refund_codes=("205",),
            amounts_in_minor_units=True,
            numeric_currency=True,
        ),
        Network.AMEX: Layout(
            separator=";",
            columns=(*_FIELDS, "amount", "currency", "interchange"),
            date_format="yyyy-MM-dd",
            sale_codes=("D", "DB"),
            refund_codes=("C", "CR"),
            amounts_in_minor_units=False,
            numeric_currency=False,
        ),
    }
)

MINOR_UNITS: Final = MappingProxyType(
    {"CHF": 2, "DKK": 2, "EUR": 2, "GBP": 2, "JPY": 0, "NOK": 2, "PLN": 2, "SEK": 2, "USD": 2}
)
"""Digits after the decimal point of what FinEdge settles in; the seed `currencies` says the same."""

CURRENCY_NUMBERS: Final = MappingProxyType(
    {
        "756": "CHF",
        "208": "DKK",
        "978": "EUR",
        "826": "GBP",
        "392": "JPY",
        "578": "NOK",
        "985": "PLN",
        "752": "SEK",
        "840": "USD",
    }
)
"""ISO 4217 numbers."""
