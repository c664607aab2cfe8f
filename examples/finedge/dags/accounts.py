"""Airflow DAG: load the changes of payments.public.accounts and bring STAGING.ACCOUNTS up to date."""

from datetime import timedelta

from finedge import dbt
from finedge.lineage import objects, tables
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="accounts",
    owner="ingestion",
    description="The accounts as they are now, by change data capture.",
    schedule="5-59/15 * * * *",
    sla=timedelta(minutes=30),
    critical=True,
    time_limit=timedelta(hours=1),
)

with PIPELINE.dag() as dag:
    load = dbt.load(
        "ACCOUNTS_CDC",
        "cdc/accounts",
        stage="LANDING",
        file_format="PARQUET",
        inlets=objects("landing/cdc/accounts"),
        outlets=tables("RAW.ACCOUNTS_CDC"),
    )
    build = dbt.build(
        "build",
        "path:models/staging/accounts",
        inlets=tables("RAW.ACCOUNTS_CDC"),
        outlets=tables("STAGING.ACCOUNTS"),
    )
    load >> build
