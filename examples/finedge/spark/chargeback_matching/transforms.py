"""Pure transformations: disputes and captures in, matches out. No reading, no writing.

A dispute is matched by the network's reference. Where the network lost it, the merchant, the amount and the
time must point to exactly one capture: two candidates are no match, a person decides.
"""

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812  # the name every Spark developer reads
from pyspark.sql.types import DecimalType

DISPUTE_WINDOW_DAYS: Final = 120
"""How long after the capture a cardholder may dispute (Visa Core Rules 11, Mastercard Chargeback Guide 2)."""

MINOR_UNITS: Final = MappingProxyType(
    {"CHF": 2, "DKK": 2, "EUR": 2, "GBP": 2, "JPY": 0, "NOK": 2, "PLN": 2, "SEK": 2, "USD": 2}
)
"""Digits after the decimal point; the seed `currencies` says the same."""

MATCH_COLUMNS: Final = (
    "chargeback_id",
    "network",
    "network_reference",
    "payment_id",
    "merchant_id",
    "reason_code",
    "status",
    "amount",
    "currency",
    "received_on",
    "match_status",
    "reported_at",
)
"""The columns of RAW.CHARGEBACK_MATCHES that the job writes; the load adds loaded_at and source_file."""


def captures(events: DataFrame) -> DataFrame:
    """The payments that can be disputed: each captured event once, with its decimal amount."""
    scale: Column = F.lit(None)
    for currency, digits in MINOR_UNITS.items():
        scale = F.when(F.col("currency") == currency, F.lit(Decimal(1).scaleb(-digits))).otherwise(scale)
    return (
        events.where(F.col("event_type") == "captured")
        .dropDuplicates(["event_id"])
        .select(
            F.col("payment_id").alias("captured_payment_id"),
            F.col("merchant_id").alias("captured_merchant_id"),
            F.col("network_reference").alias("captured_reference"),
            (F.col("amount_minor").cast(DecimalType(18, 0)) * scale)
            .cast(DecimalType(18, 2))
            .alias("captured_amount"),
            F.col("currency").alias("captured_currency"),
            F.to_date("occurred_at").alias("captured_on"),
        )
    )


def match(disputes: DataFrame, captured: DataFrame) -> DataFrame:
    """Find the payment of each dispute.

    Args:
        disputes: rows of `schemas.DISPUTES`, one a dispute and reported status.
        captured: what `captures` returned.

    Returns:
        `MATCH_COLUMNS`, exactly one row a dispute row; payment and merchant are null when nothing matched.
    """
    reports = disputes.dropDuplicates(["chargeback_id", "status", "reported_at"])
    return reports.join(_payments(reports, captured), ["chargeback_id"], "left").select(
        "chargeback_id",
        "network",
        "network_reference",
        "payment_id",
        F.col("captured_merchant_id").alias("merchant_id"),
        "reason_code",
        "status",
        "amount",
        "currency",
        "received_on",
        F.coalesce(F.col("match_status"), F.lit("unmatched")).alias("match_status"),
        "reported_at",
    )


def _payments(disputes: DataFrame, captured: DataFrame) -> DataFrame:
    """The one payment of each dispute that has one; the last report of a dispute describes it."""
    latest = F.row_number().over(Window.partitionBy("chargeback_id").orderBy(F.desc("reported_at"), "status"))
    known = disputes.withColumn("latest", latest).where(F.col("latest") == 1)
    pairs = known.join(captured, _same_reference() | _same_circumstances(), "inner")
    rank = F.when(_same_reference(), 0).otherwise(1)
    best = pairs.withColumn("rank", rank).withColumn(
        "best", F.min("rank").over(Window.partitionBy("chargeback_id"))
    )
    only = F.count(F.lit(1)).over(Window.partitionBy("chargeback_id"))
    exact = (F.col("amount") == F.col("captured_amount")) & (F.col("currency") == F.col("captured_currency"))
    return (
        best.where(F.col("rank") == F.col("best"))
        .withColumn("candidates", only)
        .where(F.col("candidates") == 1)
        .select(
            "chargeback_id",
            F.col("captured_payment_id").alias("payment_id"),
            "captured_merchant_id",
            F.when(exact, "matched").otherwise("amount_differs").alias("match_status"),
        )
    )


def _same_reference() -> Column:
    return F.col("network_reference").isNotNull() & F.col("network_reference").eqNullSafe(
        F.col("captured_reference")
    )


def _same_circumstances() -> Column:
    """Only for a dispute without a reference: a wrong reference is a finding, not a reason to guess."""
    age = F.datediff("received_on", "captured_on")
    return (
        F.col("network_reference").isNull()
        & (F.col("merchant_id") == F.col("captured_merchant_id"))
        & (F.col("amount") == F.col("captured_amount"))
        & (F.col("currency") == F.col("captured_currency"))
        & age.between(0, DISPUTE_WINDOW_DAYS)
    )
