"""Airflow DAG: rate every merchant by its disputes and captures of the last 30 days, from what is staged."""

from datetime import timedelta

from finedge import dbt
from finedge.lineage import tables
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="risk",
    owner="risk",
    description="Chargeback ratio, volume and risk tier of each merchant over the last 30 days.",
    schedule="40 * * * *",
    sla=timedelta(minutes=45),
    critical=False,
    time_limit=timedelta(minutes=50),
)

with PIPELINE.dag() as dag:
    fresh = dbt.check_freshness(
        "events_are_fresh", "source:streaming.payment_events", inlets=tables("STREAMING.PAYMENT_EVENTS")
    )
    build = dbt.build(
        "build",
        "path:models/marts/risk",
        inlets=tables(
            "STAGING.ACCOUNTS",
            "STAGING.CHARGEBACKS",
            "STAGING.FX_RATE_PERIODS",
            "STAGING.MERCHANTS",
            "STAGING.PAYMENT_EVENTS",
        ),
        outlets=tables("MARTS.MERCHANT_RISK"),
    )
    fresh >> build
