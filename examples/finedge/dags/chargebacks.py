"""Airflow DAG: wait for the networks' disputes, match them to the payments, load and stage the matches."""

from datetime import timedelta

from finedge import dbt, spark, waits
from finedge.lineage import objects, tables
from finedge.networks import CARD_NETWORKS
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="chargebacks",
    owner="risk",
    description="Disputes of the card networks, matched to the payments they dispute.",
    schedule="0 5 * * *",
    sla=timedelta(hours=2),
    critical=False,
)
DAY = "{{ data_interval_end | ds }}"

with PIPELINE.dag() as dag:
    # The day is matched once: a file that came after that would never be read.
    files = [
        waits.for_files(
            f"wait_for_{network}",
            "landing",
            f"chargebacks/date={DAY}/{network}*.jsonl",
            at_most=timedelta(hours=3),
        )
        for network in CARD_NETWORKS
    ]
    matching = spark.job(
        "chargeback_matching",
        {
            "--disputes": "s3://{{ var.value.bucket_landing }}/chargebacks",
            # the archive's connector puts the topic between its folder and the days
            "--events": "s3://{{ var.value.bucket_curated }}/payment-events/payments.events",
            "--output": "s3://{{ var.value.bucket_curated }}/chargeback-matches",
            "--date": DAY,
        },
        inlets=objects("landing/chargebacks", "curated/payment-events"),
        outlets=objects("curated/chargeback-matches"),
    )
    load = dbt.load(
        "CHARGEBACK_MATCHES",
        "chargeback-matches",
        stage="CURATED",
        file_format="PARQUET",
        inlets=objects("curated/chargeback-matches"),
        outlets=tables("RAW.CHARGEBACK_MATCHES"),
    )
    build = dbt.build(
        "build",
        "path:models/staging/chargebacks",
        inlets=tables("RAW.CHARGEBACK_MATCHES"),
        outlets=tables("STAGING.CHARGEBACKS"),
    )
    files >> matching >> load >> build
