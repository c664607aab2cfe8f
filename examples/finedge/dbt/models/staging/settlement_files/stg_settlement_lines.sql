{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['network', 'network_reference'],
        on_schema_change='fail',
    )
}}

-- A network corrects a line by sending it again under the same reference in a later file.
with newest as (

    {{ newest_arrived(source('raw', 'settlement_lines'), key=['network', 'network_reference'], version='file_date') }}

)

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
    file_date,
    loaded_at
from newest
