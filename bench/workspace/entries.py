"""The catalog entry of a generated pipeline, its DAG, its connectors, and what it adds to slipway.yaml."""

import json
from typing import Any, assert_never

from bench.workspace.plan import Planned, Shape
from bench.workspace.warehouse import folder

MERCHANTS = "snowflake://FINEDGE.STAGING.MERCHANTS"
"""The hub of the example: every generated mart joins it."""


def source(pipeline: Planned) -> str | None:
    """The dataset that arrives from outside; None for a mart."""
    match pipeline.shape:
        case Shape.FILES:
            return f"s3://landing/{pipeline.name}"
        case Shape.CHANGES:
            return f"postgres://backoffice.public.{pipeline.identifier}"
        case Shape.STREAM:
            return f"kafka://{pipeline.name.replace('-', '.')}"
        case Shape.MART:
            return None
        case _:
            assert_never(pipeline.shape)


def inputs(pipeline: Planned) -> list[str]:
    """What the pipeline reads."""
    arriving = source(pipeline)
    return [arriving] if arriving else sorted({MERCHANTS, *(table.uri for table in pipeline.reads)})


def outputs(pipeline: Planned) -> list[str]:
    """What the pipeline produces, its published table first."""
    produced = [pipeline.table.uri]
    if pipeline.shape is not Shape.MART:
        produced.append(f"snowflake://FINEDGE.RAW.{pipeline.table.name}")
    if pipeline.shape is Shape.CHANGES:
        produced += [
            f"kafka://backoffice.public.{pipeline.identifier}",
            f"s3://landing/cdc/{pipeline.name}",
        ]
    return produced


def parts(pipeline: Planned) -> dict[str, str]:
    """The pipeline's parts, by kind."""
    found = {"dbt": folder(pipeline)}
    if pipeline.shape is not Shape.STREAM:
        found["dag"] = f"dags/{pipeline.identifier}.py"
    if pipeline.shape in {Shape.STREAM, Shape.CHANGES}:
        found["stream"] = f"streaming/{pipeline.identifier}"
    return found


def contract_path(pipeline: Planned) -> str:
    """Where the contract of the published table is."""
    return f"contracts/{pipeline.identifier}.odcs.yaml"


def entry(pipeline: Planned) -> str:
    """The catalog entry."""
    first, *others = outputs(pipeline)
    produced = [f"  - {{dataset: {first}, contract: {contract_path(pipeline)}}}"]
    produced += [f"  - {{dataset: {uri}}}" for uri in others]
    lines = [
        f"pipeline: {pipeline.name}",
        f"description: {pipeline.name.replace('-', ' ').capitalize()}, for the team {pipeline.owner}.",
        f"kind: {'streaming' if pipeline.shape is Shape.STREAM else 'batch'}",
        f"criticality: {'critical' if pipeline.critical else 'standard'}",
        f"owner: {pipeline.owner}",
        f"cost_center: {pipeline.cost_center}",
        f"data_class: {pipeline.data_class}",
        "parts:",
        *(f"  {kind}: {path}" for kind, path in sorted(parts(pipeline).items())),
        "inputs:",
        *(f"  - {uri}" for uri in inputs(pipeline)),
        "outputs:",
        *produced,
        f"freshness: {{max_age: {pipeline.max_age}h}}",
    ]
    return "\n".join(lines) + "\n"


def dag(pipeline: Planned) -> str:
    """The DAG file."""
    published, raw = f"{pipeline.table.schema}.{pipeline.table.name}", f"RAW.{pipeline.table.name}"
    if pipeline.shape is Shape.MART:
        read = ", ".join(f'"{uri.removeprefix("snowflake://FINEDGE.")}"' for uri in inputs(pipeline))
        load, order, named = "", "build", "tables"
    else:
        read, order, named = f'"{raw}"', "load >> build", "objects, tables"
        load = _load(pipeline, raw)
    return f'''\
"""Airflow DAG: bring {published} up to date."""

from datetime import timedelta

from finedge import dbt
from finedge.lineage import {named}
from finedge.pipeline import Pipeline

PIPELINE = Pipeline(
    name="{pipeline.name}",
    owner="{pipeline.owner}",
    description="{pipeline.name.replace("-", " ").capitalize()}, for the team {pipeline.owner}.",
    schedule="{pipeline.hour * 7 % 60} {pipeline.hour} * * *",
    sla=timedelta(hours=2),
    critical={pipeline.critical},
)

with PIPELINE.dag() as dag:
{load}    build = dbt.build(
        "build",
        "path:{folder(pipeline).removeprefix("dbt/")}",
        inlets=tables({read}),
        outlets=tables("{published}"),
    )
    {order}
'''


def _load(pipeline: Planned, raw: str) -> str:
    prefix = f"cdc/{pipeline.name}" if pipeline.shape is Shape.CHANGES else pipeline.name
    return f"""\
    load = dbt.load(
        "{pipeline.table.name}",
        "{prefix}",
        stage="LANDING",
        file_format="PARQUET",
        inlets=objects("landing/{prefix}"),
        outlets=tables("{raw}"),
    )
"""


def connectors(pipeline: Planned) -> dict[str, str]:
    """The connectors' configuration, by path; empty for a pipeline without a stream part."""
    place = f"streaming/{pipeline.identifier}/connectors"
    match pipeline.shape:
        case Shape.FILES | Shape.MART:
            return {}
        case Shape.STREAM:
            return {f"{place}/snowflake_sink.json": _document(pipeline, _snowflake_sink(pipeline))}
        case Shape.CHANGES:
            return {
                f"{place}/debezium.json": _document(pipeline, _debezium(pipeline)),
                f"{place}/s3_sink.json": _document(pipeline, _s3_sink(pipeline)),
            }
        case _:
            assert_never(pipeline.shape)


def _document(pipeline: Planned, config: dict[str, Any]) -> str:
    kind = config["connector.class"].rpartition(".")[2]
    return json.dumps({"name": f"finedge-{pipeline.name}-{kind}", "config": config}, indent=2) + "\n"


def _snowflake_sink(pipeline: Planned) -> dict[str, Any]:
    topic = pipeline.name.replace("-", ".")
    return {
        "connector.class": "com.snowflake.kafka.connector.SnowflakeSinkConnector",
        "topics": topic,
        "snowflake.topic2table.map": f"{topic}:{pipeline.table.name}",
        "snowflake.schema.name": "RAW",
        "snowflake.database.name": "${env:SNOWFLAKE_DATABASE}",
        "snowflake.ingestion.method": "SNOWPIPE_STREAMING",
        "snowflake.enable.schematization": "true",
    }


def _debezium(pipeline: Planned) -> dict[str, Any]:
    return {
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "database.dbname": "backoffice",
        "topic.prefix": "backoffice",
        "table.include.list": f"public.{pipeline.identifier}",
        "slot.name": f"finedge_{pipeline.identifier}",
        "publication.name": f"finedge_{pipeline.identifier}",
    }


def _s3_sink(pipeline: Planned) -> dict[str, Any]:
    return {
        "connector.class": "io.confluent.connect.s3.S3SinkConnector",
        "topics": f"backoffice.public.{pipeline.identifier}",
        "s3.bucket.name": "${env:LANDING_BUCKET}",
        "topics.dir": f"cdc/{pipeline.name}",
    }
