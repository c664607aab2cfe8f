"""Pure transformations: text of a clearing file in, typed lines out. No reading, no writing.

Money never passes through a float: minor units are scaled as decimals, and a text that is no amount becomes
null, which makes the line a rejected one.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name every Spark developer reads
from pyspark.sql.types import DecimalType, LongType

from settlement_enrichment.networks import CURRENCY_NUMBERS, LAYOUTS, MINOR_UNITS, Layout, Network

MONEY = DecimalType(18, 2)
LINE_COLUMNS = (
    "network",
    "network_reference",
    "merchant_id",
    "line_type",
    "transaction_date",
    "settlement_date",
    "gross_amount",
    "interchange_amount",
    "currency",
    "file_date",
)
"""The columns of RAW.SETTLEMENT_LINES that the job writes; the load adds loaded_at and source_file."""


def normalise(lines: DataFrame, network: Network, file_date: date) -> DataFrame:
    """Give the lines of one network's file their types.

    Args:
        lines: the file's fields as text, in the network's layout.
        network: who sent the file.
        file_date: date of the file; of two versions of a line the one in the later file holds.

    Returns:
        `LINE_COLUMNS`; what could not be read is null.
    """
    layout = LAYOUTS[network]
    currency = _currency(layout)
    sign = F.when(_line_type(layout) == "refund", F.lit(-1)).otherwise(F.lit(1))
    return lines.select(
        F.lit(str(network)).alias("network"),
        F.trim("network_reference").alias("network_reference"),
        F.trim("merchant_id").cast(LongType()).alias("merchant_id"),
        _line_type(layout).alias("line_type"),
        F.to_date(F.trim("transaction_date"), layout.date_format).alias("transaction_date"),
        F.to_date(F.trim("settlement_date"), layout.date_format).alias("settlement_date"),
        (_amount(layout, "amount", currency) * sign).cast(MONEY).alias("gross_amount"),
        _amount(layout, "interchange", currency).cast(MONEY).alias("interchange_amount"),
        currency.alias("currency"),
        F.lit(file_date).alias("file_date"),
    )


def readable(lines: DataFrame) -> DataFrame:
    """Lines of which every field could be read."""
    return lines.where(_complete())


def rejected(lines: DataFrame) -> DataFrame:
    """Lines of which a field could not be read. Together with `readable` they are all lines."""
    return lines.where(~_complete())


def without_repetitions(lines: DataFrame) -> DataFrame:
    """Keep one of the lines that a file holds twice, word for word; one that differs stays and is seen."""
    return lines.dropDuplicates(list(LINE_COLUMNS))


def _complete() -> Column:
    present = reduce(and_, (F.col(name).isNotNull() for name in LINE_COLUMNS))
    return present & (F.col("network_reference") != "")


def _line_type(layout: Layout) -> Column:
    code = F.trim("code")
    return F.when(code.isin(*layout.sale_codes), "sale").when(code.isin(*layout.refund_codes), "refund")


def _currency(layout: Layout) -> Column:
    written = F.upper(F.trim("currency"))
    if layout.numeric_currency:
        return _lookup(CURRENCY_NUMBERS, written)
    return F.when(written.isin(*MINOR_UNITS), written)


def _amount(layout: Layout, name: str, currency: Column) -> Column:
    """The amount without its sign: the code says what a line is, and not every network signs."""
    text = F.regexp_replace(F.trim(name), ",", "")
    if not layout.amounts_in_minor_units:
        return F.abs(F.when(text.rlike(r"^-?\d+(\.\d{1,2})?$"), text).cast(MONEY))
    whole = F.abs(F.when(text.rlike(r"^-?\d+$"), text).cast(DecimalType(18, 0)))
    return whole * _lookup(
        {code: Decimal(1).scaleb(-digits) for code, digits in MINOR_UNITS.items()}, currency
    )


def _lookup(table: Mapping[str, str] | Mapping[str, Decimal], key: Column) -> Column:
    """A table of literals as a CASE: a map of decimals would take the widest type, not the exact scale."""
    value: Column = F.lit(None)
    for entry, result in table.items():
        value = F.when(key == entry, F.lit(result)).otherwise(value)
    return value
