"""Airflow DAG: wait for the three networks' clearing files, make lines of them, load and stage them."""

from datetime import timedelta

from finedge import dbt, spark, waits
from finedge.lineage import objects, tables
from finedge.networks import CARD_NETWORKS
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="settlement-files",
    owner="settlements",
    description="Clearing lines of the card networks, their three file formats made one.",
    schedule="0 2 * * *",
    sla=timedelta(hours=2),
    critical=True,
)
# The run of a day is for the files that the networks date with that day.
DAY = "{{ data_interval_end | ds }}"

with PIPELINE.dag() as dag:
    files = [
        waits.for_files(
            f"wait_for_{network}",
            "landing",
            f"settlement-files/network={network}/date={DAY}/*",
            at_most=timedelta(hours=3),
        )
        for network in CARD_NETWORKS
    ]
    normalise = spark.job(
        "settlement_enrichment",
        {
            "--input": "s3://{{ var.value.bucket_landing }}/settlement-files",
            "--output": "s3://{{ var.value.bucket_curated }}/settlement-lines",
            "--rejected": "s3://{{ var.value.bucket_curated }}/settlement-lines-rejected",
            "--date": DAY,
        },
        inlets=objects("landing/settlement-files"),
        outlets=objects("curated/settlement-lines"),
    )
    load = dbt.load(
        "SETTLEMENT_LINES",
        "settlement-lines",
        stage="CURATED",
        file_format="PARQUET",
        inlets=objects("curated/settlement-lines"),
        outlets=tables("RAW.SETTLEMENT_LINES"),
    )
    build = dbt.build(
        "build",
        "path:models/staging/settlement_files",
        inlets=tables("RAW.SETTLEMENT_LINES"),
        outlets=tables("STAGING.SETTLEMENT_LINES"),
    )
    files >> normalise >> load >> build
