{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['network', 'network_reference'],
        on_schema_change='fail',
    )
}}

-- A network corrects a line by sending it again under the same reference in a later file.
select
    network,
    network_reference,
    merchant_id,
    line_type,
    transaction_date,
    settlement_date,
    gross_amount,
    interchange_amount,
    currency,
    loaded_at
from {{ source('raw', 'settlement_lines') }}
{% if is_incremental() %}
where loaded_at > {{ loaded_since_last_run(this) }}
{% endif %}
qualify row_number() over (
    partition by network, network_reference
    order by file_date desc, loaded_at desc, source_file desc
) = 1
