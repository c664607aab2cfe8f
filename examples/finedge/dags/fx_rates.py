"""Airflow DAG: load treasury's exchange rates and compute the periods in which each one holds."""

from datetime import timedelta

from finedge import dbt
from finedge.lineage import objects, tables
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="fx-rates",
    owner="finance-reporting",
    description="Reference exchange rates and the period in which each one holds.",
    schedule="20 * * * *",
    sla=timedelta(minutes=30),
    critical=True,
    time_limit=timedelta(minutes=50),
)

with PIPELINE.dag() as dag:
    load = dbt.load(
        "FX_RATES",
        "fx-rates",
        stage="LANDING",
        file_format="CSV_HEADER",
        inlets=objects("landing/fx-rates"),
        outlets=tables("RAW.FX_RATES"),
    )
    build = dbt.build(
        "build",
        "currencies path:models/staging/fx_rates",
        inlets=tables("RAW.FX_RATES"),
        outlets=tables("REFERENCE.CURRENCIES", "STAGING.FX_RATES", "STAGING.FX_RATE_PERIODS"),
    )
    load >> build
