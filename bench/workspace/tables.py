"""The columns of generated tables, and the documents that promise them: contract and dbt properties."""

from dataclasses import dataclass
from typing import Final

from bench.workspace.plan import Planned, Shape


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a published table.

    Attributes:
        name: lower case.
        logical: type in ODCS.
        physical: type in Snowflake, lower case.
        key: whether it is of the primary key.
    """

    name: str
    logical: str
    physical: str
    key: bool = False


_MONEY: Final = (
    Column(name="amount", logical="number", physical="number(18,2)"),
    Column(name="currency", logical="string", physical="varchar(3)"),
)


def columns(pipeline: Planned) -> tuple[Column, ...]:
    """The columns of the pipeline's published table."""
    if pipeline.shape is Shape.MART:
        return (
            Column(name="merchant_id", logical="integer", physical="number(38,0)", key=True),
            Column(name="business_date", logical="date", physical="date", key=True),
            Column(name="source_count", logical="integer", physical="number(18,0)"),
            *(Column(**vars(column) | {"key": column.name == "currency"}) for column in _MONEY),
        )
    return (
        Column(name="record_id", logical="integer", physical="number(38,0)", key=True),
        Column(name="merchant_id", logical="integer", physical="number(38,0)"),
        Column(name="occurred_on", logical="date", physical="date"),
        *_MONEY,
        Column(name="loaded_at", logical="timestamp", physical="timestamp_ntz"),
    )


def contract(pipeline: Planned) -> str:
    """The pipeline's data contract (ODCS 3.1)."""
    table = pipeline.table
    keys = [column.name for column in columns(pipeline) if column.key]
    properties = "".join(_property(column, keys) for column in columns(pipeline))
    return f"""\
apiVersion: v3.1.0
kind: DataContract
id: {pipeline.name}
name: {pipeline.name.replace("-", " ").capitalize()}
version: 1.0.0
status: active
domain: {pipeline.owner}
dataProduct: {pipeline.name}
schema:
  - name: {pipeline.identifier}
    physicalName: {table.schema}.{table.name}
    physicalType: table
    properties:
{properties}    quality:
      - metric: duplicateValues
        arguments: {{properties: [{", ".join(keys)}]}}
        mustBe: 0
slaProperties:
  - property: latency
    value: {pipeline.max_age}
    unit: h
team:
  name: {pipeline.owner}
"""


def _property(column: Column, keys: list[str]) -> str:
    lines = [
        f"      - name: {column.name}",
        f"        logicalType: {column.logical}",
        f"        physicalType: {column.physical.upper()}",
        "        required: true",
    ]
    if column.key:
        lines += ["        primaryKey: true", f"        primaryKeyPosition: {keys.index(column.name) + 1}"]
    if column.name == "amount":
        lines += [
            "        customProperties:",
            "          - property: currencyColumn",
            "            value: currency",
        ]
    return "\n".join(lines) + "\n"


def model_columns(pipeline: Planned) -> str:
    """The columns of the published model in its properties file, none of which may be null."""
    return "".join(
        f"      - name: {column.name}\n"
        f"        data_type: {column.physical}\n"
        "        constraints: [{type: not_null}]\n"
        for column in columns(pipeline)
    )
