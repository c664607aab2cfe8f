"""Airflow DAG: load the changes of payments.public.merchants and bring STAGING.MERCHANTS up to date."""

from datetime import timedelta

from finedge import dbt
from finedge.lineage import objects, tables
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="merchants",
    owner="ingestion",
    description="The merchants as they are now, by change data capture.",
    schedule="*/15 * * * *",
    sla=timedelta(minutes=30),
    critical=False,
    time_limit=timedelta(hours=1),
)

with PIPELINE.dag() as dag:
    load = dbt.load(
        "MERCHANTS_CDC",
        "cdc/merchants",
        stage="LANDING",
        file_format="PARQUET",
        inlets=objects("landing/cdc/merchants"),
        outlets=tables("RAW.MERCHANTS_CDC"),
    )
    build = dbt.build(
        "build",
        "path:models/staging/merchants",
        inlets=tables("RAW.MERCHANTS_CDC"),
        outlets=tables("STAGING.MERCHANTS", "SNAPSHOTS.MERCHANTS_HISTORY"),
    )
    load >> build
