"""Airflow DAG: load the changes of payments.public.invoices and bring STAGING.INVOICES up to date."""

from datetime import timedelta

from finedge import dbt
from finedge.lineage import objects, tables
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="invoices",
    owner="ingestion",
    description="The invoices as they are now, by change data capture.",
    schedule="10 * * * *",
    sla=timedelta(minutes=90),
    critical=False,
    time_limit=timedelta(hours=1),
)

with PIPELINE.dag() as dag:
    load = dbt.load(
        "INVOICES_CDC",
        "cdc/invoices",
        stage="LANDING",
        file_format="PARQUET",
        inlets=objects("landing/cdc/invoices"),
        outlets=tables("RAW.INVOICES_CDC"),
    )
    build = dbt.build(
        "build",
        "path:models/staging/invoices",
        inlets=tables("RAW.INVOICES_CDC"),
        outlets=tables("STAGING.INVOICES"),
    )
    load >> build
