"""Airflow DAG: compute revenue of the day from settlements and invoices."""

from datetime import timedelta

from finedge import dbt, waits
from finedge.lineage import tables
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="revenue",
    owner="finance-reporting",
    description="Revenue by merchant, day and type in euro, and its monthly totals by country.",
    schedule="0 8 * * *",
    sla=timedelta(hours=2),
    critical=False,
)

with PIPELINE.dag() as dag:
    settled = waits.for_pipeline("settlements", earlier=timedelta(hours=2), at_most=timedelta(hours=3))
    fresh = dbt.check_freshness(
        "invoices_are_fresh", "source:raw.invoices_cdc", inlets=tables("RAW.INVOICES_CDC")
    )
    build = dbt.build(
        "build",
        "path:models/marts/revenue",
        inlets=tables(
            "MARTS.SETTLEMENTS", "STAGING.FX_RATE_PERIODS", "STAGING.INVOICES", "STAGING.MERCHANTS"
        ),
        outlets=tables("MARTS.REVENUE", "MARTS.REVENUE_MONTHLY"),
    )
    [settled, fresh] >> build
