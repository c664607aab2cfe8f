"""Airflow DAG: reconcile what merchants are owed with what is safeguarded, for the return of 09:00 UTC."""

from datetime import timedelta

from finedge import dbt, waits
from finedge.lineage import tables
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="regulatory-report",
    owner="finance-reporting",
    description="Safeguarding reconciliation by day and currency, and the regulator's daily return in euro.",
    schedule="30 7 * * *",
    sla=timedelta(hours=1),
    critical=True,
    time_limit=timedelta(hours=2),
)

with PIPELINE.dag() as dag:
    settled = waits.for_pipeline("settlements", earlier=timedelta(minutes=90), at_most=timedelta(hours=1))
    fresh = dbt.check_freshness(
        "postings_are_fresh",
        "source:streaming.ledger_posting_totals",
        inlets=tables("STREAMING.LEDGER_POSTING_TOTALS"),
    )
    build = dbt.build(
        "build",
        "path:models/marts/regulatory_report",
        inlets=tables(
            "MARTS.SETTLEMENTS",
            "STAGING.ACCOUNTS",
            "STAGING.FX_RATE_PERIODS",
            "STAGING.LEDGER_POSTING_TOTALS",
        ),
        outlets=tables("MARTS.REGULATORY_REPORT", "MARTS.SAFEGUARDING_RECONCILIATION"),
    )
    [settled, fresh] >> build
