"""The dbt part of a generated pipeline: models and their properties, by path."""

from string import Template
from typing import Final

from bench.workspace.plan import Planned, Shape
from bench.workspace.tables import columns, model_columns

_LATEST: Final = Template("""\
{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='record_id',
        on_schema_change='fail',
    )
}}

select
    $columns
from {{ source('raw', '$name') }}
{% if is_incremental() %}
where loaded_at > {{ loaded_since_last_run(this) }}
{% endif %}
qualify row_number() over (partition by record_id order by loaded_at desc) = 1
""")
_TOTALS: Final = Template("""\
select
    totals.merchant_id,
    totals.$date as business_date,
    totals.currency,
    cast(sum(totals.amount) as number(18, 2)) as amount
from {{ ref('$model') }} as totals
inner join {{ ref('stg_merchants') }} as merchants
    on totals.merchant_id = merchants.merchant_id
where not merchants.is_deleted
group by totals.merchant_id, totals.$date, totals.currency
""")
_EVERY_ROW: Final = Template("""\
select merchant_id, business_date, currency, amount
from {{ ref('$model') }}
""")
_PUBLISHED: Final = Template("""\
select
    merchant_id,
    business_date,
    cast(count(*) as number(18, 0)) as source_count,
    cast(sum(amount) as number(18, 2)) as amount,
    currency
from {{ ref('int_${name}_united') }}
group by merchant_id, business_date, currency
""")


def folder(pipeline: Planned) -> str:
    """The pipeline's folder of models, relative to the workspace."""
    layer = "marts" if pipeline.shape is Shape.MART else "staging"
    return f"dbt/models/{layer}/{pipeline.identifier}"


def files(pipeline: Planned) -> dict[str, str]:
    """All files of the dbt part."""
    made = _mart(pipeline) if pipeline.shape is Shape.MART else _staging(pipeline)
    made |= {f"_{pipeline.identifier}.yml": _properties(pipeline, models=sorted(made))}
    return {f"{folder(pipeline)}/{name}": text for name, text in made.items()}


def _staging(pipeline: Planned) -> dict[str, str]:
    """The last version of each record, and its totals by day."""
    name = pipeline.identifier
    selected = ",\n    ".join(column.name for column in columns(pipeline))
    return {
        f"stg_{name}.sql": _LATEST.substitute(name=name, columns=selected),
        f"int_{name}_daily.sql": _private(_TOTALS.substitute(model=f"stg_{name}", date="occurred_on")),
    }


def _mart(pipeline: Planned) -> dict[str, str]:
    """One private model for each table that is read, one that unites them, and the published one."""
    name = pipeline.identifier
    parts = {f"int_{name}_{index}": table for index, table in enumerate(pipeline.reads, start=1)}
    made = {
        f"{part}.sql": _private(_TOTALS.substitute(model=table.model, date=table.date))
        for part, table in parts.items()
    }
    united = "\nunion all\n\n".join(_EVERY_ROW.substitute(model=part) for part in parts)
    return made | {
        f"int_{name}_united.sql": _private(united),
        f"{name}.sql": _PUBLISHED.substitute(name=name),
    }


def _private(select: str) -> str:
    configured = "schema='INTERMEDIATE', access='private', materialized='view', contract={'enforced': false}"
    return f"{{{{ config({configured}) }}}}\n\n{select}"


def _properties(pipeline: Planned, *, models: list[str]) -> str:
    group = pipeline.owner.replace("-", "_")
    published = pipeline.table.model
    private = "".join(
        f"  - name: {model.removesuffix('.sql')}\n    config: {{group: {group}}}\n"
        for model in models
        if model != f"{published}.sql"
    )
    source = "" if pipeline.shape is Shape.MART else _source(pipeline)
    return f"""\
{source}models:
  - name: {published}
    config:
      group: {group}
      contract: {{enforced: true}}
    columns:
{model_columns(pipeline)}{private}"""


def _source(pipeline: Planned) -> str:
    listed = "".join(
        f"          - {{name: {column.name}, data_type: {column.physical!r}}}\n"
        for column in columns(pipeline)
    )
    return f"""\
sources:
  - name: raw
    schema: RAW
    tables:
      - name: {pipeline.identifier}
        config:
          loaded_at_field: loaded_at
          freshness:
            warn_after: {{count: {pipeline.max_age}, period: hour}}
        columns:
{listed}
"""
