"""Airflow DAG: compute what each merchant is owed, once the day's clearing lines and disputes are staged."""

from datetime import timedelta

from finedge import dbt, waits
from finedge.lineage import tables
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="settlements",
    owner="settlements",
    description="What each merchant is owed for a day: gross, fees, chargebacks, net.",
    schedule="0 6 * * *",
    sla=timedelta(hours=2),
    critical=True,
)

with PIPELINE.dag() as dag:
    upstream = [
        waits.for_pipeline("settlement-files", earlier=timedelta(hours=4), at_most=timedelta(hours=2)),
        waits.for_pipeline("chargebacks", earlier=timedelta(hours=1), at_most=timedelta(hours=2)),
    ]
    fresh = dbt.check_freshness("rates_are_fresh", "source:raw.fx_rates", inlets=tables("RAW.FX_RATES"))
    build = dbt.build(
        "build",
        "fee_schedule path:models/marts/settlements",
        inlets=tables(
            "REFERENCE.CURRENCIES",
            "SNAPSHOTS.MERCHANTS_HISTORY",
            "STAGING.CHARGEBACKS",
            "STAGING.FX_RATE_PERIODS",
            "STAGING.SETTLEMENT_LINES",
        ),
        outlets=tables("REFERENCE.FEE_SCHEDULE", "MARTS.SETTLEMENTS", "MARTS.SETTLEMENT_EXCEPTIONS"),
    )
    [*upstream, fresh] >> build
